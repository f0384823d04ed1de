package api

import (
	"math/big"

	"understudy/engine"
)

func (a *asking) quorums() (Quorums, error) {
	r, err := a.system.MinimalQuorums(a.ctx, a.options)
	r.Complete = r.Complete && r.Intersection.Complete
	s := a.sets(r.Family)
	return Quorums{
		MinSize:            s.MinSize,
		TotalQuorums:       s.TotalSets,
		ExampleQuorum:      s.ExampleSet,
		QuorumIntersection: decided(r.Intersection.Intersects, r.Intersection.Complete),
		ExecutionTimeMS:    s.ExecutionTimeMS,
		DisjointQuorums:    pair(r.Intersection.Disjoint),
		ExampleMembers:     s.ExampleMembers,
		Sets:               s.Sets,
		Additions:          s.Additions,
	}, err
}

func (a *asking) blockingSets() (Sets, error) {
	r, err := a.system.MinimalBlockingSets(a.ctx, a.options)
	return a.sets(r), err
}

func (a *asking) splittingSets() (Splitting, error) {
	r, err := a.system.MinimalSplittingSets(a.ctx, a.options)
	known := r.Complete || r.Disjoint || r.LowerBound > 0
	return Splitting{Sets: a.sets(r.Family), HasSplit: decided(r.Disjoint, known), Quorums: pair(r.Quorums)}, err
}

func (a *asking) historyCritical() (History, error) {
	r, err := a.system.HistoryCriticalSets(a.ctx, a.options)
	s := a.sets(r.Family)
	critical := s.Sets
	if len(critical) == 0 && r.Outcome == engine.Found {
		critical = [][]string{s.ExampleSet}
	}
	return History{
		CriticalSets:    list(critical),
		MinSize:         s.MinSize,
		TotalSets:       s.TotalSets,
		ExecutionTimeMS: s.ExecutionTimeMS,
		Quorum:          r.Quorum,
		ExampleMembers:  s.ExampleMembers,
		Findings:        a.silentArchives(),
		Additions:       s.Additions,
	}, err
}

// sets forms the answer about a family.
func (a *asking) sets(f engine.Family) Sets {
	s := Sets{
		MinSize:         f.MinSize,
		TotalSets:       big.NewInt(-1),
		ExampleSet:      list(f.Example),
		ExecutionTimeMS: a.took(),
		ExampleMembers:  f.ExampleMembers,
		Additions:       a.add(f.Complete, f.Outcome == engine.Found, f.Algorithm, f.SolverCalls),
	}
	// Who asks for the minimum alone gets one kind of answer, also where the family happens to be known.
	if f.Total != nil && (!a.options.Minimum || f.Outcome == engine.NoSet) {
		s.TotalSets = f.Total
	}
	if a.options.MaxSets > 0 {
		s.Sets = make([][]string, len(f.Sets))
		for i, set := range f.Sets {
			s.Sets[i] = list(set)
		}
	}
	if !f.Complete {
		s.LowerBound = &f.LowerBound
	}
	return s
}
