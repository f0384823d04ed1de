package witness

import (
	"fmt"
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// Reduce returns the core of n, in three steps taken once each:
//
//  1. One-node quorums leave the network and everyone's sets, thresholds
//     unchanged. Two nodes of one key that remain are an error.
//  2. Of the rest, those that some quorum can satisfy stay if their strongly
//     connected component (on the full reference graph, through unsatisfiable
//     nodes too) contains a quorum.
//  3. The sets shrink to these nodes, and what is no longer satisfied goes.
//
// Where a key repeats, references mean its last node.
func Reduce(n *fbas.Network) (*Core, error) {
	r := read(n)
	needs := r.needs
	kept := make([]bool, len(needs))
	for v, need := range needs {
		alone := func(w int) bool { return w == v }
		kept[v] = !need.met(alone, nobody)
	}
	if err := refuseDuplicates(n, kept); err != nil {
		return nil, err
	}
	needs = shrinkAll(needs, kept)

	newLists(needs).greatest(kept)
	kept = withQuorum(needs, kept)
	needs = shrinkAll(needs, kept)

	newLists(needs).greatest(kept)
	r.needs = shrinkAll(needs, kept)
	return r.core(kept), nil
}

// Raw returns all of n as it is, for the semantics without a reduction: every
// node counts, and one-node quorums stay. Two nodes of one key are an error.
func Raw(n *fbas.Network) (*Core, error) {
	all := make([]bool, len(n.Nodes))
	for v := range all {
		all[v] = true
	}
	if err := refuseDuplicates(n, all); err != nil {
		return nil, err
	}
	return read(n).core(all), nil
}

// reading is a network read, by index of node, before any is left out.
type reading struct {
	network *fbas.Network
	nodes   []*fbas.Node
	needs   []need
	asks    []bool
	free    bool
}

func read(n *fbas.Network) *reading {
	r := &reading{network: n}
	index := make(map[string]int, len(n.Nodes))
	for v := range n.Nodes {
		index[n.Nodes[v].PublicKey] = v
	}
	for v := range n.Nodes {
		node := &n.Nodes[v]
		r.nodes = append(r.nodes, node)
		r.needs = append(r.needs, newNeed(node.QuorumSet, index))
		r.asks = append(r.asks, node.QuorumSet != nil)
	}
	return r
}

func refuseDuplicates(n *fbas.Network, kept []bool) error {
	seen := make(map[string]bool, len(n.Nodes))
	for v := range n.Nodes {
		if !kept[v] {
			continue
		}
		key := n.Nodes[v].PublicKey
		if seen[key] {
			return fmt.Errorf("public key %q stands for two nodes", key)
		}
		seen[key] = true
	}
	return nil
}

// shrinkAll shrinks the needs of the kept nodes to the kept ones; the others
// have none any more.
func shrinkAll(needs []need, kept []bool) []need {
	out := make([]need, len(needs))
	for v, n := range needs {
		out[v] = unmeetable()
		if kept[v] {
			out[v] = n.shrink(func(w int) bool { return kept[w] })
		}
	}
	return out
}

// withQuorum returns the satisfiable nodes whose component contains a quorum.
// One pass finds the greatest quorum of all components at once: every node is
// made to see its own component only, and quorums in different components
// cannot help each other.
func withQuorum(needs []need, satisfiable []bool) []bool {
	component := components(needs)
	inside := make([]need, len(needs))
	for v, n := range needs {
		inside[v] = n.shrink(func(w int) bool { return satisfiable[w] && component[w] == component[v] })
	}
	quorum := slices.Clone(satisfiable)
	newLists(inside).greatest(quorum)
	has := make(map[int]bool)
	for v, member := range quorum {
		if member {
			has[component[v]] = true
		}
	}
	kept := make([]bool, len(needs))
	for v := range needs {
		kept[v] = satisfiable[v] && has[component[v]]
	}
	return kept
}

// core numbers the kept nodes by key, bytewise. No need may name another one.
func (r *reading) core(kept []bool) *Core {
	var order []int
	for v, keep := range kept {
		if keep {
			order = append(order, v)
		}
	}
	slices.SortFunc(order, func(v, w int) int {
		return strings.Compare(r.nodes[v].PublicKey, r.nodes[w].PublicKey)
	})
	c := &Core{organizations: r.network.Organizations, index: make(map[string]int, len(order)), free: r.free}
	to := make([]int, len(r.nodes))
	for i, v := range order {
		to[v] = i
		c.keys = append(c.keys, r.nodes[v].PublicKey)
		c.index[r.nodes[v].PublicKey] = i
		c.nodes = append(c.nodes, r.nodes[v])
		c.asks = append(c.asks, r.asks[v])
	}
	for _, v := range order {
		c.needs = append(c.needs, r.needs[v].renumber(to))
	}
	c.lists = newLists(c.needs)
	return c
}
