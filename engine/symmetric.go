package engine

import (
	"context"
	"slices"

	"understudy/engine/fbas"
	"understudy/engine/witness"
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
	own, ok := s.sharedByMembers()
	if !ok {
		return SymmetricResult{}, s.judge.check(func(core *witness.Core) error { return core.CheckSymmetricTopTier(nil) })
	}
	set := s.standard.QuorumSet(own)
	if err := s.judge.check(func(core *witness.Core) error { return core.CheckSymmetricTopTier(&set) }); err != nil {
		return SymmetricResult{}, err
	}
	if o.MergeBy != MergeNone && o.MergeBy != "" {
		set = groups.mergeSet(set)
	}
	return SymmetricResult{QuorumSet: &set}, nil
}

// sharedByMembers gives the one vertex that all nodes it mentions have as their
// own set, if outside them there is no quorum.
func (s *System) sharedByMembers() (vertex int, ok bool) {
	vertex = fbas.NoSet
	for id := range s.standard.Vertices {
		// Owners are members, by the standard form.
		if owners := len(s.standard.Owners(id)); owners == 0 || owners != len(s.mentionedBy(id)) {
			continue
		}
		if vertex != fbas.NoSet {
			return fbas.NoSet, false
		}
		vertex = id
	}
	if vertex == fbas.NoSet {
		return fbas.NoSet, false
	}
	return vertex, s.standard.GreatestQuorum(s.standard.Without(s.standard.SetOf(s.mentionedBy(vertex)...))).Empty()
}

// mentionedBy lists the nodes that occur in a vertex, at any depth, each once.
func (s *System) mentionedBy(vertex int) []int {
	var nodes []int
	var add func(int)
	add = func(vertex int) {
		nodes = append(nodes, s.standard.Vertices[vertex].Nodes...)
		for _, inner := range s.standard.Vertices[vertex].Inner {
			add(inner)
		}
	}
	add(vertex)
	slices.Sort(nodes)
	return slices.Compact(nodes)
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
