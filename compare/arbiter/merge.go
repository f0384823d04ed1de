package arbiter

import (
	"cmp"
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
		out |= 1 << m.group[bits.TrailingZeros32(rest)]
	}
	return out
}

// shown are the names of a set of groups, sorted.
func (m *merging) shown(groups mask) []string {
	out := []string{}
	for rest := groups; rest != 0; rest &= rest - 1 {
		out = append(out, m.name[bits.TrailingZeros32(rest)])
	}
	slices.Sort(out)
	return out
}

// mostListed bounds the sets of a family that are listed; all are counted.
const mostListed = 10_000

// family maps the minimal sets of a kind to groups and keeps the minimal ones of
// these. It returns the family and the nodes behind its example.
func (m *merging) family(sets []mask) (compare.Family, mask) {
	behind := make(map[mask]mask, len(sets)) // the first set of nodes with an image
	for _, set := range sets {
		image := m.image(set)
		if _, known := behind[image]; !known {
			behind[image] = set
		}
	}
	above := make([]bool, 1<<len(m.name)) // holds an image
	var minimal []mask
	for set := range above {
		image := mask(set)
		if above[image] = withOneLess(above, image); above[image] {
			continue
		}
		if _, above[image] = behind[image]; above[image] {
			minimal = append(minimal, image)
		}
	}
	slices.SortStableFunc(minimal, func(a, b mask) int { return cmp.Compare(bits.OnesCount32(a), bits.OnesCount32(b)) })
	f := compare.Family{Total: big.NewInt(int64(len(minimal))), Example: []string{}, Sets: [][]string{}}
	if len(minimal) == 0 {
		return f, 0
	}
	for _, image := range minimal[:min(len(minimal), mostListed)] {
		f.Sets = append(f.Sets, m.shown(image))
	}
	f.Min, f.Example = bits.OnesCount32(minimal[0]), f.Sets[0]
	if !m.plain {
		f.Members = m.names(behind[minimal[0]])
	}
	return f, behind[minimal[0]]
}
