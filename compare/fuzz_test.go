package compare_test

import (
	"testing"

	"understudy/compare"
)

// FuzzParseAnswer: whatever is read as an answer agrees with itself or is at
// fault by itself; nothing else may be made of equal bytes.
func FuzzParseAnswer(f *testing.F) {
	q := make(map[string]*compare.Prepared)
	for i, analysis := range analyses {
		q[analysis] = compare.Prepare(threeOfFour().question(analysis))
		answer := newOracle(threeOfFour()).answer(analysis)
		f.Add(i, encode(answer))
		for _, m := range mutations(answer)[:4] {
			f.Add(i, m.body)
		}
	}
	f.Add(3, []byte(`{"complete":false}`))
	f.Add(2, []byte(`{"min_size":1,"total_quorums":100000000000000000000000,"example_quorum":["a"],"quorum_intersection":true}`))
	f.Add(1, []byte(`{"symmetric_top_tier":{"threshold":1,"validators":[],"innerQuorumSets":[{"threshold":0,"validators":["a"]}]}}`))
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		analysis := analyses[max(which, -(which+1))%len(analyses)]
		a, err := compare.ParseAnswer(analysis, body)
		r := compare.Reply{Status: 200, Body: body}
		got := q[analysis].Compare(r, r, compare.KindRust)
		switch {
		case err != nil:
			if got.Outcome != compare.BothFailed {
				t.Fatalf("unreadable (%v), yet %s", err, got.Outcome)
			}
		case a.Incomplete:
			if got.Outcome != compare.Inconclusive {
				t.Fatalf("incomplete, yet %s", got.Outcome)
			}
		default:
			for _, m := range got.Metrics {
				if m.Primary != m.Candidate {
					t.Fatalf("the same answer twice: %+v", m)
				}
			}
			if served := q[analysis].Servable(r) == nil; served && got.Outcome != compare.Agree {
				t.Fatalf("servable, and does not agree with itself: %+v", got)
			}
		}
	})
}
