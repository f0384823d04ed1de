// Package sat asks gophersat whether a formula in conjunctive normal form has
// a model. It is the only place that knows the solver.
//
//	f := sat.New()
//	a, b := f.Var(), f.Var()
//	f.Add(a, b)
//	f.Add(a.Not(), b.Not())
//	answer, err := f.Solve(ctx) // answer.Status is Sat, Unsat or Unknown
//
// What keeps it sound. Every question is asked of a fresh solver, in plain
// clauses only: adding to a solver that has answered, cardinality constraints
// with weights, and assumptions have given wrong answers. Every model is
// checked against all clauses. One question at a time is solved per process,
// since the solver shares a buffer between its instances. A wrong "unsat" can't
// be caught here; callers check it against a second method where they have one.
//
// Reading order: formula.go, cardinality.go, solve.go.
package sat
