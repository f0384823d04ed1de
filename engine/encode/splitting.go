package encode

import (
	"context"
	"fmt"

	"understudy/engine/class"
	"understudy/engine/sat"
)

// Splits is a family of minimal splitting vectors, whole if Complete.
type Splits struct {
	Found    []Split
	Complete bool
	Calls    int // of the solver
}

// Splitting finds all minimal splitting vectors.
//
// Splitting is not upward closed (deleting more may delete the quorums), so
// minimality can't be tested by removing one member. The solver finds a
// splitting vector above no known one; it is made smaller as long as the solver
// finds a splitting vector properly below it; what then remains is minimal.
func Splitting(ctx context.Context, q *class.Quotient, solver sat.Solver) (Splits, error) {
	if ctx.Err() != nil {
		return Splits{}, nil // not worth a formula
	}
	d := newSplittingSearch(q, solver)
	complete, err := d.run(ctx)
	return Splits{Found: d.found, Complete: complete && err == nil, Calls: d.calls}, err
}

type splittingSearch struct {
	q      *class.Quotient
	eval   *class.Evaluator
	base   *sat.Formula
	gone   [][]sat.Lit
	agree  [2][][]sat.Lit // per quorum: its members and the deleted
	found  []Split
	solver sat.Solver
	calls  int
}

func newSplittingSearch(q *class.Quotient, solver sat.Solver) *splittingSearch {
	e := encoding{q: q, f: sat.New()}
	d := &splittingSearch{q: q, eval: q.Evaluator(), solver: solver, base: e.f}
	d.gone = e.count()
	d.agree[0], d.agree[1] = e.twoQuorums(d.gone)
	return d
}

func (d *splittingSearch) run(ctx context.Context) (complete bool, err error) {
	for {
		next, status, err := d.ask(ctx, nil)
		if status == sat.Unsat || err != nil {
			return true, err
		}
		for status == sat.Sat {
			next = next.smaller(d.eval)
			var smaller Split
			if smaller, status, err = d.ask(ctx, next.Gone); err != nil {
				return false, err
			}
			if status == sat.Sat {
				next = smaller
			}
		}
		if status == sat.Unknown {
			return false, nil
		}
		d.found = append(d.found, next)
		if next.Gone.Empty() {
			return true, nil
		}
		d.base = d.base.Clone()
		notAbove(d.base, d.gone, next.Gone)
	}
}

// ask looks for a splitting vector that is above no known one, and properly
// below the given one if there is one.
func (d *splittingSearch) ask(ctx context.Context, below class.Vector) (Split, sat.Status, error) {
	f := d.base
	if below != nil {
		f = f.Clone()
		for c, k := range below {
			if k < d.q.Size[c] {
				f.Add(d.gone[c][k].Not())
			}
		}
		notAbove(f, d.gone, below)
	}
	d.calls++
	answer, err := f.Solve(ctx, d.solver)
	if err != nil || answer.Status != sat.Sat {
		return Split{}, answer.Status, err
	}
	gone := decode(answer, d.gone)
	s := Split{Gone: gone, Quorums: [2]class.Vector{
		decode(answer, d.agree[0]).Minus(gone),
		decode(answer, d.agree[1]).Minus(gone),
	}}
	if !s.holds(d.eval, d.q.Size) {
		return Split{}, sat.Unknown, fmt.Errorf("%w: the solver's set does not split", ErrContradiction)
	}
	return s, sat.Sat, nil
}
