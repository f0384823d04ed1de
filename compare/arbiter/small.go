package arbiter

import (
	"math/bits"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// mask is a set of nodes of a small system.
type mask = uint32

// small is a core of few nodes, whose sets are masks.
type small struct {
	keys []string
	all  mask
	need []need
}

// need is a quorum set over masks.
type need struct {
	threshold int
	// lists[i] holds the validators that are listed more than i times, so that the
	// entries in a set are counted by as many population counts.
	lists []mask
	inner []need
}

// newSmall takes the core as the judge reads it. A node without a set is never
// satisfied.
func newSmall(core *witness.Core) *small {
	s := &small{keys: core.Keys()}
	index := make(map[string]int, len(s.keys))
	for v, key := range s.keys {
		index[key] = v
		s.all |= 1 << v
	}
	for _, key := range s.keys {
		q, has := core.QuorumSet(key)
		if !has {
			q = fbas.QuorumSet{Threshold: 1}
		}
		s.need = append(s.need, newNeed(q, index))
	}
	return s
}

func newNeed(q fbas.QuorumSet, index map[string]int) need {
	n := need{threshold: q.Threshold}
	for _, key := range q.Validators {
		bit, at := mask(1)<<index[key], 0
		for at < len(n.lists) && n.lists[at]&bit != 0 {
			at++
		}
		if at == len(n.lists) {
			n.lists = append(n.lists, 0)
		}
		n.lists[at] |= bit
	}
	for _, inner := range q.InnerQuorumSets {
		n.inner = append(n.inner, newNeed(inner, index))
	}
	return n
}

// met says whether the nodes of in meet n once gone are deleted: a list's
// threshold falls by its own entries that are gone. The two sets are disjoint.
func (n *need) met(in, gone mask) bool {
	missing := n.threshold
	for _, list := range n.lists {
		missing -= bits.OnesCount32(list & (in | gone))
	}
	for i := range n.inner {
		if missing <= 0 {
			break
		}
		if n.inner[i].met(in, gone) {
			missing--
		}
	}
	return missing <= 0
}

// isQuorum says whether every node of set is satisfied inside it.
func (s *small) isQuorum(set, gone mask) bool {
	for rest := set; rest != 0; rest &= rest - 1 {
		if !s.need[bits.TrailingZeros32(rest)].met(set, gone) {
			return false
		}
	}
	return set != 0
}

// greatest is the greatest quorum inside set once gone are deleted; 0: none.
func (s *small) greatest(set, gone mask) mask {
	for {
		kept := set
		for rest := set; rest != 0; rest &= rest - 1 {
			if v := bits.TrailingZeros32(rest); !s.need[v].met(set, gone) {
				kept &^= 1 << v
			}
		}
		if kept == set {
			return set
		}
		set = kept
	}
}

func (s *small) names(set mask) []string {
	out := []string{}
	for rest := set; rest != 0; rest &= rest - 1 {
		out = append(out, s.keys[bits.TrailingZeros32(rest)])
	}
	return out
}

func (s *small) maskOf(keys []string) (set mask) {
	wanted := make(map[string]bool, len(keys))
	for _, key := range keys {
		wanted[key] = true
	}
	for v, key := range s.keys {
		if wanted[key] {
			set |= 1 << v
		}
	}
	return set
}
