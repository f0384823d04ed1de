package workload

import (
	"math/rand/v2"
	"slices"
)

// kind is a way to draw the nodes of a network with their quorum sets.
type kind struct {
	name string
	draw func(r *rand.Rand) []node
}

// least is the number of nodes from which a network is large.
const least = 12

var kinds = []kind{
	{"flat", each(shape{owner: always})},
	{"flat, owner sometimes missing", each(shape{owner: sometimes})},
	{"flat, one set for all", common(shape{})},
	{"nested", each(shape{inner: 3, owner: always})},
	{"nested, owner sometimes missing", each(shape{inner: 3, owner: sometimes})},
	{"nested, one set for all", common(shape{inner: 3})},
	{"repeated members", each(shape{inner: 2, owner: sometimes, repeats: true})},
	{"repeated members, one set for all", common(shape{inner: 2, repeats: true})},
	{"organizations", trees(small, sameSet)},
	{"organizations, own thresholds", trees(small, ownThreshold)},
	{"organizations, mixed thresholds", trees(small, mixedThresholds)},
	{"two or three components", components},
	{"leaves around a core", leaves},
	{"odd thresholds and strangers", each(shape{inner: 2, owner: sometimes, strangers: true, odd: true})},
	{"large: organizations and leaves", trees(large, sameSet)},
	{"large: small core, many leaves", manyLeaves},
}

// each draws a set of its own for most nodes; some share one.
func each(s shape) func(*rand.Rand) []node {
	return func(r *rand.Rand) []node {
		keys := names(size(r))
		shared := s.draw(r, keys, keys[0])
		nodes := make([]node, len(keys))
		for i, key := range keys {
			nodes[i] = node{PublicKey: key, QuorumSet: shared}
			switch {
			case s.strangers && r.IntN(8) == 0:
				nodes[i].QuorumSet = nil
			case r.IntN(3) > 0:
				nodes[i].QuorumSet = s.draw(r, keys, key)
			}
		}
		return nodes
	}
}

// common draws one set for all nodes, with a stranger to it now and then.
func common(s shape) func(*rand.Rand) []node {
	return func(r *rand.Rand) []node {
		keys := names(size(r))
		shared := s.draw(r, keys, keys[0])
		var nodes []node
		for _, key := range keys {
			nodes = append(nodes, node{PublicKey: key, QuorumSet: shared})
		}
		if r.IntN(3) == 0 {
			nodes[r.IntN(len(nodes))].QuorumSet = s.draw(r, keys, keys[0])
		}
		return nodes
	}
}

// components are two or three networks that know little of each other.
func components(r *rand.Rand) []node {
	keys := names(4 + r.IntN(6))
	parts := 2 + r.IntN(2)
	var nodes []node
	for part := range parts {
		own := keys[part*len(keys)/parts : (part+1)*len(keys)/parts]
		s := shape{inner: r.IntN(2), owner: always, tight: true}
		for _, key := range own {
			heard := own
			if r.IntN(8) == 0 {
				heard = append(slices.Clone(own), keys[r.IntN(len(keys))])
			}
			nodes = append(nodes, node{PublicKey: key, QuorumSet: s.draw(r, unique(heard), key)})
		}
	}
	return nodes
}

// leaves listen to a core that mostly does not listen to them.
func leaves(r *rand.Rand) []node { return around(r, 5+r.IntN(5), 3+r.IntN(2), 6) }

func manyLeaves(r *rand.Rand) []node {
	return around(r, least+r.IntN(19), 4+r.IntN(4), 40)
}

// around draws a core of so many of n nodes; the leaves listen to it and now and
// then to the next leaf. One core node in `leak` listens to a leaf too, which
// pulls that leaf into the core, and the leaves that it listens to: few, because a
// core of more than 16 nodes that have nothing in common is beyond what can be
// counted, and judged, for certain.
func around(r *rand.Rand, n, core, leak int) []node {
	keys := names(n)
	shared := shape{tight: true}.draw(r, keys[:core], keys[0])
	var nodes []node
	for i, key := range keys {
		own := shared
		switch {
		case i >= core:
			heard := slices.Clone(keys[:core])
			if r.IntN(4) == 0 && i+1 < n {
				heard = append(heard, keys[i+1])
			}
			own = shape{owner: sometimes}.draw(r, heard, key)
		case r.IntN(leak) == 0:
			own = shape{owner: always, tight: true}.draw(r, append(slices.Clone(keys[:core]), keys[r.IntN(n)]), key)
			own.Validators = unique(own.Validators)
		}
		nodes = append(nodes, node{PublicKey: key, QuorumSet: own})
	}
	return nodes
}
