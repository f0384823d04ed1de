package witness_test

import (
	"fmt"
	"testing"
	"time"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// tiered is a network of organizations of three, of which everybody needs so
// many with two validators each.
func tiered(organizations, threshold int) *fbas.Network {
	top := fbas.QuorumSet{Threshold: threshold}
	var keys []string
	for o := range organizations {
		inner := fbas.QuorumSet{Threshold: 2}
		for v := range 3 {
			inner.Validators = append(inner.Validators, fmt.Sprintf("%c%d", 'a'+o, v))
		}
		keys = append(keys, inner.Validators...)
		top.InnerQuorumSets = append(top.InnerQuorumSets, inner)
	}
	n := &fbas.Network{}
	for _, key := range keys {
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key, QuorumSet: &top})
	}
	return n
}

func TestPart_FindsTheTwoQuorumsOfASymmetricNetwork(t *testing.T) {
	core, err := witness.Reduce(tiered(7, 5))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range [][]string{{"a0", "b0", "c0"}, {"g2", "c1", "e0"}, {"a0", "a1", "b1", "d2", "g0"}} {
		q1, q2, found := core.Part(s)
		if !found {
			t.Errorf("%v splits, and it was not seen", s)
			continue
		}
		if err := core.CheckSplitting(s, q1, q2); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
	for _, s := range [][]string{nil, {"a0", "b0"}, {"a0", "a1", "a2", "b0"}, {"nobody"}} {
		if _, _, found := core.Part(s); found {
			t.Errorf("%v does not split, and is said to", s)
		}
	}
}

func TestPart_EndsSoonInALargeCore(t *testing.T) {
	n, keys := ring(20_000)
	core := reduce(t, n)
	before := time.Now()
	if _, _, found := core.Part(keys[:1]); found {
		t.Error("one node of a ring leaves no two quorums")
	}
	if took := time.Since(before); took > 900*time.Millisecond {
		t.Errorf("took %v", took)
	}
	work := 0
	if _, _, found := reduce(t, tiered(7, 5)).PartWithin([]string{"a0", "b0", "c0"}, &work); found {
		t.Error("worked without leave to")
	}
}
