package quality

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"understudy/engine/fbas"
)

// Find gives what is wrong or doubtful in a network, sorted by severity, code,
// node and detail; no code is found twice of one node. The order of nodes,
// organizations and lists makes no difference, but for nodes that share a key.
// The network is not changed.
func Find(n *fbas.Network) []Finding {
	f := newFinder(n)
	for set, owners := range f.owners() {
		f.inspect(set, owners)
	}
	f.references()
	f.duplicateNodes()
	f.standings()
	f.groups()
	f.asymmetry()
	f.history()
	return arrange(f.found)
}

type finder struct {
	network *fbas.Network
	// system holds the last node of each key, sorted by key, so that numbers
	// order nodes as keys do and Reduce meets no key twice.
	system *fbas.System
	node   map[string]int   // by key: the number in system
	last   map[string]int   // by key: the index in network.Nodes
	naming map[string][]int // unknown and setless validators: the sets that name them
	sets   [][]string       // by number of a distinct set: its owners
	core   *fbas.System
	// standing by number in system.
	standing []standing
	found    []Finding
}

func newFinder(n *fbas.Network) *finder {
	f := &finder{network: n, last: make(map[string]int, len(n.Nodes)), node: make(map[string]int, len(n.Nodes)), naming: map[string][]int{}}
	for i := range n.Nodes {
		f.last[n.Nodes[i].PublicKey] = i
	}
	unique := &fbas.Network{}
	for i, key := range slices.Sorted(maps.Keys(f.last)) {
		unique.Nodes = append(unique.Nodes, n.Nodes[f.last[key]])
		f.node[key] = i
	}
	f.system = fbas.Compile(unique)
	core, err := f.system.Reduce()
	if err != nil { // it refuses nothing but keys that occur twice
		panic(fmt.Sprintf("reduce nodes of distinct keys: %v", err))
	}
	f.core = core
	f.standing = standingsOf(f.system, core)
	return f
}

func (f *finder) add(code string, severity Severity, node string, related []string, format string, args ...any) {
	f.found = append(f.found, Finding{code, severity, node, bounded(fmt.Sprintf(format, args...)), related})
}

// owners gives the distinct quorum sets and the sorted keys of the nodes that
// have them. Readers let nodes that sent the same set share it.
func (f *finder) owners() map[*fbas.QuorumSet][]string {
	owners := map[*fbas.QuorumSet][]string{}
	for i := range f.network.Nodes {
		if node := &f.network.Nodes[i]; node.QuorumSet != nil {
			owners[node.QuorumSet] = append(owners[node.QuorumSet], node.PublicKey)
		}
	}
	for set, keys := range owners {
		slices.Sort(keys)
		owners[set] = slices.Compact(keys)
	}
	return owners
}

// known says whether a node has the key.
func (f *finder) known(key string) bool {
	_, ok := f.last[key]
	return ok
}

// setless says whether the key's node published no quorum set.
func (f *finder) setless(key string) bool {
	i, ok := f.last[key]
	return ok && f.network.Nodes[i].QuorumSet == nil
}

// references reports unknown validators and nodes without a quorum set, with
// those who name them. Validators named by the same sets share one list, so the
// lists take no more room than the sets.
func (f *finder) references() {
	for key := range f.last {
		if f.setless(key) && f.naming[key] == nil {
			f.add(MissingQuorumSet, Info, key, nil, "%s published no quorum set, and no quorum set names it.", show(key))
		}
	}
	unions := map[string][]string{}
	for key, sets := range f.naming {
		slices.Sort(sets)
		var id []byte
		for _, set := range sets {
			id = binary.AppendUvarint(id, uint64(set))
		}
		by, done := unions[string(id)]
		if !done {
			for _, set := range sets {
				by = append(by, f.sets[set]...)
			}
			slices.Sort(by)
			by = slices.Clip(slices.Compact(by))
			unions[string(id)] = by
		}
		if f.known(key) {
			f.add(MissingQuorumSet, Warning, key, by, "%s published no quorum set, so it never agrees; %s.", show(key), namedBy(by))
			continue
		}
		f.add(UnknownValidator, Warning, key, by, "%s is not among the nodes, so it never agrees; %s.", show(key), namedBy(by))
	}
}

func namedBy(owners []string) string {
	if len(owners) == 1 {
		return "the quorum set of " + names(owners) + " names it"
	}
	return fmt.Sprintf("the quorum sets of %d nodes name it: %s", len(owners), names(owners))
}

func (f *finder) duplicateNodes() {
	times := make(map[string]int, len(f.network.Nodes))
	for i := range f.network.Nodes {
		times[f.network.Nodes[i].PublicKey]++
	}
	for key, n := range times {
		if n > 1 {
			f.add(DuplicateNode, Error, key, nil, "%d nodes have the public key %s; references mean the last of them.", n, show(key))
		}
	}
}
