package engine

import (
	"context"
	"fmt"
	"slices"

	"understudy/engine/bnb"
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
	var splits []split
	r.Family, err = s.answer(ctx, o, f, known(&s.splitting),
		func() (minimum, error) {
			var err error
			least, err = question.splitting(ctx, o)
			return least, err
		},
		func() (found orbits, complete bool, err error) {
			found, splits, complete, err = s.splittingVectors(ctx, o)
			return found, complete, err
		})
	if err != nil {
		return r, fmt.Errorf("find splitting sets: %w", err)
	}
	if r.Outcome != Found {
		return r, nil
	}
	r.Disjoint = r.MinSize == 0
	gone := s.nodes(r.members)
	if r.Quorums, err = s.leftDisjoint(gone, question.q, least, splits); err != nil {
		return r, err
	}
	return r, s.checkSplitting(groups, r)
}

// split is a splitting vector with two quorums that it leaves disjoint.
type split = bnb.Split

// splittingVectors are the vectors of the family: branch and bound lists one of
// each orbit where organizations are of one mind, else the solver lists all.
func (s *System) splittingVectors(ctx context.Context, o Options) (found orbits, splits []split, complete bool, err error) {
	found.exchange = s.orbits
	splits, complete = s.splitting.find(func() (splits []split, complete bool) {
		if s.form != nil {
			var ok bool
			if splits, complete, ok, err = bnb.MinimalSplitting(ctx, s.classes, s.form, int64(o.Nodes)); ok {
				return splits, complete
			}
		}
		var all encode.Splits
		all, err = encode.Splitting(ctx, s.classes.Relevant(), sat.Gophersat)
		for _, one := range all.Found {
			if slices.Equal(one.Gone, s.orbits.Sorted(one.Gone)) {
				splits = append(splits, split{Gone: one.Gone, Quorums: one.Quorums})
			}
		}
		return splits, all.Complete
	})
	for _, one := range splits {
		found.vectors = append(found.vectors, one.Gone)
	}
	return found, splits, complete, wrapContradiction(err)
}

// leftDisjoint names two quorums that are disjoint once the nodes are deleted:
// those of the minimum, or of the vector of the family that the nodes come from.
func (s *System) leftDisjoint(gone []int, q *class.Quotient, least minimum, splits []split) ([2][]string, error) {
	if least.Found && slices.Equal(least.Vector, q.Count(gone)) {
		return s.nameDisjoint(q, gone, least.Quorums)
	}
	count := s.classes.Count(gone)
	for _, split := range splits {
		place, ok := s.orbits.Exchange(split.Gone, count)
		if !ok {
			continue
		}
		var quorums [2]class.Vector
		for side, x := range split.Quorums {
			quorums[side] = make(class.Vector, len(x))
			for c, from := range place {
				quorums[side][c] = x[from]
			}
		}
		return s.nameDisjoint(s.classes, gone, quorums)
	}
	return [2][]string{}, contradiction("a splitting set without two quorums")
}
