// Package fbas is the model of a federated Byzantine agreement system: what a
// network is (Network), how it is read from JSON (Read, ReadRequest), and what
// is left of it when everything that can take no part in a quorum is removed
// (Compile, System.Reduce).
//
// Vocabulary. A quorum set is a nested threshold requirement; a set of nodes
// satisfies it when enough of its members are in the set. A quorum is a
// non-empty set of nodes that satisfies the quorum set of each of its members.
// The union of quorums is a quorum, so every set has a greatest quorum inside
// it, possibly empty: System.GreatestQuorum finds it and judges everything
// else. The core is the reduced network that all analyses speak of.
//
//	network, err := fbas.Read(data, fbas.DefaultLimits())
//	core, err := fbas.Compile(network).Reduce()
//	alive := core.GreatestQuorum(core.All())
//
// Reading order: model.go, errors.go, read.go (with node.go and python.go),
// system.go, quorum.go, reduce.go, components.go.
package fbas
