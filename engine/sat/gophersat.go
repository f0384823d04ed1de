package sat

import (
	"context"
	"sync/atomic"

	"github.com/crillab/gophersat/solver"
)

// turn lets one question at a time reach gophersat, whose instances share a
// buffer.
var turn = make(chan struct{}, 1)

// unattended counts searches that nobody waits for any more.
var unattended atomic.Int64

// Unattended says whether gophersat is still searching for a caller who ran out
// of time. The search can't be stopped, takes a core, and keeps later questions
// waiting: a process that answers questions for a living should be replaced.
func Unattended() bool { return unattended.Load() > 0 }

// askGophersat waits for its turn and for the answer. When ctx ends first, the
// search goes on unattended until it is done or its process ends.
func (f *Formula) askGophersat(ctx context.Context) Answer {
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return Answer{}
	}
	done := make(chan Answer, 1)
	go func() {
		defer func() { <-turn }()
		done <- f.runGophersat()
	}()
	select {
	case answer := <-done:
		return answer
	case <-ctx.Done():
		unattended.Add(1)
		go func() {
			<-done
			unattended.Add(-1)
		}()
		return Answer{}
	}
}

func (f *Formula) runGophersat() Answer {
	clauses := make([][]int, len(f.clauses))
	for i, clause := range f.clauses {
		clauses[i] = append([]int(nil), clause...) // the parser keeps and sorts them
	}
	s := solver.New(solver.ParseSlice(clauses))
	if s.Solve() != solver.Sat {
		return Answer{Status: Unsat}
	}
	model := make([]bool, f.vars)
	copy(model, s.Model()) // variables no clause names stay false
	return Answer{Status: Sat, model: model}
}
