package engine

import (
	"math/bits"
	"slices"

	"understudy/engine/fbas"
)

// oracle evaluates the definitions by trying all subsets. It shares no code with
// the engine: it reads the network as it was sent (oracle_reading_test.go), and
// serves networks of at most 12 core nodes. Sets of nodes are bit masks over
// keys.
type oracle struct {
	network *fbas.Network
	python  bool
	keys    []string // core, sorted
	sets    []*requirement
	asks    mask // nodes that have a set
	all     mask
	bySize  []mask // all masks
	meets   []mask // by mask: the nodes whose own set it meets, or that agree with anything
	quorums []mask // minimal
	// tierQuorums are those minimal quorums of which quorums and top tier speak:
	// in python semantics those of the component that is looked at.
	tierQuorums []mask
}

type mask = uint

// requirement is a quorum set over nodes.
type requirement struct {
	threshold int
	listed    []mask // one node each, as often as the list has it
	inner     []*requirement
}

func (q *requirement) metBy(set mask) bool {
	n := 0
	for _, node := range q.listed {
		if node&set != 0 {
			n++
		}
	}
	for _, inner := range q.inner {
		if inner.metBy(set) {
			n++
		}
	}
	return n >= q.threshold
}

// mentioned are the nodes that occur in a set, at any depth.
func (q *requirement) mentioned() (nodes mask) {
	if q == nil {
		return 0
	}
	for _, node := range q.listed {
		nodes |= node
	}
	for _, inner := range q.inner {
		nodes |= inner.mentioned()
	}
	return nodes
}

func newOracle(n *fbas.Network, semantics Semantics) *oracle {
	o := &oracle{network: n, python: semantics == SemanticsPython}
	o.read(semantics)
	o.all = 1<<len(o.keys) - 1
	for set := range o.all + 1 {
		var met mask
		for v, q := range o.sets {
			if q == nil && o.python || q != nil && q.metBy(set) {
				met |= 1 << v
			}
		}
		o.meets = append(o.meets, met)
		o.bySize = append(o.bySize, set)
	}
	slices.SortStableFunc(o.bySize, func(a, b mask) int { return bits.OnesCount(a) - bits.OnesCount(b) })
	for v, q := range o.sets {
		if q != nil {
			o.asks |= 1 << v
		}
	}
	o.quorums = o.minimalWith(func(set mask) bool { return o.isQuorumBeside(set, 0) })
	o.tierQuorums = o.quorums
	if o.python {
		o.tierQuorums = nil
		within := o.looksAt()
		for _, q := range o.quorums {
			if q&^within == 0 {
				o.tierQuorums = append(o.tierQuorums, q)
			}
		}
	}
	return o
}

// isQuorumBeside says whether set is a quorum once the nodes of gone, which are
// not in it, are deleted: every list asks for one less for each entry it loses.
// That is the same as counting the deleted as agreeing, since both sides of the
// comparison lose them (TestOracle_CountsTheDeletedAsAgreeing).
func (o *oracle) isQuorumBeside(set, gone mask) bool {
	return set&^o.meets[set|gone] == 0 && set&o.asks != 0
}

// greatestBeside is the union of the quorums in within beside the deleted.
func (o *oracle) greatestBeside(within, gone mask) mask {
	for {
		next := within & o.meets[within|gone]
		switch {
		case next != within:
			within = next
		case within&o.asks == 0:
			return 0
		default:
			return within
		}
	}
}

// minimalWith lists the inclusion-minimal masks that have a property.
func (o *oracle) minimalWith(has func(mask) bool) []mask {
	var found []mask
	for _, set := range o.bySize {
		if !slices.ContainsFunc(found, func(f mask) bool { return f&set == f }) && has(set) {
			found = append(found, set)
		}
	}
	return found
}

// disjoint says whether two quorums have no node in common.
func (o *oracle) disjoint() bool {
	for _, a := range o.quorums {
		if slices.ContainsFunc(o.quorums, func(b mask) bool { return a&b == 0 }) {
			return true
		}
	}
	return false
}

// intersects is the verdict: python-fbas asks whether quorums are disjoint, the
// Rust scanner whether there are quorums and each two meet.
func (o *oracle) intersects() bool {
	return !o.disjoint() && (o.python || len(o.quorums) > 0)
}

func (o *oracle) topTier() (tier mask) {
	if o.python && o.disjoint() {
		return 0
	}
	for _, q := range o.tierQuorums {
		tier |= q
	}
	return tier
}

// blocking are the minimal blocking sets without what failed already.
func (o *oracle) blocking(faulty []string) []mask {
	if len(o.keys) == 0 || len(o.quorums) == 0 && !o.python {
		return nil
	}
	var failed mask
	for i, key := range o.keys {
		if slices.Contains(faulty, key) {
			failed |= 1 << i
		}
	}
	hitting := o.minimalWith(func(set mask) bool {
		if o.python {
			return set != 0 && o.cascade(set) == o.all
		}
		return !slices.ContainsFunc(o.quorums, func(q mask) bool { return q&set == 0 })
	})
	for i := range hitting {
		hitting[i] &^= failed
	}
	return minimalMasks(hitting)
}

// cascade is what falls with the nodes of set, as python-fbas has it: free nodes
// at once, and each node that those still up don't satisfy.
func (o *oracle) cascade(set mask) mask {
	fallen := set | o.all&^o.asks
	for {
		next := fallen | o.all&^o.meets[o.all&^fallen]
		if next == fallen {
			return fallen
		}
		fallen = next
	}
}

func minimalMasks(masks []mask) []mask {
	slices.SortFunc(masks, func(a, b mask) int { return bits.OnesCount(a) - bits.OnesCount(b) })
	var kept []mask
	for _, set := range masks {
		if !slices.ContainsFunc(kept, func(k mask) bool { return k&set == k }) {
			kept = append(kept, set)
		}
	}
	return kept
}

func (o *oracle) splitting() []mask {
	return o.minimalWith(func(gone mask) bool {
		rest := o.all &^ gone
		for a := rest; a != 0; a = (a - 1) & rest {
			if o.isQuorumBeside(a, gone) && o.greatestBeside(rest&^a, gone) != 0 {
				return true
			}
		}
		return false
	})
}

// historyCritical are what the quorums have of nodes without a history error.
func (o *oracle) historyCritical() []mask {
	var left []mask
	working := o.working()
	for set := range o.all + 1 {
		if o.isQuorumBeside(set, 0) {
			left = append(left, set&working)
		}
	}
	return minimalMasks(left)
}
