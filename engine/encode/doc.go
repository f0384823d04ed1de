// Package encode answers questions about vectors of a quotient with a SAT
// solver: it writes the question as a formula (encoding.go), decodes a model
// into vectors, and lets class.Evaluator judge them before they leave.
//
//	pair, status, err := encode.Intersection(ctx, quotient, sat.Gophersat)
//
// Vocabulary: as in engine/class. To delete members is to count them as
// agreeing with both sides, which is the same as lowering the thresholds of
// the lists that name them.
//
// Reading order: encoding.go, intersection.go, toptier.go, split.go,
// splitting.go.
package encode
