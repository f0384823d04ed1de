package sat

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/crillab/gophersat/solver"
)

// Status is what a solver can say.
type Status int

const (
	// Unknown: the time ended before the solver answered.
	Unknown Status = iota
	// Sat: there is a model.
	Sat
	// Unsat: there is none.
	Unsat
)

func (s Status) String() string { return [...]string{"unknown", "sat", "unsat"}[s] }

// ErrModel says that the solver gave a model that violates a clause.
var ErrModel = errors.New("solver gave a model that violates the formula")

// Answer is the answer to one question.
type Answer struct {
	Status Status
	model  []bool
}

// True says whether a literal is true in the model; only after Sat.
func (a Answer) True(l Lit) bool {
	if l < 0 {
		return !a.model[-l-1]
	}
	return a.model[l-1]
}

// turn lets one question at a time reach the solver.
var turn = make(chan struct{}, 1)

// unattended counts searches that nobody waits for any more.
var unattended atomic.Int64

// Unattended says whether a search is still running whose caller ran out of
// time. It can't be stopped, takes a core, and keeps later questions waiting: a
// process that answers questions for a living should be replaced.
func Unattended() bool { return unattended.Load() > 0 }

// Solve asks the solver. A formula that is too large is Unknown. So is the
// answer when ctx ends first; the search then goes on unattended until it is
// done or its process ends. Errors: ErrModel.
func (f *Formula) Solve(ctx context.Context) (Answer, error) {
	if ctx.Err() != nil || f.tooLarge() {
		return Answer{}, nil
	}
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return Answer{}, nil
	}
	done := make(chan Answer, 1)
	go func() {
		defer func() { <-turn }()
		done <- f.search()
	}()
	select {
	case answer := <-done:
		if answer.Status == Sat && !f.holds(answer.model) {
			return Answer{}, ErrModel
		}
		return answer, nil
	case <-ctx.Done():
		unattended.Add(1)
		go func() {
			<-done
			unattended.Add(-1)
		}()
		return Answer{}, nil
	}
}

func (f *Formula) search() Answer {
	clauses := make([][]int, 0, len(f.clauses))
	for _, clause := range f.clauses {
		if len(clause) == 0 {
			return Answer{Status: Unsat}
		}
		clauses = append(clauses, append([]int(nil), clause...)) // the parser keeps and sorts them
	}
	model := make([]bool, f.vars)
	if len(clauses) == 0 {
		return Answer{Status: Sat, model: model}
	}
	s := solver.New(solver.ParseSlice(clauses))
	if s.Solve() != solver.Sat {
		return Answer{Status: Unsat}
	}
	copy(model, s.Model()) // variables no clause names stay false
	return Answer{Status: Sat, model: model}
}

func (f *Formula) holds(model []bool) bool {
	for _, clause := range f.clauses {
		met := false
		for _, l := range clause {
			if l > 0 && model[l-1] || l < 0 && !model[-l-1] {
				met = true
				break
			}
		}
		if !met {
			return false
		}
	}
	return true
}
