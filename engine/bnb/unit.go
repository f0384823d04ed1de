package bnb

import (
	"slices"

	"understudy/engine/bitset"
	"understudy/engine/class"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// units are the organizations whose members the search for a blocking set
// decides together.
type units struct {
	list []unit
	of   map[int]int // by class
}

// unit is one organization: the ways in which its members may be removed, by
// class, those that remove most first.
type unit struct {
	classes []int
	ways    [][]int
	twin    int // the unit before it that it may change places with, or -1
	way     int // the one that is being looked at
}

// newUnits lists the ways of the organizations of a form.
//
// A member counts for others only through its organization, which asks for t of
// m. Members that go but leave it met are wasted, and so are more than it takes
// to break it. Those of one class stand or fall together by their quorum set, so
// if the classes of S fall by themselves, m-|S|-t+1 others have to go, no matter
// which: that is a way for every S (for no S it breaks the organization alone),
// and removing none is one. This takes that no member is a quorum alone, and
// that members are paid one by one.
func newUnits(q *class.Quotient, form *flat.Form, price class.Price) units {
	u := units{of: map[int]int{}}
	if form == nil || price.Group != nil {
		return u
	}
	eval := q.Evaluator()
	at := map[int]int{} // by item
	twins := twin.Of(form)
	for i, item := range form.Items {
		if !divisible(q, eval, item, price) {
			continue
		}
		one := unit{ways: waysToBreak(item), twin: -1}
		for _, part := range item.Parts {
			one.classes = append(one.classes, part.Class)
			u.of[part.Class] = len(u.list)
		}
		for j := range twins.Earlier(i).All {
			if before, ok := at[j]; ok {
				one.twin = before
			}
		}
		at[i] = len(u.list)
		u.list = append(u.list, one)
	}
	return u
}

// divisible says whether an item's members are all there is of their classes,
// are paid for, and none is a quorum alone.
func divisible(q *class.Quotient, eval *class.Evaluator, item flat.Item, price class.Price) bool {
	for _, part := range item.Parts {
		single := make(class.Vector, len(q.Size))
		single[part.Class] = 1
		if part.Size != q.Size[part.Class] || price.IsFree(part.Class) || eval.IsQuorum(single, nil) {
			return false
		}
	}
	return len(item.Parts) <= 6
}

// waysToBreak lists how many members of each part to remove, as newUnits says.
func waysToBreak(item flat.Item) [][]int {
	var ways [][]int
	for s := range 1 << len(item.Parts) {
		fallen := bitset.Set{}
		need := item.Size - item.Threshold + 1
		for i, part := range item.Parts {
			if s>>i&1 == 1 {
				fallen, need = fallen.With(i), need-part.Size
			}
		}
		way := make([]int, len(item.Parts))
		for i, part := range item.Parts {
			if !fallen.Has(i) {
				way[i] = min(part.Size, max(0, need))
				need -= way[i]
			}
		}
		if need <= 0 && !slices.ContainsFunc(ways, func(known []int) bool { return slices.Equal(known, way) }) {
			ways = append(ways, way)
		}
	}
	slices.SortStableFunc(ways, func(a, b []int) int { return total(b) - total(a) })
	return ways
}

func total(list []int) int {
	n := 0
	for _, k := range list {
		n += k
	}
	return n
}

// turn gives the unit whose turn it is when u is to be decided: the first of its
// twins that is not.
func (u units) turn(at int, decided []bool) int {
	for before := u.list[at].twin; before >= 0 && !decided[u.list[before].classes[0]]; before = u.list[at].twin {
		at = before
	}
	return at
}
