// Package arbiter settles what no witness can about the answers to a question:
// that nothing smaller blocks, that a set does not split, that quorums
// intersect, that a family is whole.
//
//	a := arbiter.New(arbiter.Config{})
//	r := compare.Prepare(question).Settle(ctx, a, primary, candidate, compare.KindRust)
//
// There are three ways to prove such a thing. A core of at most
// Config.MaxExhaustive nodes is enumerated: every set of nodes is tried, which
// gives all families whole. The quorums and blocking sets of one of at most
// Config.MaxSearched nodes are searched for: sets are built up node by node, and
// left where none above them can be in the family, so no set is missed either.
// What is too large for that, and all splitting sets of a core that is not
// enumerated, is asked of two SAT solvers that share no code; where both say the
// same, that is the answer. Models are checked with plain set arithmetic, so the
// one thing taken on trust is "there is none", and two programs must say it. They
// list the splitting sets of a core that a search would do for, and else tell the
// minimum of a family, which then is not counted.
//
// The candidate answers by branch and bound. This package imports none of that,
// neither does it read the network as the engine does: it starts from the core
// and the groups of engine/witness, so that a mistake of the engine's searches
// or of its reduction is not repeated here. The encoding of a question as a
// formula is shared with the engine's fallback; for what is enumerated or searched
// for nothing is.
//
// Whether named nodes split is asked apart (Split): splitting is not monotone,
// so a set may split though none below it does, or not although one does.
//
// Read arbiter.go, then the enumeration in small.go, families.go, merge.go and
// exhaustive.go, then search.go, then the solvers in larger.go, compiled.go,
// solvers.go, listing.go, network.go and split.go.
package arbiter
