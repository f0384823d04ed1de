package encode

import (
	"context"
	"fmt"
	"slices"

	"understudy/engine/class"
	"understudy/engine/sat"
)

// Tier says which classes are in the top tier: In, by class. A class that is
// not in it is out of it only if Complete.
type Tier struct {
	In []bool
	// Quorums are minimal quorums that together have all classes of In.
	Quorums  []class.Vector
	Complete bool
	Calls    int // of the solver
}

// TopTier finds the union of the minimal quorums.
//
// A node v is in it exactly if some quorum with v holds no quorum without v
// (such a quorum's minimal quorums all contain v; the converse is clear). It is
// decided class by class: the solver is asked for a quorum with the class in
// question that holds none of the minimal quorums found so far without it; the
// answer is shrunk to a minimal quorum, removing that class last, which either
// settles the class or is one more quorum to exclude.
func TopTier(ctx context.Context, q *class.Quotient, solver sat.Solver) (Tier, error) {
	t := &topTier{q: q, eval: q.Evaluator(), in: make([]bool, len(q.Size)), solver: solver}
	complete, err := t.decide(ctx)
	return Tier{In: t.in, Quorums: t.quorum, Complete: complete && err == nil, Calls: t.calls}, err
}

type topTier struct {
	q      *class.Quotient
	eval   *class.Evaluator
	in     []bool
	solver sat.Solver
	quorum []class.Vector // minimal quorums found
	calls  int
}

func (t *topTier) decide(ctx context.Context) (complete bool, err error) {
	alive := t.eval.GreatestIn(t.q.Size, nil)
	if alive.Empty() {
		return true, nil
	}
	if ctx.Err() != nil {
		return false, nil // not worth a formula
	}
	for _, cluster := range clusters(t.eval, t.q, alive) {
		if settled, err := t.settleAll(ctx, cluster); err != nil || !settled {
			return false, err
		}
	}
	return true, nil
}

// settleAll decides for the classes of a cluster whether they are in a minimal
// quorum inside it.
func (t *topTier) settleAll(ctx context.Context, cluster class.Vector) (settled bool, err error) {
	e := encoding{q: t.q, f: sat.New()}
	x := e.counts()
	e.quorum(x)
	for c, k := range cluster {
		if k < len(x[c]) {
			e.f.Add(x[c][k].Not())
		}
	}
	for c, k := range cluster {
		if t.in[c] || k == 0 {
			continue
		}
		if !t.note(ctx, cluster, c) {
			return false, nil
		}
		if settled, err := t.settle(ctx, e.f, x, c); err != nil || !settled {
			return false, err
		}
	}
	return true, nil
}

// settle decides class c; it is not settled when the time ends.
func (t *topTier) settle(ctx context.Context, f *sat.Formula, x [][]sat.Lit, c int) (settled bool, err error) {
	for !t.in[c] {
		found, err := t.search(ctx, f.Clone(), x, c)
		if err != nil || found.Status == sat.Unknown {
			return false, err
		}
		if found.Status == sat.Unsat {
			return true, nil
		}
		if learned, err := t.learn(ctx, decode(found, x), c); err != nil || !learned {
			return false, err
		}
	}
	return true, nil
}

// search asks for a quorum with class c that holds no known minimal quorum
// without c.
func (t *topTier) search(ctx context.Context, f *sat.Formula, x [][]sat.Lit, c int) (sat.Answer, error) {
	f.Add(x[c][0])
	for _, known := range t.quorum {
		if known[c] == 0 {
			notAbove(f, x, known)
		}
	}
	t.calls++
	return f.Solve(ctx, t.solver)
}

// learn shrinks a quorum the solver gave. What comes out is new: it has class
// c, or is a minimal quorum without c that the question excluded if known.
func (t *topTier) learn(ctx context.Context, x class.Vector, c int) (learned bool, err error) {
	if !t.eval.IsQuorum(x, nil) || x[c] == 0 {
		return false, fmt.Errorf("%w: the solver's quorum is none", ErrContradiction)
	}
	before := len(t.quorum)
	if !t.note(ctx, x, c) {
		return false, nil
	}
	if len(t.quorum) == before {
		return false, fmt.Errorf("%w: the solver's quorum holds one that was excluded", ErrContradiction)
	}
	return true, nil
}

// note finds a minimal quorum inside the quorum x, one with class c if its
// greedy way allows, and notes it and its classes. It says false when the time
// ends.
func (t *topTier) note(ctx context.Context, x class.Vector, c int) bool {
	x = shrink(ctx, t.eval, x, func(rest class.Vector) bool { return rest[c] > 0 })
	x = shrink(ctx, t.eval, x, holdsQuorum)
	if ctx.Err() != nil {
		return false // perhaps not minimal
	}
	if slices.ContainsFunc(t.quorum, func(known class.Vector) bool { return slices.Equal(known, x) }) {
		return true
	}
	t.quorum = append(t.quorum, x)
	for d, k := range x {
		if k > 0 {
			t.in[d] = true
		}
	}
	return true
}
