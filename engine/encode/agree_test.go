package encode_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/sat"
)

// almostSymmetric has organizations of three, each of which lists most of the
// others. In mixed ones the members don't all ask for the same number.
func almostSymmetric(r *rand.Rand, organizations int, mixed bool) *fbas.Network {
	inner := make([]fbas.QuorumSet, organizations)
	for i := range inner {
		inner[i].Threshold = 2
		for member := range 3 {
			inner[i].Validators = append(inner[i].Validators, fmt.Sprint(i, ".", member))
		}
	}
	network := &fbas.Network{}
	for i, organization := range inner {
		var listed []fbas.QuorumSet
		for other := range inner {
			if other == i || r.IntN(organizations) > 1 {
				listed = append(listed, inner[other])
			}
		}
		for member, key := range organization.Validators {
			set := fbas.QuorumSet{Threshold: len(listed) - (len(listed)-1)/3, InnerQuorumSets: listed}
			if mixed && member == 0 {
				set.Threshold -= r.IntN(2)
			}
			network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: &set})
		}
	}
	return network
}

func TestSolvers_AgreeOnNetworksThatAreTooLargeToTryOut(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	tried := 0
	for range 30 {
		system := fbas.Compile(almostSymmetric(r, 5+r.IntN(2), r.IntN(2) == 0))
		group := make([]int, system.Len())
		for node := range group {
			group[node] = r.IntN(8) - 1
		}
		s := sample{system: system, q: class.New(system, group)}
		for _, members := range s.q.Members {
			s.price.Group = append(s.price.Group, group[members[0]])
			s.lost = append(s.lost, r.IntN(3) == 0)
		}
		for _, ask := range questions {
			agree(t, ask, s)
			agree(t, ask, s.plain())
		}
		compareWithFamily(t, s.plain())
		tried++
	}
	t.Logf("%d networks", tried)
}

func agree(t *testing.T, ask question, s sample) {
	t.Helper()
	var size [2]int
	for i, solver := range solvers {
		m, err := ask.ask(t.Context(), s, solver)
		if err != nil || !m.Complete || !m.Found && ask.name != "splitting" {
			t.Fatalf("%s by %v: %+v (%v)", ask.name, solver, m, err)
		}
		if size[i] = m.Size; !m.Found {
			size[i] = none
		}
	}
	if size[0] != size[1] {
		t.Fatalf("%s: %d by %v, %d by %v", ask.name, size[0], solvers[0], size[1], solvers[1])
	}
}

// compareWithFamily compares the least splitting vector with all minimal ones.
func compareWithFamily(t *testing.T, s sample) {
	t.Helper()
	family, err := encode.Splitting(t.Context(), s.q, sat.Gini)
	if err != nil || !family.Complete {
		t.Fatalf("%+v (%v)", family, err)
	}
	least := none
	for _, split := range family.Found {
		if n := split.Gone.Sum(); least == none || n < least {
			least = n
		}
	}
	m, err := encode.MinimumSplitting(t.Context(), s.q, s.price, sat.Gini)
	if err != nil || m.Found != (least != none) || m.Found && m.Size != least {
		t.Fatalf("%+v (%v), the family's least is %d", m, err, least)
	}
}
