// Package arbiter settles what no witness can about the answers to a question:
// that nothing smaller blocks, that a set does not split, that quorums
// intersect, that a family is whole.
//
//	a := arbiter.New(arbiter.Config{})
//	r := compare.Prepare(question).Settle(ctx, a, primary, candidate, compare.KindRust)
//
// There are two ways to prove such a thing. A core of at most
// Config.MaxExhaustive nodes is enumerated: every set of nodes is tried, which
// gives all families whole. A larger one is asked of two SAT solvers that share
// no code; where both say the same, that is the answer. Models are checked with
// plain set arithmetic, so the one thing taken on trust is "there is none", and
// two programs must say it. Families are not counted then.
//
// The candidate answers by branch and bound. This package imports none of that,
// neither does it read the network as the engine does: it starts from the core
// and the groups of engine/witness, so that a mistake of the engine's searches
// or of its reduction is not repeated here. The encoding of a question as a
// formula is shared with the engine's fallback; for cores that are enumerated
// nothing is.
//
// Whether named nodes split is asked apart (Split): splitting is not monotone,
// so a set may split though none below it does, or not although one does.
//
// Read arbiter.go, then the enumeration in small.go, families.go, merge.go and
// exhaustive.go, then the solvers in larger.go, solvers.go, network.go and
// split.go.
package arbiter
