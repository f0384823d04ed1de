package sat

import (
	"context"
	"time"

	"github.com/go-air/gini"
	"github.com/go-air/gini/z"
)

// Gini tells of its end only when asked, so it is asked again after pauses,
// which grow from firstPause to lastPause: a short search is not made to wait,
// a long one is not disturbed.
const (
	firstPause = 20 * time.Microsecond
	lastPause  = 5 * time.Millisecond
)

// askGini searches until there is an answer or ctx ends; then the search is
// stopped and has ended when askGini returns. Instances share nothing.
func (f *Formula) askGini(ctx context.Context) Answer {
	g := gini.NewVc(f.vars+1, len(f.clauses))
	for _, clause := range f.clauses {
		for _, l := range clause {
			g.Add(z.Dimacs2Lit(l))
		}
		g.Add(z.LitNull)
	}
	search := g.GoSolve()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		if result, done := search.Test(); done {
			return f.readGini(g, result)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return f.readGini(g, search.Stop())
		}
	}
}

// readGini translates a result: 1, -1, or 0 for stopped.
func (f *Formula) readGini(g *gini.Gini, result int) Answer {
	switch result {
	case 1:
		model := make([]bool, f.vars)
		for i := range min(f.vars, int(g.MaxVar())) { // the others are in no clause
			model[i] = g.Value(z.Dimacs2Lit(i + 1))
		}
		return Answer{Status: Sat, model: model}
	case -1:
		return Answer{Status: Unsat}
	}
	return Answer{}
}
