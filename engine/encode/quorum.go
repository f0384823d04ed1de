package encode

import (
	"context"
	"fmt"

	"understudy/engine/class"
	"understudy/engine/sat"
)

// MinimumQuorum finds a cheapest quorum. The models are the quorums.
func MinimumQuorum(ctx context.Context, q *class.Quotient, price class.Price, solver sat.Solver) (class.Minimum, error) {
	eval := q.Evaluator()
	greatest := eval.GreatestIn(q.Size, nil)
	if greatest.Empty() {
		return class.Minimum{Complete: true}, nil
	}
	s := &search{e: encoding{q: q, f: sat.New()}, price: price, solver: solver}
	s.read = func(ctx context.Context, answer sat.Answer) (class.Minimum, bool, error) {
		x := decode(answer, s.count)
		if !eval.IsQuorum(x, nil) {
			return class.Minimum{}, false, fmt.Errorf("%w: the solver's quorum is none", ErrContradiction)
		}
		return class.Minimum{Vector: shrink(ctx, eval, x, holdsQuorum)}, true, nil
	}
	if eval.Greatest(unpaid(q, price), nil).Empty() {
		s.best.LowerBound = 1
	}
	s.offer(class.Minimum{Vector: shrink(ctx, eval, greatest, holdsQuorum)})
	if ctx.Err() != nil {
		return s.best, nil // not worth a formula
	}
	s.count = s.e.counts()
	s.e.quorum(s.count)
	return s.run(ctx)
}

// MinimumHistoryCritical finds a cheapest set whose loss may lose history: all
// members of some quorum that are in classes which keep it, where lost says of
// a class that its members don't. Members that keep none cost nothing, so it is
// the rest of a cheapest quorum; it comes with that quorum and may be empty.
func MinimumHistoryCritical(ctx context.Context, q *class.Quotient, lost []bool, price class.Price, solver sat.Solver) (class.Minimum, error) {
	free := make([]bool, len(q.Size))
	for c := range free {
		free[c] = price.IsFree(c) || lost[c]
	}
	m, err := MinimumQuorum(ctx, q, class.Price{Group: price.Group, Free: free}, solver)
	if err != nil || !m.Found {
		return m, err
	}
	m.Quorums[0] = m.Vector
	m.Vector = make(class.Vector, len(q.Size))
	for c, k := range m.Quorums[0] {
		if !lost[c] {
			m.Vector[c] = k
		}
	}
	return m, nil
}

// holdsQuorum is what shrink keeps of a quorum.
func holdsQuorum(rest class.Vector) bool { return !rest.Empty() }

// shrink takes members out of the quorum x, one by one, as long as the
// greatest quorum of what is left passes keep, and there is time.
func shrink(ctx context.Context, eval *class.Evaluator, x class.Vector, keep func(class.Vector) bool) class.Vector {
	for c := 0; c < len(x) && ctx.Err() == nil; {
		if x[c] > 0 {
			less := append(class.Vector(nil), x...)
			less[c]--
			if keep(eval.Greatest(less, nil)) {
				x = less
				continue
			}
		}
		c++
	}
	return x
}
