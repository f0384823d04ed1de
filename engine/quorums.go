package engine

import (
	"context"
	"fmt"

	"understudy/engine/bnb"
	"understudy/engine/class"
)

// MinimalQuorums finds all inclusion-minimal quorums, and whether every two
// quorums intersect. When the family is complete the verdict on intersection is
// checked against it. In python semantics the family is that of the component
// that python-fbas looks at.
func (s *System) MinimalQuorums(ctx context.Context, o Options) (QuorumsResult, error) {
	var r QuorumsResult
	var err error
	if r.Intersection, err = s.Intersection(ctx, o); err != nil {
		return r, err
	}
	v := s.quorumView
	groups, err := v.groups(o.MergeBy)
	if err != nil {
		return r, err
	}
	r.Family, err = v.answer(ctx, o, v.family(v.classes, groups, nil), known(&v.quorums),
		func() (minimum, error) { return v.question(groups, nil).quorum(ctx, o) },
		func() (orbits, bool, error) {
			found, complete := v.quorumVectors(ctx, o)
			if !complete || !r.Intersection.Complete || s.semantics == SemanticsPython {
				return found, complete, nil
			}
			return found, complete, checkIntersection(ctx, r.Intersection, found, v.classes)
		})
	if err != nil {
		return r, fmt.Errorf("find quorums: %w", err)
	}
	r.SolverCalls += r.Intersection.SolverCalls
	return r, v.checkQuorums(groups, r)
}

// quorumVectors are the vectors of the family.
func (s *System) quorumVectors(ctx context.Context, o Options) (orbits, bool) {
	vectors, complete := s.quorums.find(func() ([]class.Vector, bool) { return bnb.MinimalQuorums(ctx, s.classes, s.orbits, o.Nodes) })
	return orbits{vectors, s.orbits}, complete
}

// checkIntersection compares the verdict with the minimal quorums: two are
// disjoint somewhere exactly if what is left of the system without one of them
// still holds a quorum. One of each orbit is enough, since an exchange of
// classes maps quorums to quorums, and one look at each takes time linear in
// their number, where comparing every two takes longer than finding them.
func checkIntersection(ctx context.Context, verdict IntersectionResult, found orbits, q *class.Quotient) error {
	eval := q.Evaluator()
	intersects := len(found.vectors) > 0
	for i, x := range found.vectors {
		if i%64 == 0 && ctx.Err() != nil {
			return nil
		}
		if !eval.Greatest(q.Size.Minus(x), nil).Empty() {
			intersects = false
			break
		}
	}
	if (len(found.vectors) > 0) != verdict.HasQuorum || verdict.HasQuorum && intersects != verdict.Intersects {
		return contradiction("intersection is %v by search and %v by the minimal quorums", verdict.Intersects, intersects)
	}
	return nil
}
