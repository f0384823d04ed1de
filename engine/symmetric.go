package engine

import (
	"context"
	"fmt"
	"slices"

	"understudy/engine/fbas"
)

// SymmetricTopTier finds the one quorum set that all its members have, when
// there is exactly one and the nodes outside hold no quorum. A set that leaves
// its owner out is read with the owner added and the threshold one higher,
// which means the same.
//
// With o.MergeBy the members are shown by their groups, as the Rust scanner
// prints them: a list of one group only becomes that group once, with
// threshold 1, and an inner set with one validator becomes that validator,
// whatever else it holds. That is a way of display, not a quorum set with a
// meaning.
func (s *System) SymmetricTopTier(_ context.Context, o Options) (SymmetricResult, error) {
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return SymmetricResult{}, err
	}
	owner, ok := s.symmetricOwner()
	if !ok {
		return SymmetricResult{}, nil
	}
	set := s.standardSet(owner)
	if o.MergeBy != MergeNone && o.MergeBy != "" {
		set = groups.mergeSet(set)
	}
	return SymmetricResult{QuorumSet: &set}, nil
}

// symmetricOwner gives a node of the symmetric top tier.
func (s *System) symmetricOwner() (owner int, ok bool) {
	having := map[string][]int{} // nodes by standard form
	for node, own := range s.core.Own {
		if own != fbas.NoSet {
			form := s.standardForm(node)
			having[form] = append(having[form], node)
		}
	}
	owner = -1
	for _, nodes := range having {
		if len(nodes) != s.standardMembers(nodes[0]).Len() {
			continue
		}
		if owner >= 0 {
			return 0, false // two sets whose members all share them
		}
		owner = nodes[0]
	}
	if owner < 0 {
		return 0, false
	}
	outside := s.core.All()
	for node, in := range s.standardMembers(owner) {
		outside[node] = outside[node] && !in
	}
	return owner, s.core.GreatestQuorum(outside).Empty()
}

// lists says whether a node occurs in a vertex, at any depth.
func (s *System) lists(vertex, node int) bool {
	v := s.core.Vertices[vertex]
	_, listed := slices.BinarySearch(v.Nodes, node)
	return listed || slices.ContainsFunc(v.Inner, func(inner int) bool { return s.lists(inner, node) })
}

// standardForm writes the standard form of a node's set as a text, equal for
// equal sets.
func (s *System) standardForm(node int) string {
	v := s.core.Vertices[s.core.Own[node]]
	if s.lists(s.core.Own[node], node) {
		return fmt.Sprint(v.Threshold, v.Nodes, v.Inner)
	}
	nodes := append(slices.Clone(v.Nodes), node)
	slices.Sort(nodes)
	return fmt.Sprint(v.Threshold+1, nodes, v.Inner)
}

func (s *System) standardMembers(node int) fbas.Set {
	set := s.core.SetOf(node)
	s.addMembers(set, s.core.Own[node])
	return set
}

func (s *System) addMembers(set fbas.Set, vertex int) {
	v := s.core.Vertices[vertex]
	for _, node := range v.Nodes {
		set[node] = true
	}
	for _, inner := range v.Inner {
		s.addMembers(set, inner)
	}
}

// standardSet is the standard form of a node's quorum set, over public keys.
func (s *System) standardSet(node int) fbas.QuorumSet {
	own := s.core.Own[node]
	set := s.core.QuorumSet(own)
	if !s.lists(own, node) {
		set.Threshold++
		set.Validators = append(set.Validators, s.core.Keys[node])
		slices.Sort(set.Validators)
	}
	return set
}

// mergeSet replaces the validators of a set by their groups, for display.
func (g *groups) mergeSet(set fbas.QuorumSet) fbas.QuorumSet {
	index := make(map[string]int, len(g.keys))
	for i, key := range g.keys {
		index[key] = i
	}
	var merge func(fbas.QuorumSet) (fbas.QuorumSet, []int)
	merge = func(set fbas.QuorumSet) (fbas.QuorumSet, []int) {
		out := fbas.QuorumSet{Threshold: set.Threshold}
		var reps []int
		for _, key := range set.Validators {
			reps = append(reps, g.rep[index[key]])
		}
		for _, inner := range set.InnerQuorumSets {
			child, members := merge(inner)
			if len(members) == 1 {
				reps = append(reps, members[0])
				continue
			}
			out.InnerQuorumSets = append(out.InnerQuorumSets, child)
		}
		if len(reps) > 0 && !slices.ContainsFunc(reps, func(rep int) bool { return rep != reps[0] }) {
			out.Threshold, reps = 1, reps[:1]
		}
		for _, rep := range reps {
			out.Validators = append(out.Validators, g.nameOf(rep))
		}
		return out, reps
	}
	merged, _ := merge(set)
	return merged
}
