package sat

import (
	"context"
	"errors"
)

// Solver names a program that decides formulas.
type Solver int

const (
	// Gophersat solves one question at a time per process and can't be stopped.
	Gophersat Solver = iota
	// Gini solves questions at the same time and stops when their time ends.
	Gini
)

func (s Solver) String() string { return [...]string{"gophersat", "gini"}[s] }

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

// Solve asks a new instance of the solver. A formula that is too large is
// Unknown, and so is the answer when ctx ends first. Errors: ErrModel.
func (f *Formula) Solve(ctx context.Context, solver Solver) (Answer, error) {
	if ctx.Err() != nil || f.tooLarge() {
		return Answer{}, nil
	}
	answer, decided := f.obvious()
	switch {
	case decided:
		return answer, nil
	case solver == Gini:
		answer = f.askGini(ctx)
	default:
		answer = f.askGophersat(ctx)
	}
	if answer.Status == Sat && !f.holds(answer.model) {
		return Answer{}, ErrModel
	}
	return answer, nil
}

// obvious decides formulas that have no clause or an empty one, which solvers
// don't take.
func (f *Formula) obvious() (answer Answer, decided bool) {
	for _, clause := range f.clauses {
		if len(clause) == 0 {
			return Answer{Status: Unsat}, true
		}
	}
	return Answer{Status: Sat, model: make([]bool, f.vars)}, len(f.clauses) == 0
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
