package arbiter_test

import (
	"context"
	"fmt"
	"time"

	"understudy/compare"
	"understudy/compare/arbiter"
)

// The two agree that no set of fewer than two nodes blocks, and differ in how
// many there are, which no example can tell.
func ExampleArbiter() {
	q := compare.Prepare(compare.Question{Analysis: "blocking-sets", Body: []byte(`{"nodes": [
		{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "b", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "c", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}}]}`)})
	primary := compare.Reply{Status: 200, Body: []byte(`{"min_size": 2, "total_sets": 4, "example_set": ["a", "b"]}`)}
	candidate := compare.Reply{Status: 200, Body: []byte(`{"min_size": 2, "total_sets": 3, "example_set": ["b", "c"]}`)}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	fmt.Println(q.Compare(primary, candidate, compare.KindRust).Verdict)
	r := q.Settle(ctx, arbiter.New(arbiter.Config{}), primary, candidate, compare.KindRust)
	fmt.Println(r.Verdict)
	fmt.Println(r.Metrics[1].Rulings[0].Proof.Sentence)
	// Output:
	// undecided
	// primary_wrong
	// by the definition blocking_family is 3, found by trying all 8 sets of the 3 core nodes; the primary says 4
}
