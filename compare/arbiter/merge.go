package arbiter

import (
	"cmp"
	"context"
	"maps"
	"math/big"
	"math/bits"
	"slices"

	"understudy/compare"
	"understudy/engine/witness"
)

// merging tells the nodes of a small system apart by group. Groups are told
// apart by the node that stands for them, never by name.
type merging struct {
	*small
	group []int // by node: the number of its group
	name  []string
	plain bool // no node is reported under another name
}

func (s *small) merging(groups *witness.Groups) *merging {
	m := &merging{small: s, plain: true}
	number := make(map[string]int)
	for _, key := range s.keys {
		representative, name, _ := groups.Group(key)
		at, known := number[representative]
		if !known {
			at = len(m.name)
			number[representative] = at
			m.name = append(m.name, name)
		}
		m.group = append(m.group, at)
		m.plain = m.plain && name == key && representative == key
	}
	return m
}

// image is the set of groups of a set of nodes.
func (m *merging) image(set mask) (out mask) {
	for rest := set; rest != 0; rest &= rest - 1 {
		out |= 1 << m.group[bits.TrailingZeros64(rest)]
	}
	return out
}

// shown are the names of a set of groups, sorted.
func (m *merging) shown(groups mask) []string {
	out := []string{}
	for rest := groups; rest != 0; rest &= rest - 1 {
		out = append(out, m.name[bits.TrailingZeros64(rest)])
	}
	slices.Sort(out)
	return out
}

// often is how many images are compared with the smaller ones between two looks
// at the context: one takes up to half a millisecond.
const often = 1 << 6

// withoutSupersets leaves out the sets that hold an earlier one. The sets are in
// order of size, so those that stay are the minimal ones.
func withoutSupersets(ctx context.Context, sets []mask) (minimal []mask, err error) {
	var kept trie
	for i, set := range sets {
		if i%often == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !kept.within(set) {
			kept.add(set)
			minimal = append(minimal, set)
		}
	}
	return minimal, nil
}

// trie holds sets by their least element, those with the same one by their
// next, and so on.
type trie struct {
	end  bool // a set ends here
	next map[mask]*trie
}

func (t *trie) add(set mask) {
	for ; set != 0; set &= set - 1 {
		least := set & -set
		if t.next == nil {
			t.next = make(map[mask]*trie)
		}
		if t.next[least] == nil {
			t.next[least] = &trie{}
		}
		t = t.next[least]
	}
	t.end = true
}

// within says whether set holds one of the sets.
func (t *trie) within(set mask) bool {
	if t.end {
		return true
	}
	for ; set != 0; set &= set - 1 {
		if next := t.next[set&-set]; next != nil && next.within(set&(set-1)) {
			return true
		}
	}
	return false
}

// mostListed bounds the sets of a family that are listed; all are counted.
const mostListed = 10_000

// family maps the minimal sets of a kind to groups and keeps the minimal ones of
// these. It returns the family and the nodes behind its example.
func (m *merging) family(ctx context.Context, sets []mask) (f compare.Family, example mask, err error) {
	behind := make(map[mask]mask, len(sets)) // the first set of nodes with an image
	for _, set := range sets {
		image := m.image(set)
		if _, known := behind[image]; !known {
			behind[image] = set
		}
	}
	minimal := slices.SortedFunc(maps.Keys(behind), func(a, b mask) int {
		return cmp.Or(cmp.Compare(bits.OnesCount64(a), bits.OnesCount64(b)), cmp.Compare(a, b))
	})
	if len(m.name) < len(m.keys) { // else they are as minimal as the sets
		if minimal, err = withoutSupersets(ctx, minimal); err != nil {
			return f, 0, err
		}
	}
	f = compare.Family{Total: big.NewInt(int64(len(minimal))), Example: []string{}, Sets: [][]string{}}
	if len(minimal) == 0 {
		return f, 0, nil
	}
	for _, image := range minimal[:min(len(minimal), mostListed)] {
		f.Sets = append(f.Sets, m.shown(image))
	}
	f.Min, f.Example = bits.OnesCount64(minimal[0]), f.Sets[0]
	if !m.plain {
		f.Members = m.names(behind[minimal[0]])
	}
	return f, behind[minimal[0]], nil
}

// cover is the union of quorums, and some of them that have it too.
func (s *small) cover(quorums []mask) (union mask, some [][]string) {
	for _, quorum := range quorums {
		if quorum&^union != 0 {
			some = append(some, s.names(quorum))
		}
		union |= quorum
	}
	return union, some
}

// topTier is the union of the minimal quorums, with quorums that cover it.
func (m *merging) topTier(quorums []mask) *compare.TopTier {
	union, cover := m.cover(quorums)
	image := m.image(union)
	return &compare.TopTier{Members: m.shown(image), Size: bits.OnesCount64(image), Quorums: cover}
}

// quorums is the answer about the minimal quorums.
func (m *merging) quorums(ctx context.Context, minimal []mask) (*compare.Quorums, error) {
	family, _, err := m.family(ctx, minimal)
	one, other := m.disjoint(minimal)
	q := &compare.Quorums{Family: family, Intersect: len(minimal) > 0 && one == 0}
	if one != 0 {
		q.Disjoint = [][]string{m.names(one), m.names(other)}
	}
	return q, err
}

// blocking is the answer about the minimal blocking sets.
func (m *merging) blocking(ctx context.Context, minimal []mask) (*compare.Family, error) {
	family, _, err := m.family(ctx, minimal)
	return &family, err
}
