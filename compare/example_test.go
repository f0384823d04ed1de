package compare_test

import (
	"fmt"

	"understudy/compare"
)

const network = `{"nodes": [
	{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
	{"publicKey": "b", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
	{"publicKey": "c", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}}]}`

// Two different examples of least blocking sets mean the same; another size
// does not.
func ExampleCompare() {
	q := compare.Question{Analysis: "blocking-sets", Body: []byte(network)}
	primary := compare.Reply{Status: 200, Body: []byte(`{"min_size": 2, "total_sets": 3, "example_set": ["a", "b"]}`)}
	candidate := compare.Reply{Status: 200, Body: []byte(`{"min_size": 2, "total_sets": 3, "example_set": ["b", "c"]}`)}
	wrong := compare.Reply{Status: 200, Body: []byte(`{"min_size": 1, "total_sets": 3, "example_set": ["c"]}`)}

	fmt.Println(compare.Compare(q, primary, candidate, compare.KindRust).Outcome)
	for _, m := range compare.Compare(q, primary, wrong, compare.KindRust).Metrics {
		fmt.Printf("%s %s: %s | %s\n", m.Metric, m.Outcome, m.Primary, m.Candidate)
	}
	// Output:
	// agree
	// min_blocking differ: 2 | 1: example: {c} does not block: {a, b} remains a quorum
	// blocking_family agree: 3 | 3
}

// An answer whose own evidence fails never reaches a client.
func ExampleServable() {
	q := compare.Question{Analysis: "quorums", Body: []byte(network)}
	answer := `{"min_size": 2, "total_quorums": 3, "example_quorum": ["a", "b"], "quorum_intersection": %s}`
	right := compare.Reply{Status: 200, Body: fmt.Appendf(nil, answer, "true")}
	wrong := compare.Reply{Status: 200, Body: fmt.Appendf(nil, answer, `false, "disjoint_quorums": [["a", "b"], ["b", "c"]]`)}
	fmt.Println(compare.Servable(q, right))
	fmt.Println(compare.Servable(q, wrong))
	// Output:
	// <nil>
	// not servable: quorum_intersection: disjoint quorums: b is in both quorums
}
