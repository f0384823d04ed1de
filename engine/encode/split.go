package encode

import (
	"slices"

	"understudy/engine/class"
)

// Split is a splitting vector with two quorums that it leaves disjoint.
type Split struct {
	Gone    class.Vector
	Quorums [2]class.Vector
}

// holds checks the claim: the quorums and the deleted members fit beside each
// other, and both are quorums once those are deleted.
func (s Split) holds(eval *class.Evaluator, size class.Vector) bool {
	a, b := s.Quorums[0], s.Quorums[1]
	for c, m := range size {
		if min(s.Gone[c], a[c], b[c]) < 0 || s.Gone[c]+a[c]+b[c] > m {
			return false
		}
	}
	return eval.IsQuorum(a, s.Gone) && eval.IsQuorum(b, s.Gone)
}

// smaller gives deleted members back as long as parts of the two quorums, with
// the member added to either, or to none, stay quorums.
func (s Split) smaller(eval *class.Evaluator) Split {
	for c := 0; c < len(s.Gone); {
		if s.Gone[c] > 0 {
			if less, ok := s.giveBack(eval, c); ok {
				s = less
				continue
			}
		}
		c++
	}
	return s
}

func (s Split) giveBack(eval *class.Evaluator, c int) (Split, bool) {
	gone := slices.Clone(s.Gone)
	gone[c]--
	for to := range 3 {
		pair := [2]class.Vector{slices.Clone(s.Quorums[0]), slices.Clone(s.Quorums[1])}
		if to < 2 {
			pair[to][c]++
		}
		eval.Greatest(pair[0], gone)
		eval.Greatest(pair[1], gone)
		if !pair[0].Empty() && !pair[1].Empty() {
			return Split{Gone: gone, Quorums: pair}, true
		}
	}
	return s, false
}
