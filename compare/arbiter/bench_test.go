package arbiter_test

import (
	"fmt"
	"testing"

	"understudy/compare/arbiter"
	"understudy/engine/fbas"
)

// Two thirds of so many nodes, which is the worst that enumeration meets: the
// least splitting set is as large as it gets.
func BenchmarkAnswer(b *testing.B) {
	for _, nodes := range []int{8, 12, 16} {
		n, q := &fbas.Network{}, fbas.QuorumSet{Threshold: nodes - (nodes-1)/3}
		for i := range nodes {
			q.Validators = append(q.Validators, fmt.Sprintf("n%02d", i))
		}
		for _, key := range q.Validators {
			n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key, QuorumSet: &q})
		}
		for _, way := range []struct {
			name string
			most int
		}{{"enumeration", 16}, {"solvers", 1}} {
			b.Run(fmt.Sprintf("%s/%d", way.name, nodes), func(b *testing.B) {
				d := dispute(b, n, "splitting-sets", "none", nil)
				a := arbiter.New(arbiter.Config{MaxExhaustive: way.most})
				for b.Loop() {
					if _, err := a.Answer(b.Context(), d); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
