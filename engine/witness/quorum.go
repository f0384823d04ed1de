package witness

import (
	"errors"
	"fmt"
)

// CheckQuorum says why q is not a quorum.
func (c *Core) CheckQuorum(q []string) error {
	set, err := c.set(q)
	if err != nil {
		return err
	}
	return c.quorum(set, nil)
}

// CheckMinimalQuorum says why q is not a quorum that loses this with any member.
func (c *Core) CheckMinimalQuorum(q []string) error {
	if err := c.CheckQuorum(q); err != nil {
		return err
	}
	set, _ := c.set(q)
	return c.minimalQuorum(singletons(set), q, nil)
}

// CheckMeetsAll names a quorum that shares no node with q. Where quorums
// intersect, no quorum q leaves one: that far plain arithmetic can put "quorums
// intersect" to the test.
func (c *Core) CheckMeetsAll(q []string) error {
	set, err := c.set(q)
	if err != nil {
		return err
	}
	if left := c.outside(set); len(left) > 0 {
		return fmt.Errorf("%s meets no node of the quorum %s", braces(q), braces(c.names(left)))
	}
	return nil
}

// CheckDisjoint says why q1 and q2 are not two quorums without a common member.
func (c *Core) CheckDisjoint(q1, q2 []string) error {
	return c.CheckSplitting(nil, q1, q2)
}

// CheckSplitting says why deleting s does not leave q1 and q2 as two disjoint
// quorums. Whether s is minimal is not asked: splitting is not monotone, a set
// may split though no set with one member less does, and one that splits after
// each removal may hold a smaller one that was not tried.
func (c *Core) CheckSplitting(s, q1, q2 []string) error {
	deleted, err := c.set(s)
	if err != nil {
		return err
	}
	gone := c.mask(deleted)
	taken := make([]bool, len(c.keys))
	for _, q := range [][]string{q1, q2} {
		set, err := c.set(q)
		if err != nil {
			return err
		}
		for _, v := range set {
			if gone[v] {
				return fmt.Errorf("%s is in a quorum and among the deleted nodes", c.keys[v])
			}
			if taken[v] {
				return fmt.Errorf("%s is in both quorums", c.keys[v])
			}
			taken[v] = true
		}
		if err := c.quorum(set, deleted); err != nil {
			return err
		}
	}
	return nil
}

// quorum says why set is not a quorum once deleted is deleted.
func (c *Core) quorum(set, deleted []int) error {
	if len(set) == 0 {
		return errors.New("the empty set is not a quorum")
	}
	in, gone := c.mask(set), c.mask(deleted)
	member := func(v int) bool { return in[v] }
	left := func(v int) bool { return gone[v] }
	asks := false
	for _, v := range set {
		if !c.needs[v].met(member, left) {
			return fmt.Errorf("%s is not satisfied inside %s", c.keys[v], braces(c.names(set)))
		}
		asks = asks || c.asks[v]
	}
	if !asks {
		return fmt.Errorf("no node of %s has a quorum set", braces(c.names(set)))
	}
	return nil
}

// minimalQuorum says why the union of parts, shown as names, contains no quorum
// together with helpers, or which part it does not need for one.
func (c *Core) minimalQuorum(parts [][]int, names []string, helpers []int) error {
	inside := func(set []int) []int {
		in := c.mask(set, helpers)
		c.greatest(in)
		return members(in)
	}
	shown := braces(names)
	if len(helpers) > 0 {
		shown += " with the nodes that have a history error"
	}
	if len(inside(union(parts))) == 0 {
		return fmt.Errorf("%s contains no quorum", shown)
	}
	return c.needsEach(parts, func(i int, rest []int) error {
		if left := inside(rest); len(left) > 0 {
			return fmt.Errorf("%s contains a quorum without %s: %s", shown, names[i], braces(c.names(left)))
		}
		return nil
	})
}
