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
	f := newSplitFormula(q)
	d := &splittingSearch{splitFormula: f, base: f.e.f, solver: solver}
	complete, err := d.run(ctx)
	return Splits{Found: d.found, Complete: complete && err == nil, Calls: d.calls}, err
}

// MinimumSplitting finds a cheapest splitting vector, with two quorums that it
// leaves disjoint. The models are the splitting vectors with two quorums.
func MinimumSplitting(ctx context.Context, q *class.Quotient, price class.Price, solver sat.Solver) (class.Minimum, error) {
	if ctx.Err() != nil {
		return class.Minimum{}, nil // not worth a formula
	}
	f := newSplitFormula(q)
	s := &search{e: f.e, count: f.gone, price: price, solver: solver}
	s.read = func(_ context.Context, answer sat.Answer) (class.Minimum, bool, error) {
		split, err := f.read(answer)
		if err != nil {
			return class.Minimum{}, false, err
		}
		split = split.smaller(f.eval)
		return class.Minimum{Vector: split.Gone, Quorums: split.Quorums}, true, nil
	}
	return s.run(ctx)
}

// splitFormula has the splitting vectors with two quorums as its models.
type splitFormula struct {
	e     encoding
	eval  *class.Evaluator
	gone  [][]sat.Lit
	agree [2][][]sat.Lit // per quorum: its members and the deleted
}

func newSplitFormula(q *class.Quotient) *splitFormula {
	f := &splitFormula{e: encoding{q: q, f: sat.New()}, eval: q.Evaluator()}
	f.gone = f.e.counts()
	f.agree[0], f.agree[1] = f.e.twoQuorums(f.gone)
	return f
}

// read decodes a model and judges it.
func (f *splitFormula) read(answer sat.Answer) (Split, error) {
	gone := decode(answer, f.gone)
	s := Split{Gone: gone, Quorums: [2]class.Vector{
		decode(answer, f.agree[0]).Minus(gone),
		decode(answer, f.agree[1]).Minus(gone),
	}}
	if !s.holds(f.eval, f.e.q.Size) {
		return Split{}, fmt.Errorf("%w: the solver's set does not split", ErrContradiction)
	}
	return s, nil
}

type splittingSearch struct {
	*splitFormula
	base   *sat.Formula // excludes what was found
	solver sat.Solver
	found  []Split
	calls  int
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
			if k < len(d.gone[c]) {
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
	s, err := d.read(answer)
	return s, answer.Status, err
}
