package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"understudy/engine/class"
)

// MinimalQuorums finds all inclusion-minimal quorums, and whether every two
// quorums intersect. When the family is complete the solver's verdict on
// intersection is checked against it.
func (s *System) MinimalQuorums(ctx context.Context, o Options) (QuorumsResult, error) {
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return QuorumsResult{}, err
	}
	q := s.classes
	intersection, err := s.Intersection(ctx, Options{})
	if err != nil {
		return QuorumsResult{}, err
	}
	vectors, complete := s.quorums.find(func() ([]class.Vector, bool) { return minimalQuorums(ctx, q) })
	if complete && intersection.Complete {
		if err := checkIntersection(ctx, intersection, vectors, q.Size); err != nil {
			return QuorumsResult{}, err
		}
	}
	r := QuorumsResult{Family: s.family(q, groups, nil).answer(ctx, vectors, complete, o.MaxSets), Intersection: intersection}
	r.SolverCalls = intersection.SolverCalls
	if !r.Complete && intersection.HasQuorum {
		r.LowerBound = 1
	}
	return r, nil
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
	if intersects != verdict.Intersects || (len(vectors) > 0) != verdict.HasQuorum {
		return fmt.Errorf("%w: intersection is %v by solver and %v by the minimal quorums", ErrContradiction, verdict.Intersects, intersects)
	}
	return nil
}

// minimalQuorums lists the vectors of all minimal quorums. It is not complete
// when the time ends.
func minimalQuorums(ctx context.Context, q *class.Quotient) (found []class.Vector, complete bool) {
	d := &quorumSearch{
		search: newSearch(ctx, q),
		chosen: make(class.Vector, len(q.Size)),
	}
	d.visit()
	return d.found, !d.stopped
}

// search is what the enumerations share: the order of decisions, which classes
// are decided, and the clock.
type search struct {
	ctx     context.Context
	q       *class.Quotient
	eval    *class.Evaluator
	order   []int
	decided []bool
	found   []class.Vector
	stopped bool
}

func newSearch(ctx context.Context, q *class.Quotient) *search {
	s := &search{ctx: ctx, q: q, eval: q.Evaluator(), decided: make([]bool, len(q.Size))}
	weight := make([]int, len(q.Size))
	for c := range q.Size {
		s.order = append(s.order, c)
		for _, list := range q.Lists[c] {
			weight[c] += len(q.Vertices[list].Class) + 1
		}
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(weight[b], weight[a]) })
	return s
}

// expired looks at the clock, which costs nothing beside what a search node
// computes.
func (s *search) expired() bool {
	s.stopped = s.stopped || s.ctx.Err() != nil
	return s.stopped
}

// undecided gives the first class in order that is not decided and occurs in u.
func (s *search) undecided(u class.Vector) (int, bool) {
	for _, c := range s.order {
		if !s.decided[c] && u[c] > 0 {
			return c, true
		}
	}
	return 0, false
}

// quorumSearch decides class by class how many members a minimal quorum has.
type quorumSearch struct {
	*search
	chosen class.Vector // counts of decided classes, 0 elsewhere
}

func (d *quorumSearch) visit() {
	if d.expired() {
		return
	}
	most := slices.Clone(d.chosen)
	for c, m := range d.q.Size {
		if !d.decided[c] {
			most[c] = m
		}
	}
	alive := d.eval.Greatest(most, nil)
	if alive.Empty() {
		return
	}
	for c, k := range d.chosen {
		if k > 0 && alive[c] == 0 {
			return // a chosen member can't be satisfied any more
		}
	}
	if inside := d.eval.GreatestIn(d.chosen, nil); !inside.Empty() {
		// Whatever is added now would hold this quorum properly.
		if d.eval.IsMinimalQuorum(d.chosen) {
			d.found = append(d.found, slices.Clone(d.chosen))
		}
		return
	}
	c, ok := d.wanted(alive)
	if !ok {
		return
	}
	d.decided[c] = true
	for _, k := range d.q.Options[c] {
		d.chosen[c] = k
		d.visit()
	}
	d.chosen[c] = 0
	d.decided[c] = false
}

// wanted chooses the class to decide next: one that a chosen member still
// needs, if there is one.
func (d *quorumSearch) wanted(alive class.Vector) (int, bool) {
	d.eval.Evaluate(d.chosen, nil)
	for c, k := range d.chosen {
		if k > 0 && !d.eval.Satisfied(c) {
			if next, ok := d.below(d.q.Own[c], alive); ok {
				return next, true
			}
		}
	}
	return d.undecided(alive)
}

// below gives an undecided class listed by an unmet vertex, at any depth.
func (d *quorumSearch) below(vertex int, alive class.Vector) (int, bool) {
	v := &d.q.Vertices[vertex]
	for _, c := range v.Class {
		if !d.decided[c] && alive[c] > 0 {
			return c, true
		}
	}
	for _, inner := range v.Inner {
		if d.eval.Met(inner) {
			continue
		}
		if c, ok := d.below(inner, alive); ok {
			return c, true
		}
	}
	return 0, false
}
