package engine

import (
	"context"
	"fmt"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/sat"
)

// ErrContradiction says that two parts of the engine disagree about a claim;
// no answer is given then.
var ErrContradiction = encode.ErrContradiction

// Intersection decides whether every two quorums share a node, without
// enumerating quorums: two components with a quorum each are two disjoint
// quorums; else the solver looks for two.
func (s *System) Intersection(ctx context.Context, _ Options) (IntersectionResult, error) {
	q := s.classes
	eval := q.Evaluator()
	if eval.GreatestIn(q.Size, nil).Empty() {
		return IntersectionResult{Complete: true}, nil
	}
	r := IntersectionResult{HasQuorum: true}
	pair, status, err := encode.Intersection(ctx, q, sat.Gophersat)
	if err != nil {
		return r, fmt.Errorf("decide quorum intersection: %w", err)
	}
	r.SolverCalls = 1
	switch status {
	case sat.Unsat:
		r.Complete, r.Intersects = true, true
	case sat.Sat:
		r.Complete = true
		if r.Disjoint, err = s.nameDisjoint(q, nil, pair); err != nil {
			return r, err
		}
	}
	return r, nil
}

// nameDisjoint turns two quorums that are disjoint once the nodes of gone are
// deleted into keys, and checks them as sets of nodes before it lets them out.
func (s *System) nameDisjoint(q *class.Quotient, gone []int, pair [2]class.Vector) ([2][]string, error) {
	var named [2][]string
	deleted, taken := s.core.SetOf(gone...), s.core.SetOf(gone...)
	for side, v := range pair {
		nodes := q.Pick(v, taken)
		if len(nodes) != v.Sum() || len(nodes) == 0 {
			return named, fmt.Errorf("%w: two quorums that do not fit beside each other", ErrContradiction)
		}
		set := s.core.SetOf(nodes...)
		for _, node := range nodes {
			taken[node] = true
		}
		if !s.core.IsQuorumBeside(set, deleted) {
			return named, fmt.Errorf("%w: not a quorum: %v", ErrContradiction, s.keys(nodes))
		}
		named[side] = s.keys(nodes)
	}
	return named, nil
}
