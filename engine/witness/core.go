package witness

import (
	"errors"
	"fmt"
	"slices"

	"understudy/engine/fbas"
)

// ErrTooLarge is returned where a check that drops each member of a set in turn
// would take more than MaxWork steps. It says nothing about the claim.
var ErrTooLarge = errors.New("too large to check for minimality")

// MaxWork is the most mentions of validators that one claim may visit: half a
// second. The core of the live network with a quorum of 10 takes some 7,000.
const MaxWork = 50_000_000

// Core is the part of a network that analyses are about. It is immutable and
// safe for concurrent use. In every check a key that is not in the core is an
// error, as is a key named twice.
type Core struct {
	network *fbas.Network
	keys    []string // sorted bytewise; the index is the node
	index   map[string]int
	needs   []need
	lists   *lists
}

// Keys returns the public keys of the core, sorted bytewise.
func (c *Core) Keys() []string { return slices.Clone(c.keys) }

// HasQuorum says whether the core contains a quorum. A reduced core does unless
// it is empty.
func (c *Core) HasQuorum() bool { return c.lists.greatest(c.all()) > 0 }

// GreatestQuorum returns the union of all quorums inside within, sorted; it is
// empty when there is none.
func (c *Core) GreatestQuorum(within []string) ([]string, error) {
	set, err := c.set(within)
	if err != nil {
		return nil, err
	}
	in := c.mask(set)
	c.lists.greatest(in)
	out := []string{}
	for v, member := range in {
		if member {
			out = append(out, c.keys[v])
		}
	}
	return out, nil
}

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
	return c.minimalQuorum(singletons(set), q)
}

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

// CheckDisjoint says why q1 and q2 are not two quorums without a common member.
func (c *Core) CheckDisjoint(q1, q2 []string) error {
	return c.CheckSplitting(nil, q1, q2)
}

// CheckSplitting says why deleting s does not leave q1 and q2 as two disjoint
// quorums. Whether s is minimal is not asked: splitting is not monotone.
func (c *Core) CheckSplitting(s, q1, q2 []string) error {
	deleted, err := c.set(s)
	if err != nil {
		return err
	}
	gone := c.mask(deleted)
	first := make(map[string]bool, len(q1))
	for _, q := range [][]string{q1, q2} {
		set, err := c.set(q)
		if err != nil {
			return err
		}
		for _, v := range set {
			if gone[v] {
				return fmt.Errorf("%s is in a quorum and among the deleted nodes", c.keys[v])
			}
			if first[c.keys[v]] {
				return fmt.Errorf("%s is in both quorums", c.keys[v])
			}
		}
		for _, key := range q {
			first[key] = true
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
	for _, v := range set {
		if !c.needs[v].met(member, left) {
			return fmt.Errorf("%s is not satisfied inside %s", c.keys[v], braces(c.names(set)))
		}
	}
	return nil
}

// blocks says why set with faulty leaves a quorum.
func (c *Core) blocks(set, faulty []int) error {
	if !c.HasQuorum() {
		return errors.New("nothing blocks where there is no quorum")
	}
	if left := c.remaining(set, faulty); len(left) > 0 {
		return fmt.Errorf("%s does not block: %s remains a quorum", braces(c.names(set)), braces(c.names(left)))
	}
	return nil
}

// remaining returns the greatest quorum without set and faulty.
func (c *Core) remaining(set, faulty []int) []int {
	in := c.all()
	for _, gone := range [][]int{set, faulty} {
		for _, v := range gone {
			in[v] = false
		}
	}
	c.lists.greatest(in)
	return members(in)
}

// minimalBlocking says why the union of parts, shown as names, does not block
// with faulty, or which part it does not need.
func (c *Core) minimalBlocking(parts [][]int, names []string, faulty []int) error {
	if err := c.affordable(len(parts)); err != nil {
		return err
	}
	if err := c.blocks(slices.Concat(parts...), faulty); err != nil {
		return err
	}
	for i := range parts {
		if len(c.remaining(without(parts, i), faulty)) == 0 {
			return fmt.Errorf("%s blocks without %s", braces(names), names[i])
		}
	}
	return nil
}

// minimalQuorum says why the union of parts, shown as names, contains no
// quorum, or which part it does not need for one.
func (c *Core) minimalQuorum(parts [][]int, names []string) error {
	if err := c.affordable(len(parts)); err != nil {
		return err
	}
	if c.lists.greatest(c.mask(slices.Concat(parts...))) == 0 {
		return fmt.Errorf("%s contains no quorum", braces(names))
	}
	for i := range parts {
		in := c.mask(without(parts, i))
		if c.lists.greatest(in) > 0 {
			return fmt.Errorf("%s contains a quorum without %s: %s", braces(names), names[i], braces(c.names(members(in))))
		}
	}
	return nil
}

func (c *Core) affordable(passes int) error {
	if passes > MaxWork/max(1, c.lists.work) {
		return fmt.Errorf("%w: %d parts in a core of %d nodes", ErrTooLarge, passes, len(c.keys))
	}
	return nil
}
