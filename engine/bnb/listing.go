package bnb

import (
	"cmp"
	"context"
	"slices"

	"understudy/engine/class"
	"understudy/engine/twin"
)

// listing is what the enumerations share: the order of decisions, which classes
// are decided, and the clock.
type listing struct {
	ctx     context.Context
	q       *class.Quotient
	orbits  twin.Orbits
	nodes   int // still allowed; 0: any number
	eval    *class.Evaluator
	order   []int
	decided []bool
	found   []class.Vector
	room    int // counts that may still be kept
	stopped bool
}

// maxCounts bounds the counts of all vectors that are kept, 256 MB: beyond them
// the memory of a worker ends before its time does.
const maxCounts = 1 << 25

func newListing(ctx context.Context, q *class.Quotient, orbits twin.Orbits, nodes int) *listing {
	s := &listing{ctx: ctx, q: q, orbits: orbits, nodes: nodes, eval: q.Evaluator(), room: maxCounts, decided: make([]bool, len(q.Size))}
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
func (s *listing) expired() bool {
	if s.nodes > 0 {
		s.nodes--
		s.stopped = s.stopped || s.nodes == 0
	}
	s.stopped = s.stopped || s.ctx.Err() != nil
	return s.stopped
}

// list keeps a copy of a vector; where there is no room for it the search ends.
func (s *listing) list(x class.Vector) {
	if s.room -= len(x); s.room < 0 {
		s.stopped = true
		return
	}
	s.found = append(s.found, slices.Clone(x))
}

// undecided gives the first class in order that is not decided and occurs in u.
func (s *listing) undecided(u class.Vector) (int, bool) {
	for _, c := range s.order {
		if !s.decided[c] && u[c] > 0 {
			return c, true
		}
	}
	return 0, false
}

// turn gives the class whose turn it is when c is to be decided, and the most
// that its count may be: classes that may change places are decided in order,
// and their counts fall, so that one vector of each orbit is listed.
func (s *listing) turn(c int, counts class.Vector) (first, most int) {
	most = s.q.Size[c]
	for _, d := range s.orbits.Of(c) {
		if !s.decided[d] {
			return d, most
		}
		most = counts[d]
	}
	return c, most
}
