package quality

import (
	"fmt"
	"slices"

	"understudy/engine/fbas"
)

// cleaner counts, for every quorum set at every depth, the entries that are
// still there. Losing one costs time only where it is named, so a chain of
// 100,000 nodes that fall one after the other is as cheap as any network.
type cleaner struct {
	network *fbas.Network
	nodes   map[string]int // by key: how many nodes with it are left
	dropped []bool         // by index in network.Nodes
	counted map[*fbas.QuorumSet]*countedSet
	lists   map[string][]*countedSet // by key: the sets that list it, once per entry
	absent  []string                 // keys whose loss is still to be counted
	fallen  []*countedSet            // whole sets that died in this round
	shrunk  map[*fbas.QuorumSet]*shrunkSet
	changes []Change
}

// countedSet counts the entries of a quorum set or of a set inside it.
type countedSet struct {
	set    *fbas.QuorumSet
	inner  []*countedSet
	outer  *countedSet
	left   int    // entries that are still there
	dead   bool   // fewer than the threshold
	owners []int  // of a whole set: indices of the nodes that have it
	why    string // why a whole set is not valid as sent
}

func newCleaner(n *fbas.Network) *cleaner {
	c := &cleaner{
		network: n,
		nodes:   make(map[string]int, len(n.Nodes)),
		dropped: make([]bool, len(n.Nodes)),
		counted: map[*fbas.QuorumSet]*countedSet{},
		lists:   map[string][]*countedSet{},
		shrunk:  map[*fbas.QuorumSet]*shrunkSet{},
	}
	for i := range n.Nodes {
		c.nodes[n.Nodes[i].PublicKey]++
	}
	return c
}

// count enters a set and those inside it.
func (c *cleaner) count(set *fbas.QuorumSet, outer *countedSet) *countedSet {
	counted := &countedSet{set: set, outer: outer, left: len(set.Validators) + len(set.InnerQuorumSets)}
	for _, key := range set.Validators {
		if _, crawled := c.nodes[key]; !crawled && c.lists[key] == nil {
			c.absent = append(c.absent, key)
		}
		c.lists[key] = append(c.lists[key], counted)
	}
	for i := range set.InnerQuorumSets {
		counted.inner = append(counted.inner, c.count(&set.InnerQuorumSets[i], counted))
	}
	return counted
}

func (c *cleaner) drop(i int) {
	key := c.network.Nodes[i].PublicKey
	c.dropped[i] = true
	if c.nodes[key]--; c.nodes[key] == 0 {
		c.absent = append(c.absent, key)
	}
}

// settle counts losses until nothing changes, in rounds: what falls in a round is
// told with what was gone before it, and lost to others in the next one. So a
// node's change names what it fell for, and not those that fell with it, in
// whatever order the nodes stand.
func (c *cleaner) settle() {
	for len(c.absent) > 0 {
		round := c.absent
		c.absent = nil
		for _, key := range round {
			for _, counted := range c.lists[key] {
				c.lose(counted)
			}
		}
		fallen := c.fallen
		c.fallen = nil
		for _, counted := range fallen {
			c.tellFallen(counted)
		}
		for _, counted := range fallen {
			for _, i := range counted.owners {
				c.drop(i)
			}
		}
	}
}

func (c *cleaner) lose(counted *countedSet) {
	counted.left--
	if counted.dead || counted.left >= counted.set.Threshold {
		return
	}
	counted.dead = true
	if counted.outer == nil {
		c.fallen = append(c.fallen, counted)
		return
	}
	c.lose(counted.outer)
}

func (c *cleaner) tellFallen(counted *countedSet) {
	set := counted.set
	gone := c.absentIn(set)
	for _, i := range counted.owners {
		key := c.network.Nodes[i].PublicKey
		c.change(DropNode, key, gone, "%s is dropped: its quorum set asks for %d, and without %s only %d of its %s can be met.",
			show(key), set.Threshold, names(gone), counted.left, entriesOf(len(set.Validators)+len(set.InnerQuorumSets)))
	}
}

// absentIn gives the validators that a set names at any depth and that are not
// among the nodes left, sorted.
func (c *cleaner) absentIn(set *fbas.QuorumSet) []string {
	var gone []string
	visit(set, func(key string) {
		if c.nodes[key] == 0 {
			gone = append(gone, key)
		}
	})
	slices.Sort(gone)
	return slices.Compact(gone)
}

// visit calls do for each validator entry of a set, at any depth.
func visit(set *fbas.QuorumSet, do func(key string)) {
	for _, key := range set.Validators {
		do(key)
	}
	for i := range set.InnerQuorumSets {
		visit(&set.InnerQuorumSets[i], do)
	}
}

// shrunkSet is a quorum set without what is gone.
type shrunkSet struct {
	set   *fbas.QuorumSet
	gone  []string // validators
	inner []lostInner
}

// lostInner is an inner set that is gone: what it was, and the validators, still
// there, that it named.
type lostInner struct {
	what  string
	named []string
}

// shrink gives a node's quorum set without what is gone, and tells of it.
func (c *cleaner) shrink(node *fbas.Node) *fbas.QuorumSet {
	s := c.shrunk[node.QuorumSet]
	if s == nil {
		s = &shrunkSet{set: node.QuorumSet, gone: c.absentIn(node.QuorumSet)}
		if len(s.gone) > 0 {
			set := c.without(c.counted[node.QuorumSet], s)
			s.set = &set
		}
		c.shrunk[node.QuorumSet] = s
	}
	if len(s.gone) > 0 {
		c.change(DropReference, node.PublicKey, s.gone, "The quorum set of %s no longer names %s; its thresholds stay.", show(node.PublicKey), names(s.gone))
	}
	for _, inner := range s.inner {
		c.change(DropInnerSet, node.PublicKey, inner.named, "The quorum set of %s no longer has %s.", show(node.PublicKey), inner.what)
	}
	return s.set
}

func (c *cleaner) without(counted *countedSet, s *shrunkSet) fbas.QuorumSet {
	kept := fbas.QuorumSet{Threshold: counted.set.Threshold, Validators: []string{}}
	for _, key := range counted.set.Validators {
		if c.nodes[key] > 0 {
			kept.Validators = append(kept.Validators, key)
		}
	}
	for _, inner := range counted.inner {
		if !inner.dead {
			kept.InnerQuorumSets = append(kept.InnerQuorumSets, c.without(inner, s))
			continue
		}
		var named []string
		visit(inner.set, func(key string) {
			if c.nodes[key] > 0 {
				named = append(named, key)
			}
		})
		slices.Sort(named)
		s.inner = append(s.inner, lostInner{
			what:  fmt.Sprintf("%s, which asks for %d and of which %d can still be met", describe(inner.set), inner.set.Threshold, inner.left),
			named: slices.Compact(named),
		})
	}
	return kept
}
