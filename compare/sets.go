package compare

import (
	"fmt"
	"math/big"

	"understudy/engine/witness"
)

// maxSetsWork bounds the check of listed sets, in mentions of validators visited:
// some tenths of a second, where a bound by members and nodes let sets of a dense
// core take minutes.
const maxSetsWork = 10 * witness.MaxWork

// quorumSets looks for faults in the listed minimal quorums.
func (c *checker) quorumSets(q *Quorums) *Proof {
	return c.sets(MetricQuorumFamily, &q.Family, c.p.quorumKind(), &c.found.quorums)
}

// blockingSets looks for faults in the listed minimal blocking sets.
func (c *checker) blockingSets(b *Family) *Proof {
	return c.sets(MetricBlockingFamily, b, c.p.blockingKind(), &c.found.blocking)
}

// sets checks every listed set, and their number and sizes against what the
// answer says. What passes goes to evident, unless that is nil.
func (c *checker) sets(metric string, f *Family, k kind, evident *[][]string) *Proof {
	if c.trust || f.Sets == nil {
		return nil
	}
	if fault := c.listing(metric, f); fault != nil || !c.able() {
		return fault
	}
	work := 0
	for i, set := range f.Sets {
		if work += k.work(set); work > maxSetsWork {
			c.unverified[metric] = true
			c.unchecked = fmt.Errorf("%d sets are too many to check: %d were", len(f.Sets), i)
			return nil
		}
		holds, fault := c.holds(k.claim(set), func(reason string) *Proof { return k.refuted("listed set", set, reason) })
		if fault != nil {
			return fault
		}
		if c.unverified[metric] = c.unverified[metric] || !holds; holds && evident != nil {
			*evident = append(*evident, set)
		}
	}
	return nil
}

// listing checks the number and the sizes of the listed sets.
func (c *checker) listing(metric string, f *Family) *Proof {
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
	set := c.repeated(f.Sets)
	switch {
	case set == nil || c.p.mergeBy != witness.MergeNone && !c.able():
	case c.p.mergeBy == witness.MergeNone || !c.p.groups.Shared(set):
		return contradiction("%s is listed twice", braces(set))
	default: // they may be of different groups, or not
		c.unverified[metric] = true
	}
	return nil
}

// repeated finds a set that is listed twice, first one in which no group shares
// its name with another.
func (c *checker) repeated(sets [][]string) (twice []string) {
	seen := make(map[string]bool, len(sets))
	for _, set := range sets {
		text := key(set)
		if seen[text] {
			if twice = set; !c.able() || !c.p.groups.Shared(set) {
				return twice
			}
		}
		seen[text] = true
	}
	return twice
}
