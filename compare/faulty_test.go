package compare_test

import (
	"testing"

	"understudy/compare"
)

// Faulty nodes outside the core change no answer, so a side that does not know
// the option answers the same question.
func TestCompare_FaultyNodesOutsideTheCoreExplainNoDifference(t *testing.T) {
	r := threeOfFour()
	r.Faulty = []string{"nobody"}
	right := newOracle(r).answer("blocking-sets")
	wrong := fields{"min_size": 3, "total_sets": 1, "example_set": letters("abc")}
	got := metricOf(t, compare.Compare(r.question("blocking-sets"), reply(wrong), reply(right), compare.KindPython), compare.MetricMinBlocking)
	if got.Verdict != compare.VerdictPrimaryWrong {
		t.Errorf("%+v", got)
	}
}
