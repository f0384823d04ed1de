package compare

import (
	"fmt"
	"slices"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// symmetric holds a claimed symmetric top tier against the core's own, which is
// plain to see: no search is needed in either direction.
func (c *checker) symmetric(s *Symmetric) *Proof {
	if !c.able() {
		return nil
	}
	own := c.p.core.SymmetricTopTier()
	shown := own
	if own != nil && c.p.mergeBy != witness.MergeNone {
		merged := c.p.display(*own)
		shown = &merged
	}
	switch {
	case own == nil && s.QuorumSet != nil:
		return witnessed(checkSymmetric, nil, "says that there is one, although no set is the one that all its members have, with no quorum outside it")
	case own != nil && s.QuorumSet == nil:
		return witnessed(checkSymmetric, []NamedSet{{"its members", validators(*own)}},
			"says that there is none, although every one of %s has the set %s and no quorum is outside them", braces(validators(*own)), canonical(own))
	case own != nil && canonical(s.QuorumSet) != canonical(shown):
		return witnessed(checkSymmetric, []NamedSet{{"its members", validators(*own)}},
			"says %s, although it is %s", canonical(s.QuorumSet), canonical(shown))
	}
	return nil
}

// validators lists everyone a quorum set names, each once.
func validators(q fbas.QuorumSet) []string {
	out := slices.Clone(q.Validators)
	for _, inner := range q.InnerQuorumSets {
		out = append(out, validators(inner)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// display is q with its validators replaced by their groups, as the Rust scanner
// prints it: an inner set with one validator becomes that validator, whatever
// else it holds, and a list of one group only becomes that group once with
// threshold 1. That is a way of display, not a quorum set with a meaning.
func (p *Prepared) display(q fbas.QuorumSet) fbas.QuorumSet {
	out, groups := p.merged(q)
	for _, g := range groups {
		out.Validators = append(out.Validators, g.name)
	}
	return out
}

// group is what tells groups apart, and what one is called.
type group struct{ representative, name string }

// merged is display with the validators apart.
func (p *Prepared) merged(q fbas.QuorumSet) (out fbas.QuorumSet, groups []group) {
	out.Threshold = q.Threshold
	for _, key := range q.Validators {
		representative, name, _ := p.groups.Group(key)
		groups = append(groups, group{representative, name})
	}
	for _, inner := range q.InnerQuorumSets {
		if _, own := p.merged(inner); len(own) == 1 {
			groups = append(groups, own[0])
			continue
		}
		out.InnerQuorumSets = append(out.InnerQuorumSets, p.display(inner))
	}
	other := func(g group) bool { return g.representative != groups[0].representative }
	if len(groups) > 0 && !slices.ContainsFunc(groups, other) {
		out.Threshold, groups = 1, groups[:1]
	}
	return out, groups
}

func (c *checker) networkIntersection(n *Network) *Proof {
	if c.able() && n.Intersect && !c.p.core.HasQuorum() {
		return witnessed(checkHasQuorum, nil, "says that quorums intersect, although there is none")
	}
	return nil
}

func (c *checker) networkSymmetric(n *Network) *Proof {
	if !c.able() || n.Symmetric == (c.p.core.SymmetricTopTier() != nil) {
		return nil
	}
	if n.Symmetric {
		return witnessed(checkSymmetric, nil, "says that there is one, although no set is the one that all its members have, with no quorum outside it")
	}
	own := c.p.core.SymmetricTopTier()
	return witnessed(checkSymmetric, []NamedSet{{"its members", validators(*own)}},
		"says that there is none, although every one of %s has the set %s and no quorum is outside them", braces(validators(*own)), canonical(own))
}

func (c *checker) networkTopTier(n *Network) *Proof {
	for i, level := range n.Levels {
		if !c.able() {
			return nil
		}
		if fault := c.noQuorum(level.TopTier == 0); fault != nil {
			fault.Sentence = fmt.Sprintf("%s: %s", levelNames[i], fault.Sentence)
			return fault
		}
	}
	return nil
}
