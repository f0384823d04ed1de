package compare_test

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/compare"
)

// lean leaves of an answer what the Rust scanner shows: numbers and one example.
func lean(answer fields) fields {
	for _, name := range []string{"sets", "quorums", "disjoint_quorums", "example_members"} {
		delete(answer, name)
	}
	return answer
}

func TestSettle_DecidesWhatNoWitnessDoes(t *testing.T) {
	three := threeOfFour()
	for _, tc := range []struct {
		name     string
		request  request
		analysis string
		wrong    fields
		metric   string
		sentence string
	}{
		{
			"a family of another size", three, "blocking-sets",
			fields{"total_sets": 7},
			compare.MetricBlockingFamily, "by the definition blocking_family is 6, found by trying all sets; the primary says 7",
		},
		{
			"too many in the top tier",
			request{Nodes: []node{
				{"a", &set{Threshold: 2, Validators: letters("ab")}},
				{"b", &set{Threshold: 2, Validators: letters("abc")}},
				{"c", &set{Threshold: 3, Validators: letters("abc")}},
			}},
			"top-tier",
			fields{"top_tier": letters("abc"), "top_tier_size": 3},
			compare.MetricTopTier, "by the definition top_tier is 2, found by trying all sets; the primary says 3 (only here: c)",
		},
		{
			"a set that does not split", mixed(), "splitting-sets",
			fields{"example_set": letters("xy")},
			compare.MetricMinSplitting, "does not split: deleting it leaves no two disjoint quorums",
		},
		{
			"quorums are said to be disjoint", three, "quorums",
			fields{"quorum_intersection": false},
			compare.MetricIntersection, "by the definition quorum_intersection is yes",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			right, wrong := newOracle(tc.request).answer(tc.analysis), lean(newOracle(tc.request).answer(tc.analysis))
			for field, value := range tc.wrong {
				wrong[field] = value
			}
			q := compare.Prepare(tc.request.question(tc.analysis))
			got := q.Settle(t.Context(), bruteForce{tc.request}, reply(wrong), reply(lean(right)), compare.KindRust)
			m := metricOf(t, got, tc.metric)
			if m.Verdict != compare.VerdictPrimaryWrong || !strings.Contains(m.Rulings[0].Proof.Sentence, tc.sentence) {
				t.Errorf("%+v\n%+v", m, m.Rulings[0].Proof)
			}
			got = q.Settle(t.Context(), bruteForce{tc.request}, reply(right), reply(wrong), compare.KindRust)
			if m := metricOf(t, got, tc.metric); m.Verdict != compare.VerdictCandidateWrong {
				t.Errorf("swapped: %+v", m)
			}
			got = q.Settle(t.Context(), helpless{}, reply(wrong), reply(lean(right)), compare.KindRust)
			if m := metricOf(t, got, tc.metric); m.Verdict != compare.VerdictUndecided || got.Serves() {
				t.Errorf("without an answer of the arbiter: %+v", m)
			}
		})
	}
}

func TestSettle_NeverCallsTheRightSideWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest(t)
		analysis := rapid.SampledFrom(analyses).Draw(t, "analysis")
		right := newOracle(r).answer(analysis)
		all := mutations(right)
		wrong := compare.Reply{Status: 200, Body: all[rapid.IntRange(0, len(all)-1).Draw(t, "mutation")].body}
		if rapid.Bool().Draw(t, "lean") {
			right = lean(right)
		}
		q := compare.Prepare(r.question(analysis))
		for _, arbiter := range []compare.Arbiter{bruteForce{r}, helpless{}} {
			got := q.Settle(context.Background(), arbiter, wrong, reply(right), compare.KindRust)
			if got.Verdict == compare.VerdictCandidateWrong {
				t.Fatalf("the right side is the candidate: %+v", got)
			}
			got = q.Settle(context.Background(), arbiter, reply(right), wrong, compare.KindRust)
			if got.Serves() && got.Verdict != compare.VerdictAgree {
				t.Fatalf("the right side is the primary: %+v", got)
			}
		}
	})
}
