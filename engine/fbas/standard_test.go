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

func TestStandard_KeepsTheQuorumsAndCascadesOfPythonSystems(t *testing.T) {
	for seed := range uint64(1000) {
		plain := CompilePython(untidy(rand.New(rand.NewPCG(seed, 15))))
		standard := plain.Standard()
		for mask := range 1 << plain.Len() {
			deleted := plain.subset(mask)
			if got, want := quorumsBeside(standard, mask), quorumsBeside(plain, mask); !slices.Equal(got, want) {
				t.Fatalf("seed %d: quorums %b beside %b, want %b: %s as %s", seed, got, mask, want, short(plain), short(standard))
			}
			if cascades(standard, deleted) != cascades(plain, deleted) {
				t.Fatalf("seed %d: %b blocks one of %s and %s only", seed, mask, short(plain), short(standard))
			}
		}
		for node, own := range standard.Own {
			if (own == Free) != (plain.Own[node] == Free) || own >= 0 && !standard.Mentions(own, node) {
				t.Fatalf("seed %d: node %d of %s as %s", seed, node, short(plain), short(standard))
			}
		}
	}
}

func TestStandard_AddsTheOwnerToPythonSetsOnce(t *testing.T) {
	inner := QuorumSet{Threshold: 1, Validators: []string{"c", "c", "b"}}
	s := CompilePython(&Network{Nodes: []Node{
		{PublicKey: "a", QuorumSet: set(2, "a", "a", "b", "c")},
		{PublicKey: "b", QuorumSet: set(0, "a", "a")},
		{PublicKey: "c", QuorumSet: &QuorumSet{Threshold: 1, InnerQuorumSets: []QuorumSet{inner, inner}}},
		{PublicKey: "d", QuorumSet: set(0)},
		{PublicKey: "e", QuorumSet: set(2, "c", "c")},
	}}).Standard()
	const want = "a 2{a b c}, b 1{a b}, c 1{1{b c}}, d 1{d}, e free"
	if got := short(s); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestStandard_KeepsInnerSetsThatNothingMeets(t *testing.T) {
	own := QuorumSet{Threshold: 1, Validators: []string{"a"}, InnerQuorumSets: []QuorumSet{*set(2, "b")}}
	s := Compile(&Network{Nodes: []Node{{PublicKey: "a", QuorumSet: &own}, {PublicKey: "b"}}}).Standard()
	if got := s.QuorumSet(s.Own[0]); len(got.InnerQuorumSets) != 1 {
		t.Errorf("%+v", got)
	}
}
