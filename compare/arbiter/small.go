package arbiter

import (
	"context"
	"math/bits"
	"reflect"
	"slices"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// mask is a set of nodes of a small core, or of their groups.
type mask = uint64

// mostNodes is how many nodes a mask holds.
const mostNodes = 64

// small is a core of at most mostNodes nodes, whose sets are masks.
type small struct {
	keys []string
	all  mask
	// needs are the different quorum sets, each of the nodes of its owners.
	needs  []need
	owners []mask
	// agree[set] are the nodes whose quorum sets the nodes of set meet, be they in
	// it or not; nil: not tabulated.
	agree []mask
}

// need is a quorum set over masks.
type need struct {
	threshold int
	// lists[i] holds the validators that are listed more than i times, so that the
	// entries in a set are counted by as many population counts.
	lists []mask
	inner []need
}

// every is how many sets are tried between two looks at the context.
const every = 1 << 12

// everyMention is how many mentions of validators are visited between two looks
// at the context, as far as one node's quorum set allows.
const everyMention = 1 << 20

// newSmall takes the core as the judge reads it. A node without a set agrees
// with nothing.
func newSmall(core *witness.Core) *small {
	s := &small{keys: core.Keys()}
	index := make(map[string]int, len(s.keys))
	for v, key := range s.keys {
		index[key] = v
		s.all |= 1 << v
	}
	for v, key := range s.keys {
		q, has := core.QuorumSet(key)
		if !has {
			continue
		}
		n := newNeed(q, index)
		at := slices.IndexFunc(s.needs, func(known need) bool { return reflect.DeepEqual(known, n) })
		if at < 0 {
			at, s.needs, s.owners = len(s.needs), append(s.needs, n), append(s.owners, 0)
		}
		s.owners[at] |= 1 << v
	}
	return s
}

// tabulate fills the table of all sets.
func (s *small) tabulate(ctx context.Context) error {
	work := 0 // to try one set
	for at := range s.needs {
		work += s.needs[at].size()
	}
	look := max(1, min(every, everyMention/max(1, work)))
	table := make([]mask, s.all+1)
	for set := range table {
		if set%look == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for at := range s.needs {
			if s.needs[at].met(mask(set)) {
				table[set] |= s.owners[at]
			}
		}
	}
	s.agree = table
	return nil
}

func newNeed(q fbas.QuorumSet, index map[string]int) need {
	n := need{threshold: q.Threshold}
	listed := make(map[string]int)
	for _, key := range q.Validators {
		bit, at := mask(1)<<index[key], listed[key]
		if listed[key]++; at == len(n.lists) {
			n.lists = append(n.lists, 0)
		}
		n.lists[at] |= bit
	}
	for _, inner := range q.InnerQuorumSets {
		n.inner = append(n.inner, newNeed(inner, index))
	}
	return n
}

// size is how many lists and inner sets n has, at any depth.
func (n *need) size() int {
	size := 1 + len(n.lists)
	for i := range n.inner {
		size += n.inner[i].size()
	}
	return size
}

// met says whether the nodes of set meet n.
func (n *need) met(set mask) bool {
	missing := n.threshold
	for _, list := range n.lists {
		missing -= bits.OnesCount64(list & set)
	}
	for i := range n.inner {
		if missing <= 0 {
			break
		}
		if n.inner[i].met(set) {
			missing--
		}
	}
	return missing <= 0
}

// inside are those nodes of set that are satisfied by it once gone are deleted,
// which are not in it.
//
// To delete is to count as agreeing: say a list asks for t, d of its entries are
// deleted and h of the others agree. It then asks for t-d, not below 0, and
// h >= max(0, t-d) exactly if h+d >= t, as h is not below 0 either. An inner set
// that is met is an entry like others, so the same holds one level up.
func (s *small) inside(set, gone mask) (kept mask) {
	if s.agree != nil {
		return set & s.agree[set|gone]
	}
	for at := range s.needs {
		if s.owners[at]&set != 0 && s.needs[at].met(set|gone) {
			kept |= set & s.owners[at]
		}
	}
	return kept
}

// greatest is the greatest quorum inside set once gone are deleted; 0: none.
func (s *small) greatest(set, gone mask) mask {
	for {
		kept := s.inside(set, gone)
		if kept == set {
			return set
		}
		set = kept
	}
}

func (s *small) names(set mask) []string {
	out := []string{}
	for rest := set; rest != 0; rest &= rest - 1 {
		out = append(out, s.keys[bits.TrailingZeros64(rest)])
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
