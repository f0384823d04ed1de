package engine

import (
	"context"
	"fmt"
	"slices"

	"understudy/engine/class"
	"understudy/engine/sat"
)

// MinimalSplittingSets finds all inclusion-minimal sets of core nodes whose
// deletion leaves two disjoint quorums. A list loses one from its threshold
// for each entry deleted from that very list, never below 0; deleted nodes are
// in no quorum.
//
// Splitting is not upward closed (deleting more may delete the quorums), so
// minimality can't be tested by removing one member. The solver finds a
// splitting set below no known one; it is made smaller as long as the solver
// finds a splitting set properly below it; what then remains is minimal.
func (s *System) MinimalSplittingSets(ctx context.Context, o Options) (SplittingResult, error) {
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return SplittingResult{}, err
	}
	q, calls := s.classes, 0
	found, complete := s.splitting.find(func() ([]split, bool) {
		if ctx.Err() != nil {
			return nil, false // not worth a formula
		}
		d := newSplittingSearch(q)
		var complete bool
		complete, err = d.run(ctx)
		calls = d.calls
		return d.found, complete && err == nil
	})
	if err != nil {
		return SplittingResult{}, fmt.Errorf("find splitting sets: %w", err)
	}
	vectors := make([]class.Vector, len(found))
	for i, f := range found {
		vectors[i] = f.gone
	}
	family := s.family(q, groups, nil)
	r := SplittingResult{Family: family.answer(ctx, vectors, complete, o.MaxSets)}
	r.SolverCalls = calls
	if r.Outcome != Found {
		return r, nil
	}
	r.Disjoint = r.MinSize == 0
	for _, f := range found {
		if slices.Equal(f.gone, q.Count(family.example)) {
			r.Quorums, err = s.nameDisjoint(q, family.example, f.quorum)
		}
	}
	return r, err
}

// split is a splitting vector with two quorums that it leaves disjoint.
type split struct {
	gone   class.Vector
	quorum [2]class.Vector
}

type splittingSearch struct {
	q     *class.Quotient
	eval  *class.Evaluator
	base  *sat.Formula
	gone  [][]sat.Lit
	agree [2][][]sat.Lit // per quorum: its members and the deleted
	found []split
	calls int
}

func newSplittingSearch(q *class.Quotient) *splittingSearch {
	e := encoding{q: q, f: sat.New()}
	d := &splittingSearch{q: q, eval: q.Evaluator(), base: e.f}
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
			next = d.greedy(next)
			var smaller split
			if smaller, status, err = d.ask(ctx, next.gone); err != nil {
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
		if next.gone.Empty() {
			return true, nil
		}
		d.base = d.base.Clone()
		notAbove(d.base, d.gone, next.gone)
	}
}

// ask looks for a splitting vector that is above no known one, and properly
// below the given one if there is one.
func (d *splittingSearch) ask(ctx context.Context, below class.Vector) (split, sat.Status, error) {
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
	answer, err := f.Solve(ctx, sat.Gophersat)
	if err != nil || answer.Status != sat.Sat {
		return split{}, answer.Status, err
	}
	gone := decode(answer, d.gone)
	a, b := decode(answer, d.agree[0]).Minus(gone), decode(answer, d.agree[1]).Minus(gone)
	if !d.splits(gone, a, b) {
		return split{}, sat.Unknown, fmt.Errorf("%w: the solver's set does not split", ErrContradiction)
	}
	return split{gone: gone, quorum: [2]class.Vector{a, b}}, sat.Sat, nil
}

// splits checks that a and b are disjoint quorums once gone is deleted.
func (d *splittingSearch) splits(gone, a, b class.Vector) bool {
	for c, m := range d.q.Size {
		if gone[c]+a[c]+b[c] > m || a[c] < 0 || b[c] < 0 {
			return false
		}
	}
	return d.isQuorum(a, gone) && d.isQuorum(b, gone)
}

func (d *splittingSearch) isQuorum(x, gone class.Vector) bool {
	return !x.Empty() && slices.Equal(d.eval.GreatestIn(x, gone), x)
}

// greedy gives deleted members back as long as parts of the two quorums, with
// the member added to either, or to none, stay quorums.
func (d *splittingSearch) greedy(s split) split {
	for c := 0; c < len(s.gone); {
		if s.gone[c] > 0 {
			if less, ok := d.giveBack(s, c); ok {
				s = less
				continue
			}
		}
		c++
	}
	return s
}

func (d *splittingSearch) giveBack(s split, c int) (split, bool) {
	gone := slices.Clone(s.gone)
	gone[c]--
	for to := range 3 {
		pair := [2]class.Vector{slices.Clone(s.quorum[0]), slices.Clone(s.quorum[1])}
		if to < 2 {
			pair[to][c]++
		}
		d.eval.Greatest(pair[0], gone)
		d.eval.Greatest(pair[1], gone)
		if !pair[0].Empty() && !pair[1].Empty() {
			return split{gone: gone, quorum: pair}, true
		}
	}
	return s, false
}
