package bnb

import (
	"slices"

	"understudy/engine/bitset"
	"understudy/engine/fbas"
	"understudy/engine/flat"
)

// A status is what an item is to one of the two quorums A and B: counted by
// members that are satisfied there (in one of several ways), counted because
// enough of its members are deleted, or missed. Statuses are numbered from the
// one that gives most to the one that gives least: 0 to ways-1 are the ways,
// then come deleted and missed.
type statuses struct {
	ways []way
}

// way is how satisfied members can make an item count: the quorum sets they
// demand to be met, and whether one of them has a quorum set at all (a quorum
// needs such a member).
type way struct {
	demand  bitset.Set
	someone bool
}

func (s *statuses) deleted() int { return len(s.ways) }
func (s *statuses) missed() int  { return len(s.ways) + 1 }
func (s *statuses) count() int   { return len(s.ways) + 2 }

// role is what an item is to both quorums at once: how many members of each of
// its parts are in A, in B and deleted, and what the deleted ones cost.
type role struct {
	cost int
	in   [2][]int
	gone []int
}

// roles are the cheapest roles of an item for every pair of statuses.
type roles struct {
	statuses
	pair [][]*role // by status in A and status in B; nil: impossible
}

// maxWays bounds the ways of one item (a state has 16 bits for its statuses), and maxRoles the combinations that are
// tried to find them.
const (
	maxWays  = 14
	maxRoles = 20_000
)

// newRoles lists the roles of an item. With f deleted, a members in A and b in
// B, of any parts, a quorum counts the item if a+f (or b+f) reach the
// threshold t. Members beyond that help nobody, and members in A without the
// item being counted there help nobody either (leave them out: nothing else
// changes), so a is 0 or t-f. For an organization of m members with one quorum
// set this leaves the roles of a textbook: in A only or B only for nothing,
// both for max(0, 2t-m) deleted, deleted for t, neither.
//
// A role is left out when another one that counts for the same sides costs no
// more, demands no more on either side and is no less somebody there. It says
// false where there are too many.
func newRoles(item flat.Item, onePrice bool) (*roles, bool) {
	e := &enumeration{item: item, t: item.Threshold, onePrice: onePrice}
	e.run()
	if e.tried > maxRoles {
		return nil, false
	}
	found := e.undominated()
	r := &roles{}
	for _, c := range found {
		for side := range 2 {
			if c.counted[side] && !c.deleted && r.find(c.way[side]) < 0 {
				r.ways = append(r.ways, c.way[side])
			}
		}
	}
	if len(r.ways) > maxWays {
		return nil, false
	}
	r.pair = make([][]*role, r.count())
	for i := range r.pair {
		r.pair[i] = make([]*role, r.count())
	}
	for _, c := range found {
		at := &r.pair[r.statusOf(c, 0)][r.statusOf(c, 1)]
		if *at == nil || (*at).cost > c.cost {
			*at = &role{cost: c.cost, in: c.in, gone: c.gone}
		}
	}
	return r, true
}

func (s *statuses) find(w way) int { return slices.Index(s.ways, w) }

func (s *statuses) statusOf(c candidate, side int) int {
	switch {
	case c.deleted:
		return s.deleted()
	case c.counted[side]:
		return s.find(c.way[side])
	}
	return s.missed()
}

// candidate is a role that may be dominated.
type candidate struct {
	role
	deleted bool // t members are: it counts for both sides
	counted [2]bool
	way     [2]way
}

type enumeration struct {
	item     flat.Item
	t        int
	onePrice bool
	tried    int
	found    []candidate
}

func (e *enumeration) run() {
	parts := len(e.item.Parts)
	room := make([]int, parts)
	for i, p := range e.item.Parts {
		room[i] = p.Size
	}
	for f := 0; f <= e.t; f++ {
		e.choose(room, f, true, func(gone []int) {
			left := minus(room, gone)
			for _, a := range []int{0, e.t - f} {
				e.choose(left, a, false, func(inA []int) {
					rest := minus(left, inA)
					for _, b := range []int{0, e.t - f} {
						e.choose(rest, b, false, func(inB []int) { e.add(f, gone, inA, inB) })
						if b == e.t-f {
							break // both are 0
						}
					}
				})
				if a == e.t-f {
					break
				}
			}
		})
	}
}

func minus(x, y []int) []int {
	z := slices.Clone(x)
	for i, k := range y {
		z[i] -= k
	}
	return z
}

// choose calls visit for the ways to take n members out of room; members that
// are never satisfied can only be deleted.
func (e *enumeration) choose(room []int, n int, deleting bool, visit func([]int)) {
	taken := make([]int, len(room))
	var next func(at, left int)
	next = func(at, left int) {
		if e.tried > maxRoles {
			return
		}
		if at == len(room) {
			if e.tried++; left == 0 {
				visit(slices.Clone(taken))
			}
			return
		}
		most, least := min(left, room[at]), 0
		if !deleting && e.item.Parts[at].Never() {
			most = 0
		}
		if at == len(room)-1 {
			least = left // all that is left to take
		}
		for k := least; k <= most; k++ {
			taken[at] = k
			next(at+1, left-k)
		}
		taken[at] = 0
	}
	next(0, n)
}

func (e *enumeration) add(f int, gone, inA, inB []int) {
	c := candidate{role: role{cost: f, in: [2][]int{inA, inB}, gone: gone}, deleted: f == e.t}
	if e.onePrice {
		c.cost = min(f, 1)
	}
	for side, in := range c.in {
		c.counted[side] = slices.ContainsFunc(in, func(k int) bool { return k > 0 })
		c.way[side] = e.way(in)
	}
	if c.deleted {
		c.counted = [2]bool{true, true}
	}
	e.found = append(e.found, c)
}

// way is what members demand.
func (e *enumeration) way(members []int) way {
	var w way
	for i, k := range members {
		if set := e.item.Parts[i].Set; k > 0 && set != fbas.Free {
			w.demand, w.someone = w.demand.With(set), true
		}
	}
	return w
}

// undominated keeps one of each kind.
func (e *enumeration) undominated() []candidate {
	var kept []candidate
	for i, c := range e.found {
		beaten := false
		for j, d := range e.found {
			if j != i && d.beats(c) && (j < i || !c.beats(d)) {
				beaten = true
				break
			}
		}
		if !beaten {
			kept = append(kept, c)
		}
	}
	return kept
}

// beats says that d is at least as good as c in every respect.
func (d candidate) beats(c candidate) bool {
	if d.cost > c.cost || d.counted != c.counted || d.deleted != c.deleted {
		return false
	}
	for side := range 2 {
		if !d.way[side].demand.Minus(c.way[side].demand).Empty() ||
			c.way[side].someone && !d.way[side].someone {
			return false
		}
	}
	return true
}
