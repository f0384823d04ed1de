package arbiter

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"understudy/compare"
	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/sat"
	"understudy/engine/witness"
)

var (
	errTime     = errors.New("a solver came to no end in time")
	errContrary = errors.New("the two solvers say different things")
)

// solvers are asked in turn, the one that can be stopped first: where the time is
// too short for it, the other one is not left running.
var solvers = [2]sat.Solver{sat.Gini, sat.Gophersat}

// search finds a cheapest vector of a kind with one solver.
type search func(ctx context.Context, l *larger, solver sat.Solver) (class.Minimum, error)

func minimumBlocking(ctx context.Context, l *larger, solver sat.Solver) (class.Minimum, error) {
	return encode.MinimumBlocking(ctx, l.q, l.price, solver)
}

func minimumSplitting(ctx context.Context, l *larger, solver sat.Solver) (class.Minimum, error) {
	return encode.MinimumSplitting(ctx, l.q.Relevant(), l.price, solver)
}

func minimumQuorum(ctx context.Context, l *larger, solver sat.Solver) (class.Minimum, error) {
	return encode.MinimumQuorum(ctx, l.q, l.price, solver)
}

// agreed is the minimum that both solvers find.
func (l *larger) agreed(ctx context.Context, find search) (class.Minimum, error) {
	var found [2]class.Minimum
	for i, solver := range solvers {
		var err error
		if found[i], err = find(ctx, l, solver); err != nil {
			return class.Minimum{}, fmt.Errorf("%s: %w", solver, err)
		}
		if !found[i].Complete {
			return class.Minimum{}, errTime
		}
	}
	if found[0].Found != found[1].Found || found[0].Found && found[0].Size != found[1].Size {
		return class.Minimum{}, errContrary
	}
	return found[1], nil
}

// disjoint are two quorums that share no node, nil if there are none.
func (i *inquiry) disjoint() ([][]string, error) {
	if found, err := i.minimalQuorums(); err == nil {
		one, other := i.core.disjoint(found)
		if one == 0 {
			return nil, nil
		}
		return [][]string{i.core.names(one), i.core.names(other)}, nil
	}
	l, err := newPlain(i.d.Core)
	if err != nil {
		return nil, err
	}
	quorums, err := l.disjoint(i.ctx)
	if err != nil {
		return nil, err
	}
	i.solved = true
	if quorums == nil {
		return nil, nil
	}
	return quorums, i.d.Core.CheckDisjoint(quorums[0], quorums[1])
}

// disjoint are two such quorums, nil if both solvers say that there are none.
func (l *larger) disjoint(ctx context.Context) ([][]string, error) {
	var pair [2]class.Vector
	var said [2]sat.Status
	q := l.q.Relevant()
	for i, solver := range solvers {
		var err error
		if pair, said[i], err = encode.Intersection(ctx, q, solver); err != nil {
			return nil, fmt.Errorf("%s: %w", solver, err)
		}
		if said[i] == sat.Unknown {
			return nil, errTime
		}
	}
	switch {
	case said[0] != said[1]:
		return nil, errContrary
	case said[0] == sat.Unsat:
		return nil, nil
	}
	one := l.q.Pick(pair[0], l.system.SetOf())
	return [][]string{l.keys(one), l.keys(l.q.Pick(pair[1], l.system.SetOf(one...)))}, nil
}

// topTier is the union of the minimal quorums, by group, with quorums that cover
// it.
func (i *inquiry) topTier() (*compare.TopTier, error) {
	members, quorums, err := i.tier()
	if err != nil {
		return nil, err
	}
	names, err := i.d.Groups.Image(members)
	if err != nil {
		return nil, err
	}
	t := &compare.TopTier{Members: names, Size: len(names), Quorums: quorums}
	if err := i.d.Groups.CheckTopTier(t.Members, t.Quorums); err != nil && !errors.Is(err, witness.ErrTooLarge) {
		return nil, err
	}
	return t, nil
}

// tier are the nodes of the top tier, and minimal quorums that cover it.
func (i *inquiry) tier() (members []string, quorums [][]string, err error) {
	if found, err := i.minimalQuorums(); err == nil {
		union, cover := i.core.cover(found)
		return i.core.names(union), cover, nil
	}
	l, err := newPlain(i.d.Core)
	if err != nil {
		return nil, nil, err
	}
	var tiers [2]encode.Tier
	for at, solver := range solvers {
		if tiers[at], err = encode.TopTier(i.ctx, l.q, solver); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", solver, err)
		}
		if !tiers[at].Complete {
			return nil, nil, errTime
		}
	}
	if !slices.Equal(tiers[0].In, tiers[1].In) {
		return nil, nil, errContrary
	}
	i.solved = true
	var nodes []int
	for c, in := range tiers[1].In {
		if in {
			nodes = append(nodes, l.q.Members[c]...)
		}
	}
	return l.keys(nodes), l.cover(tiers[1].Quorums), nil
}

// cover chooses quorums of the vectors' kinds so that every member of their
// classes is in one.
func (l *larger) cover(vectors []class.Vector) (out [][]string) {
	covered := make(map[int]bool)
	for _, vector := range vectors {
		for {
			quorum, fresh := l.uncovered(vector, covered)
			if !fresh {
				break
			}
			for _, v := range quorum {
				covered[v] = true
			}
			out = append(out, l.keys(quorum))
		}
	}
	return out
}

// uncovered chooses nodes of a vector's kind, of each class those first that are
// not covered, and says whether any is.
func (l *larger) uncovered(vector class.Vector, covered map[int]bool) (nodes []int, fresh bool) {
	for c, count := range vector {
		members := slices.Clone(l.q.Members[c])
		slices.SortStableFunc(members, func(v, w int) int {
			switch {
			case covered[v] == covered[w]:
				return 0
			case covered[w]:
				return -1
			}
			return 1
		})
		for _, v := range members[:count] {
			fresh = fresh || !covered[v]
			nodes = append(nodes, v)
		}
	}
	return nodes, fresh
}
