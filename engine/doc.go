// Package engine answers, exactly, what a federated Byzantine agreement system
// can and can't survive: top tier, symmetric top tier, minimal quorums and
// whether they intersect, minimal blocking sets (also with nodes that have
// failed already), minimal splitting sets, history-critical sets; by node,
// organization, country, ISP or any attribute. It knows no HTTP, no flags and no metrics.
//
//	system, err := engine.Prepare(network, engine.SemanticsRust)
//	family, err := system.MinimalBlockingSets(ctx, engine.Options{MergeBy: engine.MergeOrganization})
//
// Vocabulary. A set is minimal when no proper subset will do, minimum when no
// other has fewer members: a family holds the minimal sets, its MinSize is the
// size of the minimum ones. "No such set", "the empty set" and "gave up" are
// three outcomes.
//
// How it works. Validators that are listed in the same places and have the
// same quorum set are interchangeable: swapping two of them is an automorphism
// of the system. Validators fall into such classes, a set of validators into a
// vector that counts members per class, and every search runs over vectors. A
// family comes as its vectors and is counted by binomials, so that a network
// of seven organizations of three is 21 vectors and not 5,103 quorums.
//
// Minima come first: branch and bound (engine/bnb) finds a cheapest set, with
// members or groups as the price, or a SAT solver (engine/encode, engine/sat)
// where a network has no flat form; both give a proven lower bound when the
// time ends. Whole families are enumerated only after that, one vector for all
// that come from it by exchanging organizations that are alike.
//
// Every answer passes the judge before it leaves: engine/witness reads and
// reduces the network on its own and checks each set with plain set arithmetic.
// What it refuses is ErrContradiction, not an answer.
//
// Reading order: engine.go (the questions), system.go, result.go; minimum.go and
// blocking.go (how an answer comes about), splitting.go, quorums.go, toptier.go,
// intersection.go, history.go, symmetric.go; group.go, family.go, merge.go,
// list.go and memo.go merge, count and list; check.go (the judge); network.go
// asks everything at once.
package engine
