package encode

import (
	"context"
	"fmt"

	"understudy/engine/class"
	"understudy/engine/sat"
)

// Intersection looks for two disjoint quorums: Sat comes with two, Unsat says
// that there are none, Unknown that the time ended.
func Intersection(ctx context.Context, q *class.Quotient, solver sat.Solver) (pair [2]class.Vector, status sat.Status, err error) {
	if ctx.Err() != nil {
		return pair, sat.Unknown, nil // not worth a formula
	}
	e := encoding{q: q, f: sat.New()}
	a, b := e.twoQuorums(nil)
	answer, err := e.f.Solve(ctx, solver)
	if err != nil || answer.Status != sat.Sat {
		return pair, answer.Status, err
	}
	s := Split{Gone: make(class.Vector, len(q.Size)), Quorums: [2]class.Vector{decode(answer, a), decode(answer, b)}}
	if !s.holds(q.Evaluator(), q.Size) {
		return pair, sat.Unknown, fmt.Errorf("%w: two quorums that are not disjoint quorums", ErrContradiction)
	}
	return s.Quorums, sat.Sat, nil
}
