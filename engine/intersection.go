package engine

import (
	"context"
	"errors"
	"fmt"

	"understudy/engine/bnb"
	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/sat"
)

// Intersection decides whether every two quorums share a node, without
// enumerating quorums: branch and bound looks for a splitting set of price 0,
// or the solver for two disjoint quorums.
func (s *System) Intersection(ctx context.Context, o Options) (IntersectionResult, error) {
	if !s.hasQuorum() {
		// python-fbas asks whether two quorums are disjoint
		return IntersectionResult{Complete: true, Intersects: s.semantics == SemanticsPython, Algorithm: "greatest-quorum"}, nil
	}
	m, err := o.solve(s.classes,
		func() (class.Minimum, bool, error) {
			if s.form == nil {
				return class.Minimum{}, false, nil
			}
			return bnb.DisjointQuorums(ctx, s.classes, s.form, int64(o.Nodes))
		},
		func(solver sat.Solver) (class.Minimum, error) {
			pair, status, err := encode.Intersection(ctx, s.classes.Relevant(), solver)
			return class.Minimum{Found: status == sat.Sat, Quorums: pair, Complete: status != sat.Unknown, Calls: 1}, err
		},
	)
	r := IntersectionResult{HasQuorum: true, Algorithm: m.algorithm, SolverCalls: m.Calls}
	if err != nil {
		return r, fmt.Errorf("decide quorum intersection: %w", err)
	}
	r.Complete = m.Complete || m.Found
	r.Intersects = r.Complete && !m.Found
	if !m.Found {
		return r, nil
	}
	if r.Disjoint, err = s.nameDisjoint(s.classes, nil, m.Quorums); err != nil {
		return r, err
	}
	return r, s.checkDisjoint(r.Disjoint)
}

// nameDisjoint turns two quorums that are disjoint once the nodes of gone are
// deleted into keys.
func (s *System) nameDisjoint(q *class.Quotient, gone []int, pair [2]class.Vector) ([2][]string, error) {
	var named [2][]string
	taken := s.core.SetOf(gone...)
	for side, v := range pair {
		nodes := q.Pick(v, taken)
		if len(nodes) != v.Sum() || len(nodes) == 0 {
			return named, contradiction("two quorums that do not fit beside each other")
		}
		for _, node := range nodes {
			taken[node] = true
		}
		named[side] = s.keys(nodes)
	}
	return named, nil
}

// wrapContradiction makes a contradiction inside a search one of the engine.
func wrapContradiction(err error) error {
	if errors.Is(err, encode.ErrContradiction) || errors.Is(err, bnb.ErrContradiction) {
		return fmt.Errorf("%w: %w", ErrContradiction, err)
	}
	return err
}
