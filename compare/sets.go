package compare

import (
	"fmt"
	"math/big"
	"slices"

	"understudy/engine/witness"
)

// maxSetsWork bounds the check of listed sets: nodes of the core times members
// listed. The 945 blocking sets of the live network take 120,000.
const maxSetsWork = 4_000_000

// quorumSets looks for faults in the listed minimal quorums.
func (c *checker) quorumSets(q *Quorums) *Proof {
	return c.sets(&q.Family, c.p.quorumKind(), &c.found.quorums)
}

// blockingSets looks for faults in the listed minimal blocking sets.
func (c *checker) blockingSets(b *Family) *Proof {
	return c.sets(b, c.p.blockingKind(), &c.found.blocking)
}

// sets checks every listed set, and their number and sizes against what the
// answer says. What passes goes to evident, unless that is nil.
func (c *checker) sets(f *Family, k kind, evident *[][]string) *Proof {
	if c.trust || f.Sets == nil {
		return nil
	}
	if fault := c.listing(f); fault != nil || !c.able() {
		return fault
	}
	members := 0
	for _, set := range f.Sets {
		members += len(set)
	}
	if members*len(c.p.core.Keys()) > maxSetsWork {
		c.unchecked = fmt.Errorf("%d sets are too many to check", len(f.Sets))
		return nil
	}
	for _, set := range f.Sets {
		holds, fault := c.holds(k.claim(set), func(reason string) *Proof { return k.refuted("listed set", set, reason) })
		if fault != nil {
			return fault
		}
		if holds && evident != nil {
			*evident = append(*evident, set)
		}
	}
	return nil
}

// listing checks the number and the sizes of the listed sets.
func (c *checker) listing(f *Family) *Proof {
	if f.Total != nil && f.Total.Cmp(big.NewInt(int64(len(f.Sets)))) < 0 {
		return contradiction("lists %d sets of %s", len(f.Sets), f.Total)
	}
	least := -1
	for _, set := range f.Sets {
		if least < 0 || len(set) < least {
			least = len(set)
		}
	}
	if least >= 0 && (least < f.Min || f.Known() == KnownWhole && least != f.Min) {
		return contradiction("the least listed set has %d members, min_size is %d", least, f.Min)
	}
	if c.p.mergeBy == witness.MergeNone {
		if set := repeated(f.Sets); set != nil {
			return contradiction("%s is listed twice", braces(set))
		}
	}
	return nil
}

// repeated finds a set that is listed twice. Merged families may repeat a name,
// hence a set of names.
func repeated(sets [][]string) []string {
	seen := make(map[string]bool, len(sets))
	for _, set := range sets {
		text := fmt.Sprintf("%q", slices.Sorted(slices.Values(set)))
		if seen[text] {
			return set
		}
		seen[text] = true
	}
	return nil
}
