package witness

import (
	"slices"

	"understudy/engine/fbas"
)

// Core is the part of a network that analyses are about, in one reading of it.
// It is immutable and safe for concurrent use. In every check a key that is not
// in the core is an error, as is a key named twice.
type Core struct {
	organizations []fbas.Organization
	keys          []string     // sorted bytewise; the index is the node
	nodes         []*fbas.Node // as sent
	index         map[string]int
	needs         []need
	asks          []bool // which nodes have a quorum set; a quorum needs one of them
	free          bool   // the others agree with anything, and are blocked as soon as a node fails
	lists         *lists
}

// Keys returns the public keys of the core, sorted bytewise.
func (c *Core) Keys() []string { return slices.Clone(c.keys) }

// Known returns those keys that are in the core, sorted, each once.
func (c *Core) Known(keys []string) []string {
	known := c.names(c.known(keys))
	slices.Sort(known)
	return slices.Compact(known)
}

// HasQuorum says whether the core contains a quorum. A reduced core does unless
// it is empty.
func (c *Core) HasQuorum() bool { return c.greatest(c.all()) > 0 }

// GreatestQuorum returns the union of all quorums inside within, sorted; it is
// empty when there is none.
func (c *Core) GreatestQuorum(within []string) ([]string, error) {
	set, err := c.set(within)
	if err != nil {
		return nil, err
	}
	in := c.mask(set)
	c.greatest(in)
	return c.names(members(in)), nil
}

// greatest shrinks in to the greatest quorum inside it and returns its size.
func (c *Core) greatest(in []bool) int {
	size := c.lists.greatest(in)
	for v, member := range in {
		if member && c.asks[v] {
			return size
		}
	}
	clear(in)
	return 0
}

// outside returns the greatest quorum without the nodes of set.
func (c *Core) outside(set []int) []int {
	in := c.all()
	for _, v := range set {
		in[v] = false
	}
	c.greatest(in)
	return members(in)
}
