// Package fbas is the model of a federated Byzantine agreement system: what a
// network is (Network), how it is read from JSON (Read, ReadRequest), and what
// its quorums are. There are two readings. Compile takes a network as the Rust
// scanner does, and System.Reduce leaves of it what can take part in a quorum
// with others; CompilePython takes it as python-fbas does, where every node
// counts and one of which no quorum set is known agrees with anything.
//
// Vocabulary. A quorum set is a nested threshold requirement; a set of nodes
// satisfies it when enough of its members are in the set. A quorum is a
// non-empty set of nodes that satisfies the quorum set of each of its members.
// The union of quorums is a quorum, so every set has a greatest quorum inside
// it, possibly empty: System.GreatestQuorum finds it and judges everything
// else. The core is the reduced network that all analyses of the Rust scanner
// speak of. A cluster is a strongly connected component that contains a
// quorum.
//
//	network, err := fbas.Read(data, fbas.DefaultLimits())
//	core, err := fbas.Compile(network).Reduce()
//	alive := core.GreatestQuorum(core.All())
//
// Reading order: model.go, errors.go, read.go (with node.go, python.go and
// attribute.go), system.go, quorum.go, reduce.go, components.go, then
// compile_python.go, cluster.go and standard.go.
package fbas
