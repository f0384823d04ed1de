package engine

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"understudy/engine/fbas"
)

// largeNetwork has 10 to 40 nodes: of one level, or organizations of which the
// members are of one mind or not, with watchers and nodes without a set.
func largeNetwork(r *rand.Rand) *fbas.Network {
	network := &fbas.Network{}
	switch kind := r.IntN(4); kind {
	case 0:
		oneLevel(r, network, 10+r.IntN([]int{6, 6, 20}[r.IntN(3)]))
	default:
		organizations(r, network, 3+r.IntN(r.IntN(4)+1), kind == 1)
	}
	sets := len(network.Nodes)
	for i := range r.IntN(8) {
		own := network.Nodes[r.IntN(sets)].QuorumSet
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: fmt.Sprint("watcher", i), QuorumSet: own})
	}
	for i := range network.Nodes {
		node := &network.Nodes[i]
		if r.IntN(25) == 0 {
			node.QuorumSet = nil
		}
		node.Country = pick(r, "DE", "FI", "US", "CA")
		node.Attributes = map[string]json.RawMessage{"historyArchiveHasError": json.RawMessage(fmt.Sprint(r.IntN(3) == 0))}
	}
	return network
}

// oneLevel makes nodes that share a few lists.
func oneLevel(r *rand.Rand, network *fbas.Network, n int) {
	key := func(i int) string { return fmt.Sprintf("%d.%d", i/3, i%3) }
	var sets []*fbas.QuorumSet
	for range 1 + r.IntN(4) {
		set := &fbas.QuorumSet{}
		for i := range n {
			if r.IntN(8) > 0 {
				set.Validators = append(set.Validators, key(i))
			}
		}
		set.Threshold = len(set.Validators)/2 + r.IntN(len(set.Validators)/3+1)
		sets = append(sets, set)
	}
	for i := range n {
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key(i), QuorumSet: sets[r.IntN(len(sets))]})
	}
	grouped(network, func(i int) int { return i / 3 })
}

// organizations makes organizations that want most of each other. Where they are
// not of one mind some members want one more, or one less, or leave one out.
func organizations(r *rand.Rand, network *fbas.Network, n int, oneMind bool) {
	var inner []fbas.QuorumSet
	var of []int
	for i := range n {
		var org fbas.QuorumSet
		for member := range 2 + r.IntN(3) {
			org.Validators = append(org.Validators, fmt.Sprintf("%d.%d", i, member))
			of = append(of, i)
		}
		org.Threshold = 1 + r.IntN(len(org.Validators))
		inner = append(inner, org)
	}
	for _, org := range inner {
		kept := []fbas.QuorumSet{}
		for _, other := range inner {
			if r.IntN(n) > 0 {
				kept = append(kept, other)
			}
		}
		common := &fbas.QuorumSet{Threshold: max(1, len(kept)*2/3+r.IntN(2)), InnerQuorumSets: kept}
		for _, key := range org.Validators {
			own := common
			if !oneMind && r.IntN(3) == 0 {
				own = &fbas.QuorumSet{Threshold: max(1, common.Threshold+r.IntN(3)-1), InnerQuorumSets: kept}
				if len(kept) > 1 && r.IntN(3) == 0 {
					own.InnerQuorumSets = kept[1:]
				}
			}
			network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: own})
		}
	}
	grouped(network, func(i int) int { return of[i] })
}

// grouped makes organizations of the nodes.
func grouped(network *fbas.Network, of func(int) int) {
	for i, node := range network.Nodes {
		for len(network.Organizations) <= of(i) {
			name := fmt.Sprint("Org ", len(network.Organizations))
			network.Organizations = append(network.Organizations, fbas.Organization{ID: name, Name: name})
		}
		org := &network.Organizations[of(i)]
		org.Validators = append(org.Validators, node.PublicKey)
	}
}

// almostSymmetric is a network of n organizations of three; each drops about so
// many of the others. It is the kind that the published benchmark is made of.
func almostSymmetric(n, drop int) string {
	r := rand.New(rand.NewPCG(uint64(n), uint64(drop)))
	network := &fbas.Network{}
	var inner []fbas.QuorumSet
	for i := range n {
		inner = append(inner, fbas.QuorumSet{Threshold: 2, Validators: []string{fmt.Sprint(i, ".0"), fmt.Sprint(i, ".1"), fmt.Sprint(i, ".2")}})
	}
	for _, org := range inner {
		set := &fbas.QuorumSet{}
		for _, other := range inner {
			if r.IntN(n) >= drop {
				set.InnerQuorumSets = append(set.InnerQuorumSets, other)
			}
		}
		set.Threshold = min(len(set.InnerQuorumSets), 2*n/3+1)
		for _, key := range org.Validators {
			network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: set})
		}
	}
	grouped(network, func(i int) int { return i / 3 })
	return networkJSON(network)
}
