// Package encode answers questions about vectors of a quotient with a SAT
// solver: it writes a question as a formula, decodes a model into vectors, and
// lets class.Evaluator judge them before they leave. What the judge refuses is
// ErrContradiction.
//
//	least, err := encode.MinimumSplitting(ctx, quotient, class.Price{}, sat.Gophersat)
//
// Questions: two disjoint quorums (Intersection); a cheapest splitting or
// blocking vector, quorum, or history-critical set (Minimum...), with prices by
// member or group; all minimal splitting vectors (Splitting); the union of the
// minimal quorums (TopTier). Every question ends with its context and tells
// what it has found and proven until then; only a solver's "unsat" is taken on
// trust, and the choice of solver is there to check it.
//
// Vocabulary, beside that of engine/class. To delete members is to count them
// as agreeing with everybody, which lowers the thresholds of the lists that
// name them; splitting deletes. To remove or block members is to count them as
// failed; blocking removes. Free classes, those of fbas.Free, agree with
// anything; a quorum has a member that is not of them. A cluster is a quorum
// with all minimal quorums of one strongly connected component.
//
// Reading order: encoding.go, intersection.go, minimum.go (the search for a
// cheapest vector), quorum.go, blocking.go with clusters.go, split.go,
// splitting.go, toptier.go.
package encode
