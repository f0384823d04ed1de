package engine

import "context"

// Network answers what the backend asks of one scan: intersection, symmetry,
// and four figures on each of the four merge levels.
func (s *System) Network(ctx context.Context, faulty []string) (NetworkResult, error) {
	r := NetworkResult{Complete: true}
	intersection, err := s.Intersection(ctx, Options{})
	if err != nil {
		return r, err
	}
	r.note(intersection.Complete, intersection.SolverCalls)
	r.HasQuorumIntersection = intersection.Intersects
	symmetric, err := s.SymmetricTopTier(ctx, Options{})
	if err != nil {
		return r, err
	}
	r.HasSymmetricTopTier = symmetric.QuorumSet != nil
	levels := []*LevelResult{&r.Node, &r.Organization, &r.Country, &r.ISP}
	for i, by := range MergeLevels {
		if *levels[i], err = s.level(ctx, &r, by, faulty); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (r *NetworkResult) note(complete bool, calls int) {
	r.Complete = r.Complete && complete
	r.SolverCalls += calls
}

func (s *System) level(ctx context.Context, r *NetworkResult, by MergeBy, faulty []string) (LevelResult, error) {
	var l LevelResult
	topTier, err := s.TopTier(ctx, Options{Minimum: true, MergeBy: by})
	if err != nil {
		return l, err
	}
	r.note(topTier.Complete, topTier.SolverCalls)
	l.TopTierSize = len(topTier.Members)
	blocking, err := s.MinimalBlockingSets(ctx, Options{Minimum: true, MergeBy: by})
	if err != nil {
		return l, err
	}
	r.note(blocking.Complete, blocking.SolverCalls)
	l.BlockingSetsMinSize = blocking.MinSize
	filtered, err := s.MinimalBlockingSets(ctx, Options{Minimum: true, MergeBy: by, Faulty: faulty})
	if err != nil {
		return l, err
	}
	r.note(filtered.Complete, filtered.SolverCalls)
	l.BlockingSetsFilteredMinSize = filtered.MinSize
	splitting, err := s.MinimalSplittingSets(ctx, Options{Minimum: true, MergeBy: by})
	if err != nil {
		return l, err
	}
	r.note(splitting.Complete, splitting.SolverCalls)
	l.SplittingSetsMinSize = splitting.MinSize
	return l, nil
}
