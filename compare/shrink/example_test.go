package shrink_test

import (
	"context"
	"fmt"
	"log"

	"understudy/compare"
	"understudy/compare/edit"
	"understudy/compare/shrink"
)

// A primary that loses count wherever somebody asks for two: four nodes shrink to
// the one that matters.
func ExampleShrink() {
	body := []byte(`{"nodes": [
		{"publicKey": "alice", "quorumSet": {"threshold": 2, "validators": ["alice", "bob", "carol"]}},
		{"publicKey": "bob", "quorumSet": {"threshold": 1, "validators": ["alice", "bob"]}},
		{"publicKey": "carol", "quorumSet": {"threshold": 1, "validators": ["carol"]}},
		{"publicKey": "dave"}]}`)
	want := shrink.Target{Metric: compare.MetricMinQuorum, Verdict: compare.VerdictPrimaryWrong}
	ask := func(_ context.Context, body []byte) (compare.Result, error) {
		network, err := edit.Read(body)
		if err != nil {
			return compare.Result{}, err
		}
		m := compare.MetricResult{Metric: compare.MetricMinQuorum, Verdict: compare.VerdictAgree}
		network.Lists(func(s *edit.Set) {
			if s.Threshold == 2 {
				m.Verdict = compare.VerdictPrimaryWrong
			}
		})
		return compare.Result{Metrics: []compare.MetricResult{m}}, nil
	}
	small, err := shrink.Shrink(context.Background(), body, want, ask, shrink.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s%v, minimal: %t\n", small.Body, small.Names, small.Minimal)
	// Output:
	// {
	// "nodes": [
	// {"publicKey": "a", "quorumSet": {"threshold": 2, "validators": [], "innerQuorumSets": []}}]
	// }
	// map[a:alice], minimal: true
}
