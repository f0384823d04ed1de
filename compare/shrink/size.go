package shrink

import (
	"slices"

	"understudy/compare/edit"
)

// size is what is to become less: the first of its numbers that differs decides.
type size [7]int

func sizeOf(n *edit.Network) size {
	s := size{0: len(n.Nodes), 6: len(n.Fields)}
	if n.Organizations != nil {
		s[4]++
	}
	if n.Faulty != nil {
		s[5] = 1 + len(n.Faulty)
	}
	different := make(map[string]bool)
	n.Lists(func(list *edit.Set) {
		s[1] += list.Members()
		s[3] += list.Threshold
		s[6] += len(list.Fields)
	})
	for i := range n.Nodes {
		s[6] += len(n.Nodes[i].Fields)
		if set := n.Nodes[i].Set; set != nil {
			different[set.String()] = true
		}
	}
	s[2] = len(different)
	for _, o := range n.Organizations {
		s[4] += 1 + len(o.Validators)
		s[6] += len(o.Fields)
	}
	return s
}

func (s size) less(than size) bool { return slices.Compare(s[:], than[:]) < 0 }

func (s size) nodes() int   { return s[0] }
func (s size) members() int { return s[1] }
