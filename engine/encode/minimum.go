package encode

import (
	"context"
	"fmt"

	"understudy/engine/class"
	"understudy/engine/sat"
)

// search finds a cheapest vector of a kind. The models of the formula are at
// least the vectors of the kind: a model that is none is met by a stronger
// formula.
//
// The price of a vector is a unary number whose literals it implies, so that
// "at most k" is one clause of one literal. Each bound is asked of a fresh
// solver. The search ends when the cheapest vector found costs what was proven
// to be the least; when its time ends before, both are true all the same.
type search struct {
	e      encoding
	count  [][]sat.Lit // the vector sought
	price  class.Price
	solver sat.Solver
	best   class.Minimum
	low    bool // next asks for the lowest price that is possible
	// read decodes a model and judges it. It returns a vector of the kind, or,
	// with ok false, has added clauses to the formula that this model violates
	// and no vector of the kind.
	read func(context.Context, sat.Answer) (found class.Minimum, ok bool, err error)
}

// run completes best, which may hold a vector and a lower bound already.
func (s *search) run(ctx context.Context) (class.Minimum, error) {
	if !s.best.Found {
		status, err := s.ask(ctx)
		if err != nil || status != sat.Sat {
			s.best.Complete = status == sat.Unsat
			return s.best, err
		}
	}
	cost := s.e.price(s.count, s.price, s.best.Size)
	for s.best.LowerBound < s.best.Size {
		bound := s.next()
		status, err := s.ask(ctx, cost[bound].Not())
		switch {
		case err != nil || status == sat.Unknown:
			return s.best, err
		case status == sat.Unsat:
			s.best.LowerBound = bound + 1
		case s.best.Size > bound:
			return s.best, fmt.Errorf("%w: a price of %d under a bound of %d", ErrContradiction, s.best.Size, bound)
		}
	}
	s.best.Complete = true
	return s.best, nil
}

// next is the price to be reached or shown to be too low: one below the best
// and the least one that is not ruled out, in turns. Coming from above alone is
// a tenth quicker at best (networks of 12 to 18 organizations), but proves
// nothing until its end. Stopped after 5 s at 20 organizations, it had found 11
// and proven 0, in turns 11 and 8; the middle between the two was too hard a
// question from the start: 21 and 0.
func (s *search) next() int {
	low := s.low
	s.low = !low
	if low {
		return s.best.LowerBound
	}
	return s.best.Size - 1
}

// ask looks for a vector of the kind with all the literals true, until there is
// one, or none, or the time ends.
func (s *search) ask(ctx context.Context, also ...sat.Lit) (sat.Status, error) {
	for {
		f := s.e.f.Clone()
		for _, l := range also {
			f.Add(l)
		}
		s.best.Calls++
		answer, err := f.Solve(ctx, s.solver)
		if err != nil || answer.Status != sat.Sat {
			return answer.Status, err
		}
		found, ok, err := s.read(ctx, answer)
		if err != nil {
			return sat.Unknown, err
		}
		if ok {
			s.offer(found)
			return sat.Sat, nil
		}
	}
}

// offer keeps the vector if it is cheaper than the best one.
func (s *search) offer(found class.Minimum) {
	size := s.price.Of(found.Vector)
	if s.best.Found && s.best.Size <= size {
		return
	}
	s.best.Found, s.best.Vector, s.best.Quorums, s.best.Size = true, found.Vector, found.Quorums, size
}

// unpaid counts the members that cost nothing.
func unpaid(q *class.Quotient, price class.Price) class.Vector {
	x := make(class.Vector, len(q.Size))
	for c, m := range q.Size {
		if price.IsFree(c) {
			x[c] = m
		}
	}
	return x
}
