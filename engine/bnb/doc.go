// Package bnb finds minima in federated Byzantine agreement systems by branch
// and bound, without any solver: a cheapest splitting set, quorum and blocking
// set, each proven cheapest when the search goes to its end.
//
//	form, ok := flat.Of(q)
//	minimum, ok, err := bnb.MinimumSplitting(ctx, q, form, class.Price{}, 0)
//
// Vocabulary. An item counts for a quorum when its threshold is met; a demanded
// quorum set is one that a member of the quorum has; its slack is how many of
// its items may be missing. Members that are deleted count for both quorums.
//
// Reading order: role.go (what an item can be to two quorums), side.go and
// bounds.go (the search for one quorum), splitting.go (for two), victim.go,
// minimum.go, quorum.go; blocking.go and breaking.go, which need no flat form;
// run.go (when to stop).
package bnb
