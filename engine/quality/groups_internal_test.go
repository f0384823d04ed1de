package quality

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"understudy/engine/fbas"
)

// nearlyStandard is nodes whose sets differ in little from one common set: some
// omit their owner and ask for one fewer, as standard form undoes, and some do
// only half of it.
func nearlyStandard(g *rand.Rand) *fbas.Network {
	keys := []string{"a", "b", "c", "d"}
	n := &fbas.Network{}
	for _, key := range keys {
		set := &fbas.QuorumSet{Threshold: 3, Validators: slices.Clone(keys)}
		if g.IntN(2) == 0 {
			set.Validators = slices.DeleteFunc(set.Validators, func(k string) bool { return k == key })
		}
		if g.IntN(2) == 0 {
			set.Threshold--
		}
		if g.IntN(4) == 0 {
			set.Validators = append(set.Validators, keys[g.IntN(len(keys))])
		}
		if g.IntN(4) == 0 {
			set.InnerQuorumSets = []fbas.QuorumSet{{Threshold: 1, Validators: []string{keys[g.IntN(len(keys))]}}}
		}
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key, QuorumSet: set})
	}
	return n
}

func TestEqualStandard_SaysWhatStandardFormWrittenOutSays(t *testing.T) {
	const rounds = 20_000
	equal := map[string]int{}
	for seed := range uint64(rounds) {
		s := fbas.Compile(nearlyStandard(rand.New(rand.NewPCG(7, seed))))
		own := s.Standard().Own
		for a := range own {
			for b := range own {
				if got, want := equalStandard(s, a, b), own[a] == own[b]; got != want {
					t.Fatalf("seed %d, %v and %v: equal %v, want %v", seed, s.QuorumSet(s.Own[a]), s.QuorumSet(s.Own[b]), got, want)
				}
				if own[a] == own[b] && a != b {
					equal[fmt.Sprint(s.Mentions(s.Own[a], a), s.Mentions(s.Own[b], b))]++
				}
			}
		}
	}
	if len(equal) != 4 {
		t.Errorf("equal pairs by who names itself: %v; all four kinds are needed", equal)
	}
	t.Logf("%d random networks, equal pairs %v", rounds, equal)
}
