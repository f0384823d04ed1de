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
// split" need a search and are no business of this package. That a set is
// minimal can be checked where supersets of a set that will do will do too
// (quorums inside it, blocking, history): no member can be dropped. Splitting
// is not so, hence a splitting set is checked with the two quorums it leaves
// disjoint, and not for being minimal. Each check takes a few passes over the
// core, or one a member, up to MaxWork.
//
// Vocabulary: a quorum is a non-empty set of nodes whose every member has its
// quorum set met inside it. A set blocks when what remains contains no quorum.
// A set splits when deleting it leaves two disjoint quorums. It is
// history-critical when some quorum has all its members whose archive is in
// order inside it. The core is what a reading leaves of a network: the nodes
// every analysis is about. There are three readings: Reduce, Raw and Python.
//
// Read need.go (quorum sets by index), greatest.go (the greatest quorum inside a
// set), reduce.go with components.go and python.go (the readings), core.go, then
// the claims in quorum.go, blocking.go, history.go, symmetric.go and minimal.go;
// groups.go with name.go and family.go (the same about organizations, countries,
// ISPs and fields, and about lists of sets), digest.go.
package witness
