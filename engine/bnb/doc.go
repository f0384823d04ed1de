// Package bnb finds minima in federated Byzantine agreement systems by branch
// and bound, without any solver: a cheapest splitting set, quorum and blocking
// set, each proven cheapest when the search goes to its end.
//
//	form, ok := flat.Of(q)
//	minimum, ok, err := bnb.MinimumSplitting(ctx, q, form, class.Price{}, 0)
//
// It also lists whole families of minimal sets, one vector for all that come
// from it by exchanging organizations that are alike.
//
// Vocabulary. An item counts for a quorum when its threshold is met; a demanded
// quorum set is one that a member of the quorum has; its slack is how many of
// its items may be missing. Members that are deleted count for both quorums.
//
// Reading order: role.go (what an item can be to two quorums), side.go and
// bounds.go (the search for one quorum), splitting.go, slots.go and second.go
// (for two), victim.go, minimum.go, quorum.go; blocking.go, breaking.go and
// unit.go, which get by without a flat form; listing.go, quorums.go,
// blockings.go and splittings.go (families); run.go (when to stop).
package bnb
