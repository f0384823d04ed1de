package compare_test

import (
	"context"
	"testing"

	"understudy/compare"
)

// What only one side lists is not proven by the other's total.
func TestCompare_DoesNotAgreeOnSetsThatOneSideListsAndNothingIsKnownOf(t *testing.T) {
	merged := threeOfFour()
	merged.MergeBy = "organization"
	twins := threeOfFour()
	twins.Organizations = []organization{{"1", "S", letters("a")}, {"2", "S", letters("b")}}
	twins.MergeBy = "organization"
	for _, tc := range []struct {
		name, analysis, metric string
		request                request
		sets                   [][]string
		total                  any
		blind                  compare.Verdict // where no arbiter has an answer
	}{
		{"a splitting set that does not split", "splitting-sets", compare.MetricSplittingFamily, threeOfFour(), [][]string{letters("a"), letters("bc")}, nil, compare.VerdictCandidateWrong},
		{"one that splits and is not minimal", "splitting-sets", compare.MetricSplittingFamily, threeOfFive(), [][]string{letters("a"), letters("bc")}, nil, compare.VerdictUndecided},
		{"one listed twice under a merge", "blocking-sets", compare.MetricBlockingFamily, merged, [][]string{{"AB"}, {"AB"}}, nil, compare.VerdictCandidateWrong},
		{"one of shared names listed too often", "splitting-sets", compare.MetricSplittingFamily, twins, [][]string{{"S", "c"}, {"S", "c"}, {"S", "c"}}, nil, compare.VerdictUndecided},
		{"one that does not block, the family not counted", "blocking-sets", compare.MetricBlockingFamily, threeOfFour(), [][]string{letters("ab"), letters("aa")}, -1, compare.VerdictCandidateWrong},
	} {
		t.Run(tc.name, func(t *testing.T) {
			primary, candidate := lean(newOracle(tc.request).answer(tc.analysis)), lean(newOracle(tc.request).answer(tc.analysis))
			if candidate["sets"] = tc.sets; tc.total != nil {
				candidate["total_sets"] = tc.total
			}
			q := compare.Prepare(tc.request.question(tc.analysis))
			if got := metricOf(t, q.Compare(reply(primary), reply(candidate), compare.KindRust), tc.metric); got.Verdict != tc.blind {
				t.Errorf("%+v", got)
			}
			got := q.Settle(t.Context(), bruteForce{tc.request}, reply(primary), reply(candidate), compare.KindRust)
			if m := metricOf(t, got, tc.metric); m.Verdict != compare.VerdictCandidateWrong {
				t.Errorf("with an arbiter: %+v", m)
			}
			got = q.Settle(t.Context(), bruteForce{tc.request}, reply(candidate), reply(primary), compare.KindRust)
			if m := metricOf(t, got, tc.metric); m.Verdict != compare.VerdictPrimaryWrong {
				t.Errorf("swapped: %+v", m)
			}
		})
	}
}

func TestCompare_AgreesOnSetsThatOneSideListsAndThatAreShownToSplit(t *testing.T) {
	r := threeOfFour()
	right, without := newOracle(r).answer("splitting-sets"), lean(newOracle(r).answer("splitting-sets"))
	if got := compare.Compare(r.question("splitting-sets"), reply(without), reply(right), compare.KindRust); got.Verdict != compare.VerdictAgree {
		t.Errorf("%+v", got)
	}
}

// The nodes behind a merged example are a claim of their own.
func TestSettle_AsksAboutTheNodesBehindAMergedSplittingSet(t *testing.T) {
	r := threeOfFour()
	r.Organizations = []organization{{"1", "ABC", letters("abc")}}
	r.MergeBy = "organization"
	right, wrong := lean(newOracle(r).answer("splitting-sets")), lean(newOracle(r).answer("splitting-sets"))
	delete(wrong, "quorums")
	wrong["example_members"] = letters("a")
	q := compare.Prepare(r.question("splitting-sets"))
	if got := q.Compare(reply(right), reply(wrong), compare.KindRust); got.Verdict != compare.VerdictUndecided {
		t.Errorf("%+v", got)
	}
	got := q.Settle(t.Context(), bruteForce{r}, reply(right), reply(wrong), compare.KindRust)
	if got.Verdict != compare.VerdictCandidateWrong {
		t.Errorf("%+v", got)
	}
}

// threeOfFive is a network that every single node splits, and every two as well.
func threeOfFive() (r request) {
	for _, key := range letters("abcde") {
		r.Nodes = append(r.Nodes, node{key, &set{Threshold: 3, Validators: letters("abcde")}})
	}
	return r
}

// splitter knows who splits and nothing else.
type splitter struct{ bruteForce }

func (splitter) Answer(context.Context, compare.Dispute) (compare.Truth, error) {
	return compare.Truth{}, compare.ErrUnsettled
}

func TestSettle_AsksWhetherAPartOfAListedSplittingSetSplits(t *testing.T) {
	r := threeOfFive()
	primary, candidate := lean(newOracle(r).answer("splitting-sets")), lean(newOracle(r).answer("splitting-sets"))
	candidate["sets"] = [][]string{letters("a"), letters("bc")}
	q := compare.Prepare(r.question("splitting-sets"))
	got := metricOf(t, q.Settle(t.Context(), splitter{bruteForce{r}}, reply(primary), reply(candidate), compare.KindRust), compare.MetricSplittingFamily)
	if got.Verdict != compare.VerdictCandidateWrong || got.Rulings[0].Proof.Kind != compare.ProofWitness {
		t.Errorf("%+v", got)
	}
}

// {b, a} and {a} are of different groups where an organization is called a.
func TestSettle_TakesNoPartOfSharedNamesForASmallerSet(t *testing.T) {
	r := threeOfFour()
	r.Organizations = []organization{{"1", "a", letters("bcd")}}
	r.MergeBy = "organization"
	primary, candidate := lean(newOracle(r).answer("splitting-sets")), lean(newOracle(r).answer("splitting-sets"))
	primary["total_sets"], candidate["total_sets"] = 2, 2
	candidate["sets"] = [][]string{letters("a"), letters("aa")}
	q := compare.Prepare(r.question("splitting-sets"))
	got := metricOf(t, q.Settle(t.Context(), splitter{bruteForce{r}}, reply(primary), reply(candidate), compare.KindRust), compare.MetricSplittingFamily)
	if got.Verdict != compare.VerdictUndecided {
		t.Errorf("%+v", got)
	}
}
