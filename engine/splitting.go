package engine

import (
	"context"
	"fmt"
	"slices"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/sat"
)

// MinimalSplittingSets finds all inclusion-minimal sets of core nodes whose
// deletion leaves two disjoint quorums. A list loses one from its threshold
// for each entry deleted from that very list, never below 0; deleted nodes are
// in no quorum.
func (s *System) MinimalSplittingSets(ctx context.Context, o Options) (SplittingResult, error) {
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return SplittingResult{}, err
	}
	q, calls := s.classes, 0
	found, complete := s.splitting.find(func() ([]encode.Split, bool) {
		var splits encode.Splits
		splits, err = encode.Splitting(ctx, q, sat.Gophersat)
		calls = splits.Calls
		return splits.Found, splits.Complete
	})
	if err != nil {
		return SplittingResult{}, fmt.Errorf("find splitting sets: %w", err)
	}
	vectors := make([]class.Vector, len(found))
	for i, f := range found {
		vectors[i] = f.Gone
	}
	family := s.family(q, groups, nil)
	r := SplittingResult{Family: family.answer(ctx, vectors, complete, o.MaxSets)}
	r.SolverCalls = calls
	if r.Outcome != Found {
		return r, nil
	}
	r.Disjoint = r.MinSize == 0
	for _, f := range found {
		if slices.Equal(f.Gone, q.Count(family.example)) {
			r.Quorums, err = s.nameDisjoint(q, family.example, f.Quorums)
		}
	}
	return r, err
}
