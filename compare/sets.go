package compare

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"understudy/engine/witness"
)

// quorumSets looks for faults in the listed minimal quorums.
func (c *checker) quorumSets(q *Quorums) error {
	return c.sets(&q.Family, func(set []string) error { return c.p.groups.CheckMinimalQuorum(set) })
}

// blockingSets looks for faults in the listed minimal blocking sets.
func (c *checker) blockingSets(b *Family) error {
	return c.sets(b, func(set []string) error { return c.p.groups.CheckMinimalBlocking(set, c.p.faulty) })
}

// splittingSets looks for faults in the listed minimal splitting sets. That they
// split would take two quorums for each.
func (c *checker) splittingSets(s *Splitting) error {
	return c.sets(&s.Family, func(set []string) error { return c.p.groups.CheckKnown(set) })
}

// sets checks every listed set, and their number and sizes against what the
// answer says.
func (c *checker) sets(f *Family, claim func([]string) error) error {
	if c.trust || f.Sets == nil {
		return nil
	}
	if f.Total != nil && f.Total.Cmp(big.NewInt(int64(len(f.Sets)))) < 0 {
		return fmt.Errorf("%d sets listed of %s", len(f.Sets), f.Total)
	}
	least, members := -1, 0
	for _, set := range f.Sets {
		members += len(set)
		if least < 0 || len(set) < least {
			least = len(set)
		}
	}
	if least >= 0 && (least < f.Min || f.Known() == KnownWhole && least != f.Min) {
		return fmt.Errorf("the least listed set has %d members, min_size is %d", least, f.Min)
	}
	if c.p.mergeBy == witness.MergeNone && repeats(f.Sets) {
		return errors.New("a set is listed twice")
	}
	if !c.able() {
		return nil
	}
	if members*len(c.p.core.Keys()) > maxSetsWork {
		c.unchecked = fmt.Errorf("%d sets are too many to check", len(f.Sets))
		return nil
	}
	for _, set := range f.Sets {
		if err := c.verify("listed set", claim(set)); err != nil {
			return err
		}
	}
	return nil
}

// repeats says whether two sets have the same members. Merged families may
// repeat a name, hence a set of names.
func repeats(sets [][]string) bool {
	seen := make(map[string]bool, len(sets))
	for _, set := range sets {
		text := fmt.Sprintf("%q", slices.Sorted(slices.Values(set)))
		if seen[text] {
			return true
		}
		seen[text] = true
	}
	return false
}
