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
	var least minimum
	question := s.question(groups, nil)
	f := s.family(s.classes, groups, nil)
	var r SplittingResult
	r.Family, err = s.answer(ctx, o, f, known(&s.splitting),
		func() (minimum, error) {
			var err error
			least, err = question.splitting(ctx, o)
			return least, err
		},
		func() ([]class.Vector, bool, error) { return s.splittingVectors(ctx) })
	if err != nil {
		return r, fmt.Errorf("find splitting sets: %w", err)
	}
	if r.Outcome != Found {
		return r, nil
	}
	r.Disjoint = r.MinSize == 0
	gone := s.nodes(r.members)
	if r.Quorums, err = s.leftDisjoint(gone, question.q, least); err != nil {
		return r, err
	}
	return r, s.checkSplitting(groups, r)
}

// splittingVectors are the vectors of the family.
func (s *System) splittingVectors(ctx context.Context) (vectors []class.Vector, complete bool, err error) {
	found, complete := s.splitting.find(func() ([]encode.Split, bool) {
		var splits encode.Splits
		splits, err = encode.Splitting(ctx, s.classes.Relevant(), sat.Gophersat)
		err = wrapContradiction(err)
		s.partSplitting.Store(&splits.Found)
		return splits.Found, splits.Complete
	})
	for _, split := range found {
		vectors = append(vectors, split.Gone)
	}
	return vectors, complete, err
}

// leftDisjoint names two quorums that are disjoint once the nodes are deleted,
// of the minimum or of the family, wherever the nodes come from.
func (s *System) leftDisjoint(gone []int, q *class.Quotient, least minimum) ([2][]string, error) {
	if least.Found && slices.Equal(least.Vector, q.Count(gone)) {
		return s.nameDisjoint(q, gone, least.Quorums)
	}
	for _, list := range []*[]encode.Split{s.splitting.whole.Load(), s.partSplitting.Load()} {
		if list == nil {
			continue
		}
		for _, split := range *list {
			if slices.Equal(split.Gone, s.classes.Count(gone)) {
				return s.nameDisjoint(s.classes, gone, split.Quorums)
			}
		}
	}
	return [2][]string{}, contradiction("a splitting set without two quorums")
}
