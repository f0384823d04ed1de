package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

// rotated has n validators, each of which asks for t of all but its successor:
// none may change places with another one, and there are many minimal quorums.
func rotated(n, t int) *fbas.Network {
	network := &fbas.Network{}
	for i := range n {
		set := &fbas.QuorumSet{Threshold: t}
		for j := range n {
			if j != (i+1)%n {
				set.Validators = append(set.Validators, fmt.Sprintf("n%02d", j))
			}
		}
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: fmt.Sprintf("n%02d", i), QuorumSet: set})
	}
	return network
}

// prepared fails the test where the network can't be prepared.
func prepared(t *testing.T, n *fbas.Network) *System {
	t.Helper()
	s, err := Prepare(n, SemanticsRust)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// subsets are the vectors of k single members among n.
func subsets(n, k int) []class.Vector {
	var all []class.Vector
	x := make(class.Vector, n)
	var choose func(from, left int)
	choose = func(from, left int) {
		if left == 0 {
			all = append(all, slices.Clone(x))
			return
		}
		for i := from; i+left <= n; i++ {
			x[i] = 1
			choose(i+1, left-1)
			x[i] = 0
		}
	}
	choose(0, k)
	return all
}

// With 38,760 quorums, comparing every two took over a minute.
func TestCheckIntersection_LooksAtEachQuorumOnce(t *testing.T) {
	s := prepared(t, rotated(20, 13))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	verdict := IntersectionResult{HasQuorum: true, Intersects: true}
	if err := checkIntersection(ctx, verdict, orbits{vectors: subsets(20, 14)}, s.classes); err != nil || ctx.Err() != nil {
		t.Errorf("%v, and the time ended: %v", err, ctx.Err())
	}
}

func TestCheckIntersection_RefusesAWrongVerdict(t *testing.T) {
	s := prepared(t, rotated(6, 2))
	wrong := IntersectionResult{HasQuorum: true, Intersects: true}
	if err := checkIntersection(t.Context(), wrong, orbits{vectors: subsets(6, 3)}, s.classes); err == nil {
		t.Error("disjoint quorums pass for intersecting ones")
	}
}
