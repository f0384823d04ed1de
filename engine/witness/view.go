package witness

import (
	"slices"

	"understudy/engine/fbas"
)

// QuorumSet returns the quorum set of a node of the core as the core has it,
// reduced, each list sorted; false for one without a set. A second algorithm that is to share this
// reading and nothing else starts from here.
func (c *Core) QuorumSet(key string) (fbas.QuorumSet, bool) {
	v, known := c.index[key]
	if !known || !c.asks[v] {
		return fbas.QuorumSet{}, false
	}
	return c.quorumSet(c.needs[v]), true
}

// Group returns the key of the node that stands for a node's group, which is
// what tells groups apart, and the name under which the group is reported; both
// are the key itself for a node without a group. It is false for a key outside
// the core.
func (g *Groups) Group(key string) (representative, name string, known bool) {
	v, known := g.core.index[key]
	if !known {
		return "", "", false
	}
	rep := g.rep[v]
	return g.core.keys[rep], g.shown[rep], true
}

// Nodes returns the keys of all nodes of the groups that bear one of names,
// sorted.
func (g *Groups) Nodes(names []string) []string {
	var out []string
	for _, name := range names {
		for _, rep := range g.named[name] {
			out = append(out, g.core.names(g.members[rep])...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
