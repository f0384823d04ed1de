package engine

import (
	"context"
	"slices"

	"understudy/engine/bnb"
	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/flat"
	"understudy/engine/sat"
)

// question is a search for a cheapest vector, on the quotient in which its
// price can be told.
type question struct {
	q     *class.Quotient
	form  *flat.Form
	price class.Price
}

// question prices sets by their groups; members among the free nodes cost
// nothing.
func (s *System) question(g *groups, free fbas.Set) question {
	group, gratis := make([]int, s.core.Len()), make([]int, s.core.Len())
	for node, rep := range g.rep {
		group[node] = -1
		if g.shared[rep] {
			group[node] = rep
		}
		if free != nil && free[node] {
			gratis[node] = 1
		}
	}
	var w question
	w.q, w.form = s.marked(group, gratis)
	if slices.ContainsFunc(group, func(rep int) bool { return rep >= 0 }) {
		w.price.Group = make([]int, len(w.q.Size))
	}
	if slices.Contains(gratis, 1) {
		w.price.Free = make([]bool, len(w.q.Size))
	}
	for c, members := range w.q.Members {
		if w.price.Group != nil {
			w.price.Group[c] = group[members[0]]
		}
		if w.price.Free != nil {
			w.price.Free[c] = gratis[members[0]] == 1
		}
	}
	return w
}

// errFlat says that branch and bound was asked for and does not apply.
var errFlat = &fbas.FieldError{
	Field:   "engine",
	Problem: "must be auto or gophersat for this question: branch and bound needs lists without repetitions, no nesting deeper than organizations, and groups that are organizations",
}

// solve asks branch and bound, which says false where it does not apply, or the
// solver.
func (o Options) solve(q *class.Quotient, branch func() (class.Minimum, bool, error), solver func(sat.Solver) (class.Minimum, error)) (minimum, error) {
	if o.Method != MethodGophersat {
		m, ok, err := branch()
		switch {
		case err != nil:
			return minimum{}, wrapContradiction(err)
		case ok:
			return minimum{Minimum: m, q: q, algorithm: "branch-and-bound"}, nil
		case o.Method == MethodBNB:
			return minimum{}, errFlat
		}
	}
	m, err := solver(sat.Gophersat)
	return minimum{Minimum: m, q: q, algorithm: "sat"}, wrapContradiction(err)
}

// minimum is what a search for a cheapest vector came to, and how.
type minimum struct {
	class.Minimum
	q         *class.Quotient
	algorithm string
}

func (w question) splitting(ctx context.Context, o Options) (minimum, error) {
	return o.solve(w.q,
		func() (class.Minimum, bool, error) {
			if w.form == nil {
				return class.Minimum{}, false, nil
			}
			return bnb.MinimumSplitting(ctx, w.q, w.form, w.price, int64(o.Nodes))
		},
		func(solver sat.Solver) (class.Minimum, error) {
			return encode.MinimumSplitting(ctx, w.q.Relevant(), w.price, solver)
		},
	)
}

func (w question) quorum(ctx context.Context, o Options) (minimum, error) {
	return o.solve(w.q,
		func() (class.Minimum, bool, error) {
			if w.form == nil {
				return class.Minimum{}, false, nil
			}
			return bnb.MinimumQuorum(ctx, w.q, w.form, w.price, int64(o.Nodes))
		},
		func(solver sat.Solver) (class.Minimum, error) {
			return encode.MinimumQuorum(ctx, w.q, w.price, solver)
		},
	)
}

func (w question) blocking(ctx context.Context, o Options) (minimum, error) {
	m, err := o.solve(w.q,
		func() (class.Minimum, bool, error) {
			m, err := bnb.MinimumBlocking(ctx, w.q, w.form, w.price, int64(o.Nodes))
			return m, true, err
		},
		func(solver sat.Solver) (class.Minimum, error) {
			return encode.MinimumBlocking(ctx, w.q, w.price, solver)
		},
	)
	return m.keeping(w), err
}
