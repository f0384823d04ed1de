// Package sat asks a solver whether a formula in conjunctive normal form has a
// model. It is the only place that knows the solvers: gophersat, and gini as a
// second opinion.
//
//	f := sat.New()
//	a, b := f.Var(), f.Var()
//	f.Add(a, b)
//	f.Add(a.Not(), b.Not())
//	answer, err := f.Solve(ctx, sat.Gophersat) // answer.Status is Sat, Unsat or Unknown
//
// What keeps it sound. Every question is asked of a fresh solver, in plain
// clauses only: adding to a solver that has answered, cardinality constraints
// with weights, and assumptions have given wrong answers. Every model is
// checked against all clauses. Gophersat solves one question at a time per
// process, since it shares a buffer between its instances; gini shares nothing
// and answers many at once. A wrong "unsat" can't be caught here: callers check
// it against a second method or the second solver where they can.
//
// When the time of a question ends, gini is stopped. Gophersat can't be: it
// goes on Unattended.
//
// Reading order: formula.go, cardinality.go, solve.go, gophersat.go, gini.go.
package sat
