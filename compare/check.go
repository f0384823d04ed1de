package compare

import (
	"errors"
	"fmt"
	"math/big"

	"understudy/engine/witness"
)

// checker looks for what is wrong with one answer by itself: contradictions
// between its fields, and evidence that fails its check. What passes is kept as
// evidence against the other answer. A positive claim can be refuted here; that
// nothing smaller exists, or that a set does not split, cannot.
type checker struct {
	p *Prepared
	// trust takes the answer as it is: the Python service's examples and totals
	// mean something else.
	trust bool
	// unchecked is why some evidence could not be checked; it is no fault.
	unchecked error
	found     evidence
	// unverified are the families with listed sets that were not all checked.
	unverified map[string]bool
	// tries is the work left for trying to show that sets split.
	tries int
}

// maxTries bounds that work, in mentions of validators visited: a tenth of a
// second. What it leaves untried is open: neither refuted nor shown.
const maxTries = 4 * witness.MaxWork

// checker is a new one; trust as in its field.
func (p *Prepared) checker(trust bool) *checker {
	return &checker{p: p, trust: trust, unverified: map[string]bool{}, tries: maxTries}
}

// evidence are claims of an answer that passed their checks. Sets are names,
// merged where the question merges.
type evidence struct {
	quorums, blocking [][]string
	splits            []split
	disjoint          [][]string // two quorums by public key, or nil
	tier              [][]string // minimal quorums by public key
	open              [][]string // splitting sets that no two quorums were found for
}

// split is a splitting set with what proves it.
type split struct {
	names, members []string
	quorums        [][]string
}

// able says whether there is a core to check against.
func (c *checker) able() bool { return !c.trust && c.p.err == nil }

// holds turns the result of a check into a proof against the claim, nil where it
// passed. A claim too large to check is neither refuted nor evidence.
func (c *checker) holds(err error, refuted func(reason string) *Proof) (evidence bool, fault *Proof) {
	switch {
	case errors.Is(err, witness.ErrTooLarge):
		c.unchecked = err
		return false, nil
	case err != nil:
		return false, refuted(err.Error())
	}
	return true, nil
}

// noQuorum is the fault of an answer that contradicts the core: it is empty
// exactly if the core holds no quorum, which the reduction alone decides.
func (c *checker) noQuorum(saysNone bool) *Proof {
	has := c.p.core.HasQuorum()
	if !c.able() || saysNone != has {
		return nil
	}
	if !has {
		return witnessed(checkHasQuorum, nil, "says that there is one, although the greatest set in which every node is satisfied is empty")
	}
	quorum := c.p.greatest(nil)
	return witnessed(checkHasQuorum, []NamedSet{{"quorum", quorum}},
		"says that there is none, although %s is a quorum: each member's quorum set is met inside it", braces(quorum))
}

func (c *checker) topTier(t *TopTier) *Proof {
	if t.Size != len(t.Members) {
		return contradiction("says size %d of %d members", t.Size, len(t.Members))
	}
	if !c.able() {
		return nil
	}
	if err := c.p.groups.CheckKnown(t.Members); err != nil {
		return witnessed(checkKnown, []NamedSet{{"top tier", t.Members}}, "top tier: %v", err)
	}
	if fault := c.noQuorum(t.Size == 0); fault != nil || t.Quorums == nil {
		return fault
	}
	_, fault := c.holds(c.p.groups.CheckTopTier(t.Members, t.Quorums), func(reason string) *Proof {
		return witnessed(checkTopTier, numbered("quorum", t.Quorums), "quorums of the top tier: %s", reason)
	})
	if fault == nil {
		c.found.tier = t.Quorums // each was checked to be a quorum; which ones are minimal is asked where it matters
	}
	return fault
}

func (c *checker) intersection(q *Quorums) *Proof {
	if c.trust {
		return nil
	}
	if q.Intersect && (q.None() || q.Disjoint != nil) {
		return contradiction("says that quorums intersect, yet there are none or two disjoint ones are shown")
	}
	if !c.able() {
		return nil
	}
	if fault := c.noQuorum(q.None()); fault != nil || q.Disjoint == nil {
		return fault
	}
	if len(q.Disjoint) != 2 {
		return contradiction("disjoint quorums: want 2, got %d", len(q.Disjoint))
	}
	evident, fault := c.holds(c.p.core.CheckDisjoint(q.Disjoint[0], q.Disjoint[1]), func(reason string) *Proof {
		return witnessed(checkDisjoint, numbered("quorum", q.Disjoint), "disjoint quorums: %s", reason)
	})
	if evident {
		c.found.disjoint = q.Disjoint
	}
	return fault
}

