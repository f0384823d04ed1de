package compare

import (
	"errors"
	"fmt"
	"math/big"

	"understudy/engine/witness"
)

// checker looks for what is wrong with one answer by itself: contradictions
// between its fields, and evidence that fails its check. A positive claim can be
// refuted here; that nothing smaller exists, or that a set does not split,
// cannot.
type checker struct {
	p *Prepared
	// trust takes the answer as it is: the Python service's examples and totals
	// mean something else.
	trust bool
	// unchecked is why some evidence could not be checked; it is no fault.
	unchecked error
}

// able says whether there is a core to check against.
func (c *checker) able() bool { return !c.trust && c.p.err == nil }

// maxSetsWork bounds the check of listed sets: nodes of the core times members
// listed. The 945 blocking sets of the live network take 120,000.
const maxSetsWork = 4_000_000

// verify turns the result of a check into a fault, unless the claim was too
// large to check.
func (c *checker) verify(what string, err error) error {
	if errors.Is(err, witness.ErrTooLarge) {
		c.unchecked = fmt.Errorf("%s: %w", what, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// wrongAboutQuorums is the fault of an answer that contradicts the core: it is
// not empty exactly if it contains a quorum, which the reduction alone decides.
func wrongAboutQuorums(has bool) error {
	if has {
		return errors.New("says there is none, although there is a quorum")
	}
	return errors.New("says there is one, although there is no quorum")
}

func (c *checker) topTier(t *TopTier) error {
	if t.Size != len(t.Members) {
		return fmt.Errorf("size %d of %d members", t.Size, len(t.Members))
	}
	if !c.able() {
		return nil
	}
	if err := c.p.groups.CheckKnown(t.Members); err != nil {
		return fmt.Errorf("top tier: %w", err)
	}
	if (t.Size > 0) != c.p.core.HasQuorum() {
		return wrongAboutQuorums(c.p.core.HasQuorum())
	}
	if t.Quorums == nil {
		return nil
	}
	return c.verify("quorums of the top tier", c.p.groups.CheckTopTier(t.Members, t.Quorums))
}

func (c *checker) symmetric(s *Symmetric) error {
	if !c.able() {
		return nil
	}
	if own := c.p.core.SymmetricTopTier(); own == nil || canonical(own) != canonical(s.QuorumSet) {
		return errors.New("not the one set that all its members have, with no quorum outside it")
	}
	return nil
}

func (c *checker) intersection(q *Quorums) error {
	if c.trust {
		return nil
	}
	if q.Intersect && (q.None() || q.Disjoint != nil) {
		return errors.New("quorums intersect, yet there are none or two disjoint ones are shown")
	}
	if c.p.err != nil {
		return nil
	}
	if q.None() == c.p.core.HasQuorum() {
		return wrongAboutQuorums(c.p.core.HasQuorum())
	}
	if q.Disjoint == nil {
		return nil
	}
	if len(q.Disjoint) != 2 {
		return fmt.Errorf("disjoint quorums: want 2, got %d", len(q.Disjoint))
	}
	return c.verify("disjoint quorums", c.p.core.CheckDisjoint(q.Disjoint[0], q.Disjoint[1]))
}

// family looks for contradictions between the numbers and the example.
func (c *checker) family(f *Family) error {
	switch {
	case f.None() && (f.Min != 0 || len(f.Example) != 0 || len(f.Members) != 0):
		return errors.New("there is no set, yet a size or an example")
	case f.None():
		return nil
	case len(f.Example) != f.Min:
		return fmt.Errorf("the example has %d members, not min_size %d", len(f.Example), f.Min)
	case f.Min == 0 && (f.Total == nil || f.Total.Cmp(big.NewInt(1)) != 0):
		return errors.New("the empty set is the only minimal one where it is one")
	}
	return nil
}

// example checks the example of a family with the claims that hold for its name
// form and for its members.
func (c *checker) example(f *Family, merged, unmerged func([]string) error) error {
	if err := c.family(f); err != nil {
		return err
	}
	if f.None() || !c.able() {
		return nil
	}
	if err := c.verify("example", merged(f.Example)); err != nil {
		return err
	}
	if f.Members == nil {
		return nil
	}
	if err := c.verify("members of the example", c.p.groups.CheckImage(f.Example, f.Members)); err != nil {
		return err
	}
	return c.verify("members of the example", unmerged(f.Members))
}

func (c *checker) quorums(q *Quorums) error {
	if c.trust {
		return nil
	}
	if !q.None() && q.Min == 0 {
		return errors.New("the empty set is not a quorum")
	}
	if err := c.noneIfNoQuorum(&q.Family); err != nil {
		return err
	}
	return c.example(&q.Family, func(e []string) error { return c.p.groups.CheckMinimalQuorum(e) },
		func(m []string) error { return c.p.core.CheckQuorum(m) })
}

func (c *checker) blocking(b *Family) error {
	if c.trust {
		return nil
	}
	if err := c.noneIfNoQuorum(b); err != nil {
		return err
	}
	return c.example(b, func(e []string) error { return c.p.groups.CheckMinimalBlocking(e, c.p.faulty) },
		func(m []string) error { return c.p.core.CheckBlocking(m, c.p.faulty) })
}

// noneIfNoQuorum holds for quorums and blocking sets: there is one exactly where
// there is a quorum.
func (c *checker) noneIfNoQuorum(f *Family) error {
	if c.able() && f.None() == c.p.core.HasQuorum() {
		return wrongAboutQuorums(c.p.core.HasQuorum())
	}
	return nil
}

func (c *checker) splitting(s *Splitting) error {
	if c.trust {
		return nil
	}
	if s.Split != (!s.None() && s.Min == 0) {
		return errors.New("has_split is not whether the empty set splits")
	}
	if s.None() && s.Quorums != nil {
		return errors.New("no set splits, yet two quorums are shown")
	}
	if c.able() && !s.None() && !c.p.core.HasQuorum() {
		return errors.New("nothing splits where there is no quorum")
	}
	known := func(e []string) error { return c.p.groups.CheckKnown(e) }
	inCore := func(m []string) error { _, err := c.p.core.GreatestQuorum(m); return err }
	if err := c.example(&s.Family, known, inCore); err != nil || !c.able() || s.Quorums == nil {
		return err
	}
	return c.parted(s)
}

// parted checks the two quorums that the example leaves disjoint.
func (c *checker) parted(s *Splitting) error {
	if len(s.Quorums) != 2 {
		return fmt.Errorf("quorums left disjoint: want 2, got %d", len(s.Quorums))
	}
	deleted := s.Members
	if deleted == nil {
		// Members need not be shown where no group is in the example.
		if c.p.groups.CheckImage(s.Example, s.Example) != nil {
			c.unchecked = errors.New("the merged splitting set shows two quorums and not its own members")
			return nil
		}
		deleted = s.Example
	}
	return c.verify("quorums left disjoint", c.p.core.CheckSplitting(deleted, s.Quorums[0], s.Quorums[1]))
}

func (c *checker) networkIntersection(n *Network) error {
	if c.able() && n.Intersect && !c.p.core.HasQuorum() {
		return errors.New("no quorum, hence none that intersect")
	}
	return nil
}

func (c *checker) networkSymmetric(n *Network) error {
	if c.able() && n.Symmetric && c.p.core.SymmetricTopTier() == nil {
		return errors.New("no set is the one that all its members have, with no quorum outside it")
	}
	return nil
}

func (c *checker) networkTopTier(n *Network) error {
	for i, level := range n.Levels {
		if c.able() && (level.TopTier > 0) != c.p.core.HasQuorum() {
			return fmt.Errorf("%s: %w", levelNames[i], wrongAboutQuorums(c.p.core.HasQuorum()))
		}
	}
	return nil
}
