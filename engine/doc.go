// Package engine answers, exactly, what a federated Byzantine agreement system
// can and can't survive: top tier, symmetric top tier, minimal quorums and
// whether they intersect, minimal blocking sets (also with nodes that have
// failed already), minimal splitting sets; by node, organization, country or
// ISP. It knows no HTTP, no flags and no metrics.
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
// Every claim found by search or by the SAT solver is checked with plain set
// arithmetic on vectors (the greatest quorum inside a vector) before it is
// used.
//
// Reading order: engine.go (the questions), result.go, class.go, vector.go,
// memo.go, then one file an analysis: intersection.go, toptier.go,
// symmetric.go, quorums.go, blocking.go, splitting.go; group.go, family.go and list.go
// merge and count; network.go asks everything at once.
package engine
