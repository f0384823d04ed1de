package quality_test

import (
	"understudy/engine/fbas"
	"understudy/engine/quality"
)

// met says whether the agreeing keys satisfy a quorum set, from the definition.
func met(set *fbas.QuorumSet, agree map[string]bool) bool {
	n := 0
	for _, key := range set.Validators {
		if agree[key] {
			n++
		}
	}
	for i := range set.InnerQuorumSets {
		if met(&set.InnerQuorumSets[i], agree) {
			n++
		}
	}
	return n >= set.Threshold
}

// naiveStanding gives what each node of a network without repeated keys is left
// out for; core nodes are told by inCore. Everything is tried, nothing counted.
func naiveStanding(n *fbas.Network, inCore map[string]bool) map[string]string {
	of := map[string]string{}
	left := map[string]bool{}
	for _, node := range n.Nodes {
		switch key := node.PublicKey; {
		case node.QuorumSet == nil:
			of[key] = quality.MissingQuorumSet
		case met(node.QuorumSet, map[string]bool{key: true}):
			of[key] = quality.OneNodeQuorum
		default:
			left[key] = true
		}
	}
	for removed := true; removed; {
		removed = false
		for _, node := range n.Nodes {
			if left[node.PublicKey] && !met(node.QuorumSet, left) {
				delete(left, node.PublicKey)
				of[node.PublicKey] = quality.UnsatisfiableNode
				removed = true
			}
		}
	}
	for key := range left {
		of[key] = quality.OutsideCore
		if inCore[key] {
			of[key] = ""
		}
	}
	return of
}

// naming gives who names each validator, from the sets as sent.
func naming(n *fbas.Network) map[string]map[string]bool {
	by := map[string]map[string]bool{}
	var walk func(owner string, set *fbas.QuorumSet)
	walk = func(owner string, set *fbas.QuorumSet) {
		for _, key := range set.Validators {
			if by[key] == nil {
				by[key] = map[string]bool{}
			}
			by[key][owner] = true
		}
		for i := range set.InnerQuorumSets {
			walk(owner, &set.InnerQuorumSets[i])
		}
	}
	for _, node := range n.Nodes {
		if node.QuorumSet != nil {
			walk(node.PublicKey, node.QuorumSet)
		}
	}
	return by
}

// sane says whether all thresholds of a set are from 1 to the number of entries.
func sane(set *fbas.QuorumSet) bool {
	if set == nil || set.Threshold < 1 || set.Threshold > len(set.Validators)+len(set.InnerQuorumSets) {
		return false
	}
	for i := range set.InnerQuorumSets {
		if !sane(&set.InnerQuorumSets[i]) {
			return false
		}
	}
	return true
}
