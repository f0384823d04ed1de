package fbas

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func TestStandard_KeepsTheQuorumsAndMakesEqualDemandsEqualSets(t *testing.T) {
	network := &Network{Nodes: []Node{
		{PublicKey: "a", QuorumSet: set(2, "b", "c")},
		{PublicKey: "b", QuorumSet: set(2, "a", "c")},
		{PublicKey: "c", QuorumSet: set(3, "a", "b", "c")},
	}}
	s := Compile(network).Standard()
	if len(s.Vertices) != 1 || s.Own[0] != s.Own[1] || s.Own[1] != s.Own[2] || s.Vertices[0].Threshold != 3 {
		t.Fatalf("%+v", s)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		network := &Network{}
		const n = 5
		for i := range n {
			q := QuorumSet{Threshold: r.IntN(4), InnerQuorumSets: []QuorumSet{{Threshold: 1, Validators: []string{strconv.Itoa(r.IntN(n))}}}}
			for range r.IntN(4) {
				q.Validators = append(q.Validators, strconv.Itoa(r.IntN(n)))
			}
			network.Nodes = append(network.Nodes, Node{PublicKey: strconv.Itoa(i), QuorumSet: &q})
		}
		plain := Compile(network)
		standard := plain.Standard()
		for mask := range 1 << (2 * n) { // every pair of a set and deleted nodes beside it
			members, deleted := plain.SetOf(), plain.SetOf()
			for i := range n {
				deleted[i] = mask>>(n+i)&1 == 1
				members[i] = mask>>i&1 == 1 && !deleted[i]
			}
			if plain.IsQuorumBeside(members, deleted) != standard.IsQuorumBeside(members, deleted) {
				t.Fatalf("%v beside %v in %s", members, deleted, show(network))
			}
		}
		for node, own := range standard.Own {
			if !standard.Mentions(own, node) {
				t.Fatalf("node %d is not in its set: %+v", node, standard.Vertices[own])
			}
		}
		if !slices.Equal(plain.Keys, standard.Keys) {
			t.Fatalf("keys %v, want %v", standard.Keys, plain.Keys)
		}
	}
}
