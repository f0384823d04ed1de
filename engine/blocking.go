package engine

import (
	"context"
	"math/big"
	"slices"

	"understudy/engine/bnb"
	"understudy/engine/class"
	"understudy/engine/fbas"
)

// MinimalBlockingSets finds all inclusion-minimal sets whose removal leaves no
// quorum. Nodes of o.Faulty have failed already and belong to no set: they are
// taken out of the minimal blocking sets of the whole network, and of what
// remains the minimal sets are the family. A network without any quorum has no
// blocking set; faulty nodes that block alone leave the empty set.
func (s *System) MinimalBlockingSets(ctx context.Context, o Options) (Family, error) {
	whole := s
	s = s.blockingView
	if !s.hasQuorum() {
		return whole.blockNothing(ctx, o)
	}
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return Family{}, err
	}
	faulty := s.faulty(o.Faulty)
	f := s.family(s.classes, groups, faulty)
	r, err := s.answer(ctx, o, f, known(&s.blocking), func() (minimum, error) { return s.question(groups, faulty).blocking(ctx, o) },
		func() (orbits, bool, error) {
			vectors, complete := s.blocking.find(func() ([]class.Vector, bool) { return bnb.MinimalBlocking(ctx, s.classes, s.orbits, o.Nodes) })
			return orbits{vectors, s.orbits}, complete, nil
		})
	if err != nil {
		return r, err
	}
	if r.Outcome == Found && groups.merging() {
		r.ExampleMembers = s.keys(s.stillBlocking(s.nodes(r.ExampleMembers), faulty))
	}
	return r, s.checkBlocking(groups, r, o.Faulty)
}

// blockNothing is the family of blocking sets where there is no quorum to block:
// none, but in python semantics, where to block is to make every node fall and
// the failure of any one does.
func (s *System) blockNothing(ctx context.Context, o Options) (Family, error) {
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return Family{}, err
	}
	var single []class.Vector
	if s.semantics == SemanticsPython {
		for c := range s.classes.Size {
			v := make(class.Vector, len(s.classes.Size))
			v[c] = 1
			single = append(single, v)
		}
	}
	r := s.family(s.classes, groups, s.faulty(o.Faulty)).answer(ctx, orbits{vectors: single}, true, o)
	return r, s.checkBlocking(groups, r, o.Faulty)
}

// hasQuorum says whether there is any quorum.
func (s *System) hasQuorum() bool {
	return !s.classes.Evaluator().GreatestIn(s.classes.Size, nil).Empty()
}

// stillBlocking leaves out members that the others block without: a group is
// paid for whole.
func (s *System) stillBlocking(nodes []int, faulty fbas.Set) []int {
	const most = 1000 // every member takes a look at the whole system
	gone := slices.Clone(faulty)
	for _, node := range nodes {
		gone[node] = true
	}
	for _, node := range nodes[:min(most, len(nodes))] {
		gone[node] = false
		if !s.core.GreatestQuorum(s.core.Without(gone)).Empty() {
			gone[node] = true
		}
	}
	for node, failed := range faulty {
		gone[node] = gone[node] && !failed
	}
	return gone.Members()
}

// answer puts an answer about a family together: from the family where it is
// known and only has to be counted, else from a minimum, and from the family as
// far as time goes.
func (s *System) answer(ctx context.Context, o Options, f *family, known bool,
	least func() (minimum, error), enumerate func() (orbits, bool, error),
) (Family, error) {
	var r Family
	var m minimum
	known = known && f.exact && !o.Minimum
	if !known {
		var err error
		if m, err = least(); err != nil {
			return r, err
		}
		r = f.fromMinimum(m)
		if o.Minimum {
			return r, nil
		}
		if m.Found && m.Complete && m.Size == 0 {
			return r.emptyAlone(o), nil
		}
	}
	vectors, complete, err := enumerate()
	if err != nil {
		return r, err
	}
	whole := f.answer(ctx, vectors, complete, o)
	if known {
		return whole, nil
	}
	return r.with(whole, m)
}

// emptyAlone is the family of the empty set, when that is the minimum: every
// other set holds it, so none is minimal beside it.
func (r Family) emptyAlone(o Options) Family {
	r.Total = big.NewInt(1)
	if o.MaxSets > 0 {
		r.Sets = [][]string{{}}
	}
	return r
}

// with completes the answer from a minimum by what is known of the family.
func (r Family) with(whole Family, m minimum) (Family, error) {
	whole.SolverCalls, whole.Algorithm = r.SolverCalls, r.Algorithm+"+enumeration"
	if whole.Complete {
		if m.Complete && (whole.MinSize != m.Size || (whole.Outcome == Found) != m.Found) {
			return whole, contradiction("the minimum is %d by search and %d by enumeration", m.Size, whole.MinSize)
		}
		return whole, nil
	}
	found := whole.Outcome == Found
	switch {
	case m.Complete && found && (!m.Found || whole.MinSize < m.Size):
		return whole, contradiction("the minimum is %d by search, and enumeration found a set of %d", m.Size, whole.MinSize)
	case r.Outcome == NoSet:
		return r, nil // nothing is left to enumerate
	}
	r.Complete, r.Algorithm, r.Sets, r.Total = false, whole.Algorithm, whole.Sets, nil
	if found && (r.Outcome != Found || whole.MinSize < r.MinSize) {
		r.Outcome, r.MinSize, r.Example, r.ExampleMembers, r.members = Found, whole.MinSize, whole.Example, whole.ExampleMembers, whole.members
	}
	return r, nil
}

// fromMinimum is the answer that a minimum gives.
func (f *family) fromMinimum(m minimum) Family {
	r := Family{Complete: m.Complete, LowerBound: m.LowerBound, SolverCalls: m.Calls, Algorithm: m.algorithm}
	switch {
	case m.Found:
		r.Outcome, r.MinSize = Found, m.Size
		f.example = m.q.Pick(m.Vector, f.s.core.SetOf())
		r.members = f.s.keys(f.example)
		r.Example = r.members
		if f.groups.merging() {
			r.Example, r.ExampleMembers = f.groups.mergeNodes(f.example), r.members
		}
	case m.Complete:
		r.Outcome, r.Total = NoSet, new(big.Int)
	}
	return r
}
