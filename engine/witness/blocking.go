package witness

import (
	"errors"
	"fmt"
)

// CheckBlocking says why b together with the faulty nodes does not block: some
// quorum remains, or there never was one. Faulty keys outside the core are
// ignored.
func (c *Core) CheckBlocking(b, faulty []string) error {
	set, err := c.set(b)
	if err != nil {
		return err
	}
	return c.blocks(set, c.known(faulty))
}

// CheckMinimalBlocking says why b is not a set that blocks together with the
// faulty nodes and loses this with any member.
func (c *Core) CheckMinimalBlocking(b, faulty []string) error {
	set, err := c.set(b)
	if err != nil {
		return err
	}
	return c.minimalBlocking(singletons(set), b, c.known(faulty))
}

// blocks says why set with faulty leaves a quorum.
func (c *Core) blocks(set, faulty []int) error {
	if len(c.standing(nil)) == 0 {
		return errors.New("nothing blocks where there is no quorum")
	}
	if c.free && len(set)+len(faulty) == 0 {
		return errors.New("the empty set does not block: where no node fails, none is blocked")
	}
	if left := c.standing(set, faulty); len(left) > 0 {
		return fmt.Errorf("%s does not block: %s remains a quorum", braces(c.names(set)), braces(c.names(left)))
	}
	return nil
}

// standing returns the nodes that can go on once those of gone have failed: the
// greatest quorum of the rest. What python-fbas asks of a blocking set is that
// each node is in it or blocked by it, in a cascade: one with a quorum set when
// the nodes that stand do not meet it, a free one when any node failed at all.
// So the free ones stand, and all others with them, as long as none fails.
func (c *Core) standing(gone ...[]int) []int {
	in := c.all()
	failed := false
	for _, set := range gone {
		for _, v := range set {
			in[v], failed = false, true
		}
	}
	if c.free && !failed {
		return members(in)
	}
	for v, asks := range c.asks {
		in[v] = in[v] && asks
	}
	c.greatest(in)
	return members(in)
}

// minimalBlocking says why the union of parts, shown as names, does not block
// with faulty, or which part it does not need.
func (c *Core) minimalBlocking(parts [][]int, names []string, faulty []int) error {
	if err := c.blocks(union(parts), faulty); err != nil {
		return err
	}
	return c.needsEach(parts, func(i int, rest []int) error {
		if len(c.standing(rest, faulty)) == 0 {
			return fmt.Errorf("%s blocks without %s", braces(names), names[i])
		}
		return nil
	})
}
