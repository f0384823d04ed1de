package compare_test

import (
	"testing"

	"understudy/compare"
)

func TestJudge_ThePythonServiceIsNotWrongAboutWhatItDoesNotReadOrNameAlike(t *testing.T) {
	deep, apart := request{}, request{}
	for _, key := range letters("abcd") {
		deep.Nodes = append(deep.Nodes, node{key, &set{3, letters("ab"), []set{{1, []string{}, []set{{1, letters("cd"), nil}}}}}})
		members := letters("ab")
		if key > "b" {
			members = letters("cd")
		}
		apart.Nodes = append(apart.Nodes, node{key, &set{2, members, nil}})
	}
	for _, tc := range []struct {
		request                   request
		analysis, metric, finding string
		python                    fields
	}{
		{deep, "blocking-sets", compare.MetricMinBlocking, "nested-deeper-than-service", fields{"min_size": 2, "total_sets": 1, "example_set": letters("ab")}},
		{apart, "top-tier", compare.MetricTopTier, "disjoint-quorums", fields{"top_tier": []string{}, "top_tier_size": 0}},
	} {
		right := newOracle(tc.request).answer(tc.analysis)
		m := metricOf(t, compare.Compare(tc.request.question(tc.analysis), reply(tc.python), reply(right), compare.KindPython), tc.metric)
		if m.Verdict != compare.VerdictInputSkew || m.Rulings[0].Finding != tc.finding {
			t.Errorf("%s: %+v", tc.finding, m)
		}
	}
}
