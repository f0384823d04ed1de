package arbiter_test

import (
	"fmt"
	"testing"

	"understudy/compare/arbiter"
	"understudy/engine/fbas"
	"understudy/internal/precondition"
)

// alike is a network of so many nodes that all have the set q.
func alike(nodes int, q *fbas.QuorumSet) *fbas.Network {
	n := &fbas.Network{}
	for i := range nodes {
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key(i), QuorumSet: q})
	}
	return n
}

func key(i int) string { return fmt.Sprintf("n%02d", i) }

// flat asks for so many of the first nodes.
func flat(threshold, nodes int) *fbas.QuorumSet {
	q := &fbas.QuorumSet{Threshold: threshold}
	for i := range nodes {
		q.Validators = append(q.Validators, key(i))
	}
	return q
}

// fours asks for three nodes of every four.
func fours(nodes int) *fbas.QuorumSet {
	q := &fbas.QuorumSet{Threshold: nodes / 4}
	for i := range nodes {
		if i%4 == 0 {
			q.InnerQuorumSets = append(q.InnerQuorumSets, fbas.QuorumSet{Threshold: 3})
		}
		last := &q.InnerQuorumSets[len(q.InnerQuorumSets)-1]
		last.Validators = append(last.Validators, key(i))
	}
	return q
}

// The worst that enumeration meets are networks that hardly split: the larger
// the least splitting sets, the more sets are tried.
func BenchmarkAnswer(b *testing.B) {
	for _, nodes := range []int{8, 12, 16} {
		for _, kind := range []struct {
			name string
			set  *fbas.QuorumSet
		}{{"two thirds", flat(nodes-(nodes-1)/3, nodes)}, {"all but one", flat(nodes-1, nodes)}, {"all organizations", fours(nodes)}} {
			for _, way := range []struct {
				name string
				arbiter.Config
			}{{"enumeration", arbiter.Config{}}, {"solvers", solving}} {
				b.Run(fmt.Sprintf("%s/%d/%s", kind.name, nodes, way.name), func(b *testing.B) {
					d := dispute(b, alike(nodes, kind.set), "splitting-sets", "none", nil)
					a := arbiter.New(way.Config)
					for b.Loop() {
						if _, err := a.Answer(b.Context(), d); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// The live network: seven organizations of three, of which five have to agree.
func BenchmarkAnswer_LiveNetwork(b *testing.B) {
	network := goldenNetwork(b, precondition.SharedData(b, "networks", "real_snapshot_filtered.json"))
	a := arbiter.New(arbiter.Config{})
	for _, analysis := range []string{"quorums", "blocking-sets", "splitting-sets"} {
		b.Run(analysis, func(b *testing.B) {
			d := dispute(b, network, analysis, "none", nil)
			for b.Loop() {
				if _, err := a.Answer(b.Context(), d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
