package arbiter

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"understudy/compare"
	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/sat"
	"understudy/engine/witness"
)

// errTime: a solver was still at work when the time ended.
var errTime = errors.New("a solver came to no end in time")

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
	for i, solver := range []sat.Solver{sat.Gini, sat.Gophersat} { // the one that can be stopped goes first
		var err error
		if found[i], err = find(ctx, l, solver); err != nil {
			return class.Minimum{}, fmt.Errorf("%s: %w", solver, err)
		}
		if !found[i].Complete {
			return class.Minimum{}, errTime
		}
	}
	if found[0].Found != found[1].Found || found[0].Found && found[0].Size != found[1].Size {
		return class.Minimum{}, errors.New("the two solvers say different things")
	}
	return found[1], nil
}

// disjoint are two quorums that share no node, nil if both solvers say that
// there are none.
func disjoint(ctx context.Context, core *witness.Core) ([][]string, error) {
	groups, err := core.Groups(witness.MergeNone)
	if err != nil {
		return nil, err
	}
	l := newLarger(core, groups, nil)
	quorums, err := l.disjoint(ctx)
	if err != nil || quorums == nil {
		return nil, err
	}
	return quorums, core.CheckDisjoint(quorums[0], quorums[1])
}

func (l *larger) disjoint(ctx context.Context) ([][]string, error) {
	var pair [2]class.Vector
	var said [2]sat.Status
	q := l.q.Relevant()
	for i, solver := range []sat.Solver{sat.Gini, sat.Gophersat} {
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
		return nil, errors.New("the two solvers say different things")
	case said[0] == sat.Unsat:
		return nil, nil
	}
	one := l.q.Pick(pair[0], l.system.SetOf())
	return [][]string{l.keys(one), l.keys(l.q.Pick(pair[1], l.system.SetOf(one...)))}, nil
}

// topTier is the union of the minimal quorums, with quorums that cover it.
func (i inquiry) topTier(groups *witness.Groups) (*compare.TopTier, error) {
	plain, err := i.d.Core.Groups(witness.MergeNone)
	if err != nil {
		return nil, err
	}
	l := newLarger(i.d.Core, plain, nil)
	var tiers [2]encode.Tier
	for at, solver := range []sat.Solver{sat.Gini, sat.Gophersat} {
		if tiers[at], err = encode.TopTier(i.ctx, l.q, solver); err != nil {
			return nil, fmt.Errorf("%s: %w", solver, err)
		}
		if !tiers[at].Complete {
			return nil, errTime
		}
	}
	if !slices.Equal(tiers[0].In, tiers[1].In) {
		return nil, errors.New("the two solvers say different things")
	}
	var members []int
	for c, in := range tiers[1].In {
		if in {
			members = append(members, l.q.Members[c]...)
		}
	}
	names, err := groups.Image(l.keys(members))
	if err != nil {
		return nil, err
	}
	t := &compare.TopTier{Members: names, Size: len(names), Quorums: l.cover(tiers[1].Quorums)}
	if err := groups.CheckTopTier(t.Members, t.Quorums); err != nil && !errors.Is(err, witness.ErrTooLarge) {
		return nil, err
	}
	return t, nil
}

// cover chooses quorums of the vectors' kinds so that every member of their
// classes is in one.
func (l *larger) cover(vectors []class.Vector) (out [][]string) {
	covered := make(map[int]bool)
	for _, vector := range vectors {
		for c, count := range vector {
			for at := 0; count > 0 && at < len(l.q.Members[c]); at += count {
				if covered[l.q.Members[c][at]] && covered[l.q.Members[c][min(at+count, len(l.q.Members[c]))-1]] {
					continue
				}
				quorum := l.pickFrom(vector, c, at)
				for _, v := range quorum {
					covered[v] = true
				}
				out = append(out, l.keys(quorum))
			}
		}
	}
	return out
}

// pickFrom chooses nodes of a vector's kind, of class c those from the at-th on.
func (l *larger) pickFrom(vector class.Vector, c, at int) (nodes []int) {
	for other, count := range vector {
		members, first := l.q.Members[other], 0
		if other == c {
			first = min(at, len(members)-count)
		}
		nodes = append(nodes, members[first:first+count]...)
	}
	return nodes
}

// askSplit asks both solvers. A set of named nodes is fixed: it is deleted, and
// what is left has two disjoint quorums or not. Of merged names it may be any
// nodes behind them: the cheapest splitting set is looked for when these cost
// nothing.
func askSplit(ctx context.Context, d compare.Dispute, names []string) (compare.Split, error) {
	split := compare.Split{Kind: compare.ProofTwoSolvers, How: "two solvers that say the same"}
	nodes := d.Groups.Nodes(names)
	if slices.Equal(nodes, slices.Sorted(slices.Values(names))) {
		l := &larger{core: d.Core, system: fbas.Compile(deleted(d.Core, nodes))}
		l.q = class.New(l.system)
		quorums, err := l.disjoint(ctx)
		if err != nil || quorums == nil {
			return split, err
		}
		split.Members, split.Quorums = nodes, quorums
		return split, d.Core.CheckSplitting(nodes, quorums[0], quorums[1])
	}
	plain, err := d.Core.Groups(witness.MergeNone)
	if err != nil {
		return split, err
	}
	l := newLarger(d.Core, plain, nodes)
	m, err := l.agreed(ctx, minimumSplitting)
	if err != nil || !m.Found || m.Size > 0 {
		return split, err
	}
	split.Members, split.Quorums = l.pickSplit(m)
	return split, d.Groups.CheckSplitting(names, split.Members, split.Quorums[0], split.Quorums[1])
}

// deleted is the core once nodes are deleted: they leave every list, whose
// threshold falls by as many.
func deleted(core *witness.Core, nodes []string) *fbas.Network {
	gone := make(map[string]bool, len(nodes))
	for _, key := range nodes {
		gone[key] = true
	}
	n := written(core)
	n.Nodes = slices.DeleteFunc(n.Nodes, func(v fbas.Node) bool { return gone[v.PublicKey] })
	for i := range n.Nodes {
		if q := n.Nodes[i].QuorumSet; q != nil {
			less := without(*q, gone)
			n.Nodes[i].QuorumSet = &less
		}
	}
	return n
}

func without(q fbas.QuorumSet, gone map[string]bool) fbas.QuorumSet {
	out := fbas.QuorumSet{Threshold: q.Threshold}
	for _, key := range q.Validators {
		if gone[key] {
			out.Threshold = max(0, out.Threshold-1)
			continue
		}
		out.Validators = append(out.Validators, key)
	}
	for _, inner := range q.InnerQuorumSets {
		out.InnerQuorumSets = append(out.InnerQuorumSets, without(inner, gone))
	}
	return out
}
