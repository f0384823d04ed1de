package witness

import (
	"cmp"
	"slices"
)

// Part tries to show that deleting the nodes of s leaves two disjoint quorums,
// and returns two if it finds them. It looks greedily, in a few orders, and
// proves nothing by not finding any: that takes a search, which this package
// has none of. What it returns passes CheckSplitting.
//
// An attempt takes a minimal quorum of what is left, giving up one node after
// the other, and looks whether the rest still holds a quorum. Nodes that stand
// in the same lists go together, those least touched by the deletion first: the
// two quorums then share the lists that the deletion has weakened and divide
// the others, which is how symmetric networks split.
func (c *Core) Part(s []string) (q1, q2 []string, found bool) {
	work := MaxWork
	return c.PartWithin(s, &work)
}

// PartWithin is Part as far as work allows, in mentions of validators visited,
// and takes off what it used: at most MaxWork, and a few passes over the core.
func (c *Core) PartWithin(s []string, work *int) (q1, q2 []string, found bool) {
	if *work <= 0 {
		return nil, nil, false
	}
	deleted, err := c.set(s)
	if err != nil {
		return nil, nil, false
	}
	p := parting{core: c, lists: newLists(c.without(deleted)), base: c.all(), left: min(*work, MaxWork)}
	before := p.left
	defer func() { *work -= before - p.left }()
	for _, v := range deleted {
		p.base[v] = false
	}
	if p.greatest(p.base) == 0 {
		return nil, nil, false
	}
	groups := c.alike(deleted)
	for first := range min(len(groups), mostAttempts) {
		if p.left <= 0 {
			break
		}
		a, b := p.attempt(slices.Concat(append(slices.Clone(groups[first:]), groups[:first]...)...))
		if b == nil {
			continue
		}
		q1, q2 = c.names(a), c.names(b)
		return q1, q2, c.CheckSplitting(s, q1, q2) == nil
	}
	return nil, nil, false
}

// mostAttempts bounds the orders that Part tries.
const mostAttempts = 24

// parting is a core after a deletion.
type parting struct {
	core  *Core
	lists *lists
	base  []bool // the greatest quorum left
	left  int    // mentions that may still be visited
}

// greatest is Core.greatest after the deletion.
func (p *parting) greatest(in []bool) int {
	p.left -= p.core.lists.work
	size := p.lists.greatest(in)
	for v, member := range in {
		if member && p.core.asks[v] {
			return size
		}
	}
	clear(in)
	return 0
}

// attempt gives up nodes in order as long as a quorum is left and the work
// allows, and returns it with the greatest quorum of the others, nil if there is
// none.
func (p *parting) attempt(order []int) (first, second []int) {
	quorum := slices.Clone(p.base)
	for _, v := range order {
		if p.left <= 0 {
			break
		}
		if !quorum[v] {
			continue
		}
		rest := slices.Clone(quorum)
		if rest[v] = false; p.greatest(rest) > 0 {
			quorum = rest
		}
	}
	rest := slices.Clone(p.base)
	for v, member := range quorum {
		rest[v] = rest[v] && !member
	}
	p.greatest(rest)
	return members(quorum), members(rest)
}

// without is what everyone needs once the nodes of deleted are deleted.
func (c *Core) without(deleted []int) []need {
	gone := c.mask(deleted)
	out := make([]need, len(c.needs))
	for v, n := range c.needs {
		out[v] = n.less(gone)
	}
	return out
}

// less is n after the deletion of gone, as met understands it.
func (n need) less(gone []bool) need {
	out := need{threshold: n.threshold}
	for _, v := range n.validators {
		if gone[v] {
			out.threshold = max(0, out.threshold-1)
			continue
		}
		out.validators = append(out.validators, v)
	}
	for _, i := range n.inner {
		out.inner = append(out.inner, i.less(gone))
	}
	return out
}

// alike gathers the nodes that stand in the same lists, those with the fewest
// deleted ones beside them first.
func (c *Core) alike(deleted []int) [][]int {
	gone := c.mask(deleted)
	touched := make([]int, len(c.lists.list))
	for at, l := range c.lists.list {
		for _, v := range l.members {
			if gone[v] {
				touched[at]++
			}
		}
	}
	weight := func(v int) (sum int) {
		for _, at := range c.lists.mentions[v] {
			sum += touched[at]
		}
		return sum
	}
	order := members(c.all())
	slices.SortStableFunc(order, func(v, w int) int {
		return cmp.Or(cmp.Compare(weight(v), weight(w)), slices.Compare(c.lists.mentions[v], c.lists.mentions[w]))
	})
	var groups [][]int
	for i, v := range order {
		if i == 0 || !slices.Equal(c.lists.mentions[v], c.lists.mentions[order[i-1]]) {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], v)
	}
	return groups
}
