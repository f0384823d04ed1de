// Package flat brings a federated Byzantine agreement system into the form in
// which almost all networks come: every quorum set is a threshold over items,
// an item being an organization (an inner set of validators nobody else lists)
// or a single validator. Searches then decide item by item with sets of bits.
//
//	form, ok := flat.Of(class.New(system))
//
// Systems that are not flat (organizations that overlap, deeper nesting, lists
// with repetitions) are left to the SAT solver.
//
// Items that may change places are twins: package twin finds them.
//
// Everything is in flat.go: Form and Of first, then how Of builds it.
package flat
