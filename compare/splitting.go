package compare

import (
	"errors"
)

// splitting checks a claim about splitting sets. An example without two quorums
// is tried greedily; what this does not show stays open.
func (c *checker) splitting(s *Splitting) *Proof {
	if c.trust {
		return nil
	}
	switch {
	case s.Split != (!s.None() && s.Min == 0):
		return contradiction("has_split is not whether the empty set splits")
	case s.None() && s.Quorums != nil:
		return contradiction("says that no set splits, yet shows two quorums")
	case s.Quorums != nil && len(s.Quorums) != 2:
		return contradiction("quorums left disjoint: want 2, got %d", len(s.Quorums))
	}
	if c.able() && !s.None() && !c.p.core.HasQuorum() {
		return witnessed(checkHasQuorum, nil, "says that a set splits, although there is no quorum")
	}
	k := kind{
		"splitting set", checkSplitting, c.p.knownNames,
		func(m []string) error { _, err := c.p.core.GreatestQuorum(m); return err },
		mentioned,
		func([]string) []NamedSet { return nil },
	}
	_, fault := c.example(&s.Family, k)
	if fault != nil || s.None() || !c.able() {
		return fault
	}
	if s.Quorums != nil {
		return c.parted(s)
	}
	c.tryToSplit(s.Example, s.Members)
	return nil
}

// mentioned is the work of looking up names.
func mentioned(set []string) int { return len(set) }

func (p *Prepared) knownNames(set []string) error { return p.groups.CheckKnown(set) }

// parted checks the two quorums that the example leaves disjoint.
func (c *checker) parted(s *Splitting) *Proof {
	deleted := s.Members
	if deleted == nil {
		// Members need not be shown where no group is in the example.
		if c.p.groups.CheckImage(s.Example, s.Example) != nil {
			c.unchecked = errors.New("the merged splitting set shows two quorums and not its own members")
			c.tryToSplit(s.Example, nil)
			return nil
		}
		deleted = s.Example
	}
	evident, fault := c.holds(c.p.core.CheckSplitting(deleted, s.Quorums[0], s.Quorums[1]), func(reason string) *Proof {
		return witnessed(checkSplitting, splitSets(s.Example, deleted, s.Quorums), "quorums left disjoint: %s", reason)
	})
	if evident {
		c.found.splits = append(c.found.splits, split{s.Example, deleted, s.Quorums})
	}
	return fault
}

// tryToSplit looks greedily for two quorums that deleting the nodes behind names
// leaves disjoint. Where members are not known, all nodes of the groups stand
// for them: deleting more of a group mostly helps both quorums.
func (c *checker) tryToSplit(names, members []string) {
	if members == nil {
		members = c.p.groups.Nodes(names)
	}
	// Where two groups share a name the nodes of both are too many.
	if q1, q2, found := c.p.core.PartWithin(members, &c.tries); found && c.p.groups.CheckImage(names, members) == nil {
		c.found.splits = append(c.found.splits, split{names, members, [][]string{q1, q2}})
		return
	}
	c.found.open = append(c.found.open, names)
}

// splitSets shows a splitting set with its proof.
func splitSets(names, members []string, quorums [][]string) []NamedSet {
	sets := []NamedSet{{"splitting set", names}}
	if !same(names, members) {
		sets = append(sets, NamedSet{"its nodes", members})
	}
	return append(sets, numbered("quorum", quorums)...)
}

// mostTried bounds how many listed splitting sets are tried greedily.
const mostTried = 2000

// splittingSets looks for faults in the listed minimal splitting sets: names,
// sizes, and sets above another one that is shown to split.
func (c *checker) splittingSets(s *Splitting) *Proof {
	fault := c.sets(MetricSplittingFamily, &s.Family, kind{
		"splitting set", checkSplitting, c.p.knownNames, nil, mentioned,
		func([]string) []NamedSet { return nil },
	}, nil)
	if fault != nil || !c.able() {
		return fault
	}
	tried := make(map[string]bool, len(s.Sets))
	for _, known := range c.found.splits {
		tried[key(known.names)] = true
	}
	for _, open := range c.found.open {
		tried[key(open)] = true
	}
	for _, set := range s.Sets[:min(len(s.Sets), mostTried)] {
		if !tried[key(set)] {
			c.tryToSplit(set, nil)
		}
	}
	return c.aboveAnother(s)
}

// aboveAnother finds a listed set that is not minimal: a set of fewer names
// inside it splits.
func (c *checker) aboveAnother(s *Splitting) *Proof {
	if c.p.groups.Ambiguous() {
		return nil // a set inside it by name may be of other groups
	}
	above, smaller := notMinimal(s.Sets, c.found.splits)
	if above == nil {
		return nil
	}
	return witnessed(checkSplitting, append([]NamedSet{{"listed set", above}}, splitSets(smaller.names, smaller.members, smaller.quorums)...),
		"listed set %s is not minimal: %s splits already", braces(above), braces(smaller.names))
}

// mostPairs bounds the pairs of sets that are held against each other.
const mostPairs = 1_000_000

// notMinimal finds a set above one that splits; nil if there is none among the
// first pairs.
func notMinimal(sets [][]string, splits []split) (above []string, smaller split) {
	pairs := 0
	for _, set := range sets {
		for _, smaller := range splits {
			if len(smaller.names) >= len(set) {
				continue
			}
			if pairs++; pairs > mostPairs {
				return nil, split{}
			}
			if within(smaller.names, set) {
				return set, smaller
			}
		}
	}
	return nil, split{}
}
