// Package witness checks claims about a federated Byzantine agreement system
// with plain set arithmetic: this set is a quorum, this one blocks, these two
// quorums are disjoint. It holds no solver and no search, so that it can be
// believed on reading, and a reduction of its own, written from the definition
// and not from the engine: a judge that shares the engine's mistakes is none.
//
//	core, err := witness.Reduce(network)
//	err = core.CheckMinimalBlocking([]string{"a", "b"}, nil)   // nil: it is one
//
// Only positive claims are checked. "Nothing smaller blocks" or "this does not
// split" need a search and are no business of this package.
//
// Vocabulary: a quorum is a non-empty set of nodes whose every member has its
// quorum set met inside it. A set blocks when what remains contains no quorum.
// A set splits when deleting it leaves two disjoint quorums. The core is what
// the reduction leaves of a network: the nodes every analysis is about.
//
// Read need.go (quorum sets by index), greatest.go (the greatest quorum inside a
// set), reduce.go and components.go (the reduction), core.go (the claims),
// groups.go (the same claims about organizations, countries and ISPs),
// symmetric.go and digest.go.
package witness
