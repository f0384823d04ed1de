package engine

import (
	"context"
	"fmt"
	"slices"

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
		func() ([]class.Vector, bool, error) {
			vectors, complete := v.quorums.find(func() ([]class.Vector, bool) { return bnb.MinimalQuorums(ctx, v.classes) })
			if !complete || !r.Intersection.Complete || v != s {
				return vectors, complete, nil
			}
			return vectors, complete, checkIntersection(ctx, r.Intersection, vectors, v.classes.Size)
		})
	if err != nil {
		return r, fmt.Errorf("find quorums: %w", err)
	}
	r.SolverCalls += r.Intersection.SolverCalls
	return r, v.checkQuorums(groups, r)
}

// checkIntersection compares the verdict with the minimal quorums: two of them
// are disjoint somewhere exactly if their vectors fit beside each other.
func checkIntersection(ctx context.Context, verdict IntersectionResult, vectors []class.Vector, size class.Vector) error {
	intersects := len(vectors) > 0
	for i, x := range vectors {
		if i%64 == 0 && ctx.Err() != nil {
			return nil
		}
		rest := size.Minus(x)
		if slices.ContainsFunc(vectors[i:], func(y class.Vector) bool { return y.Within(rest) }) {
			intersects = false
			break
		}
	}
	if (len(vectors) > 0) != verdict.HasQuorum || verdict.HasQuorum && intersects != verdict.Intersects {
		return contradiction("intersection is %v by search and %v by the minimal quorums", verdict.Intersects, intersects)
	}
	return nil
}