// family looks for contradictions between the numbers and the example.
func (c *checker) family(f *Family) *Proof {
	switch {
	case f.None() && (f.Min != 0 || len(f.Example) != 0 || len(f.Members) != 0):
		return contradiction("says that there is no set, yet gives a size or an example")
	case f.None():
		return nil
	case len(f.Example) != f.Min:
		return contradiction("the example has %d members, not min_size %d", len(f.Example), f.Min)
	case f.Min == 0 && (f.Total == nil || f.Total.Cmp(big.NewInt(1)) != 0):
		return contradiction("says that the empty set is one and not the only one, yet it is the only minimal one where it is one")
	}
	return nil
}

// kind is what the checks of a family of one kind are made of.
type kind struct {
	name, check string
	// claim says why names are not such a minimal set; members the same of the
	// unmerged nodes behind one.
	claim, members func(set []string) error
	// work bounds the mentions of validators that claim visits.
	work func(set []string) int
	// shown is what shows that names are none, beside them.
	shown func(names []string) []NamedSet
}

func (p *Prepared) quorumKind() kind {
	return kind{
		"quorum", checkQuorum, p.checkQuorum,
		func(m []string) error { return p.core.CheckQuorum(m) },
		p.groups.Work,
		func([]string) []NamedSet { return nil },
	}
}

func (p *Prepared) blockingKind() kind {
	return kind{
		"blocking set", checkBlocking, p.checkBlocking,
		func(m []string) error { return p.core.CheckBlocking(m, p.faulty) },
		p.groups.Work,
		func(names []string) []NamedSet {
			if left := p.greatest(append(p.groups.Nodes(names), p.faulty...)); len(left) > 0 {
				return []NamedSet{{"quorum that remains", left}}
			}
			return nil
		},
	}
}

func (p *Prepared) checkQuorum(set []string) error { return p.groups.CheckMinimalQuorum(set) }

func (p *Prepared) checkBlocking(set []string) error {
	return p.groups.CheckMinimalBlocking(set, p.faulty)
}

// refuted is the proof that names, called what, are no set of the kind.
func (k kind) refuted(what string, names []string, reason string) *Proof {
	return witnessed(k.check, append([]NamedSet{{what, names}}, k.shown(names)...), "%s: %s", what, reason)
}

// example checks the example of a family, merged and, where they are shown, its
// members.
func (c *checker) example(f *Family, k kind) (evident bool, fault *Proof) {
	if fault := c.family(f); fault != nil || f.None() || !c.able() {
		return false, fault
	}
	evident, fault = c.holds(k.claim(f.Example), func(reason string) *Proof { return k.refuted("example", f.Example, reason) })
	if fault != nil || f.Members == nil {
		return evident, fault
	}
	if err := c.p.groups.CheckImage(f.Example, f.Members); err != nil {
		return false, witnessed(k.check, []NamedSet{{"members of the example", f.Members}}, "members of the example: %v", err)
	}
	_, fault = c.holds(k.members(f.Members), func(reason string) *Proof {
		return witnessed(k.check, []NamedSet{{"members of the example", f.Members}}, "members of the example: %s", reason)
	})
	return evident && fault == nil, fault
}

func (c *checker) quorums(q *Quorums) *Proof {
	if c.trust {
		return nil
	}
	if !q.None() && q.Min == 0 {
		return contradiction("says that the empty set is a quorum")
	}
	if fault := c.none(&q.Family); fault != nil {
		return fault
	}
	evident, fault := c.example(&q.Family, c.p.quorumKind())
	if evident {
		c.found.quorums = append(c.found.quorums, q.Example)
	}
	return fault
}

func (c *checker) blocking(b *Family) *Proof {
	if c.trust {
		return nil
	}
	if fault := c.none(b); fault != nil {
		return fault
	}
	evident, fault := c.example(b, c.p.blockingKind())
	if evident {
		c.found.blocking = append(c.found.blocking, b.Example)
	}
	return fault
}

// none holds for quorums and blocking sets: there is one exactly where there is
// a quorum.
func (c *checker) none(f *Family) *Proof {
	if !c.able() {
		return nil
	}
	return c.noQuorum(f.None())
}

func numbered(what string, sets [][]string) (out []NamedSet) {
	for i, set := range sets {
		out = append(out, NamedSet{fmt.Sprintf("%s %d", what, i+1), set})
	}
	return out
}
