package bnb

import (
	"context"
	"slices"

	"understudy/engine/class"
	"understudy/engine/flat"
)

// MinimumBlocking finds a cheapest blocking vector: without its members no
// quorum is left. It needs no flat form (nil), but decides twins in order where
// there is one. Members of free classes (they have
// failed already) are removed first, for nothing. Where there is no quorum to
// begin with, nothing blocks.
//
// A node of the search has removed some members for good and kept others. If
// what is kept holds a quorum, nothing below blocks. The bound: in any blocking
// set of the rest, think of its members as failing first and of the others
// falling one after the other when their quorum sets are no longer met; of the
// greatest quorum u of what may be left, either all members are in the set, or
// there is a first one to fall, and only members of the set have made its
// quorum set fall. So the set costs at least the cheapest way to break one of
// the quorum sets in u. This holds for every quorum inside u as well, since it
// must be blocked too: peeling off the class that is cheapest to break, again
// and again, and taking the best bound on the way is what makes the search
// short.
//
// When ctx ends, or nodes are visited (0: any number), the result is not
// complete; its lower bound is that of the root.
func MinimumBlocking(ctx context.Context, q *class.Quotient, form *flat.Form, price class.Price, nodes int64) (class.Minimum, error) {
	b := &blocking{
		q: q, price: price, eval: q.Evaluator(), run: newRun(ctx, nodes),
		decided: make([]bool, len(q.Size)), removed: make(class.Vector, len(q.Size)), left: slices.Clone(q.Size),
		kept: make(class.Vector, len(q.Size)), cost: make([]int, len(q.Vertices)), groups: groupsOf(q, price),
		touched: map[int][]int{}, inside: map[int]map[int]bool{},
	}
	all := b.eval.GreatestIn(q.Size, nil)
	if all.Empty() {
		return class.Minimum{Complete: true}, nil
	}
	for c := range q.Size {
		if price.IsFree(c) {
			b.decided[c], b.left[c] = true, 0
		}
	}
	b.offer(all)
	if b.best.LowerBound = b.bound(); !b.eval.GreatestIn(b.left, nil).Empty() {
		b.best.LowerBound = max(1, b.best.LowerBound) // even when there was no time
	}
	b.units = newUnits(q, form, price)
	b.visit()
	b.best.Complete = !b.run.ended.Load()
	if b.best.Complete {
		b.best.LowerBound = b.best.Size
	}
	b.best.Nodes = int(b.run.nodes.Load())
	return b.best, b.check()
}

type blocking struct {
	q       *class.Quotient
	price   class.Price
	eval    *class.Evaluator
	run     *run
	decided []bool
	removed class.Vector // for good, at a price
	left    class.Vector // not removed
	kept    class.Vector // of decided classes: left for good
	spent   int
	groups  map[int][]int // classes by group
	units   units
	best    class.Minimum

	cost    []int // by vertex: see breaking
	touched map[int][]int
	inside  map[int]map[int]bool
}

// offer starts with the set of everything.
func (b *blocking) offer(all class.Vector) {
	for c := range all {
		if b.price.IsFree(c) {
			all[c] = 0
		}
	}
	b.best.Found, b.best.Vector, b.best.Size = true, all, b.price.Of(all)
}

func groupsOf(q *class.Quotient, price class.Price) map[int][]int {
	groups := map[int][]int{}
	for c := range q.Size {
		if g := price.GroupOf(c); g >= 0 && !price.IsFree(c) {
			groups[g] = append(groups[g], c)
		}
	}
	return groups
}

func (b *blocking) check() error {
	rest := b.q.Size.Minus(b.best.Vector)
	for c := range rest {
		if b.price.IsFree(c) {
			rest[c] = 0
		}
	}
	if !b.eval.Greatest(rest, nil).Empty() {
		return ErrContradiction
	}
	return nil
}

func (b *blocking) visit() {
	if b.run.over(0) || !b.eval.GreatestIn(b.kept, nil).Empty() {
		return
	}
	if b.eval.GreatestIn(b.left, nil).Empty() {
		if b.spent < b.best.Size {
			b.best.Size, b.best.Vector = b.spent, slices.Clone(b.removed)
		}
		return
	}
	if b.spent+b.bound() >= b.best.Size {
		return
	}
	c := b.pick()
	if c < 0 {
		return
	}
	if g := b.price.GroupOf(c); g >= 0 {
		b.branchGroup(b.groups[g])
		return
	}
	if u, ok := b.units.of[c]; ok {
		b.branchUnit(b.units.turn(u, b.decided))
		return
	}
	b.branch(c)
}

// branchUnit decides how many members of each class of an organization go; the
// ways rise from twin to twin.
func (b *blocking) branchUnit(u int) {
	unit := &b.units.list[u]
	from := 0
	if unit.twin >= 0 {
		from = b.units.list[unit.twin].way
	}
	for unit.way = from; unit.way < len(unit.ways); unit.way++ {
		for i, c := range unit.classes {
			k := unit.ways[unit.way][i]
			b.decided[c] = true
			b.removed[c], b.left[c], b.kept[c] = k, b.q.Size[c]-k, b.q.Size[c]-k
			b.spent += k
		}
		b.visit()
		for i := range unit.classes {
			b.spent -= unit.ways[unit.way][i]
		}
	}
	for _, c := range unit.classes {
		b.removed[c], b.left[c], b.kept[c] = 0, b.q.Size[c], 0
		b.decided[c] = false
	}
}

// branch decides how many members of a class go: for an organization as few as
// break it, or none.
func (b *blocking) branch(c int) {
	m := b.q.Size[c]
	b.decided[c] = true
	options := b.q.Cut[c]
	for i := range options {
		k := options[(i+1)%len(options)] // none last
		b.removed[c], b.left[c], b.kept[c] = k, m-k, m-k
		b.spent += k
		b.visit()
		b.spent -= k
	}
	b.removed[c], b.left[c], b.kept[c] = 0, m, 0
	b.decided[c] = false
}

// branchGroup decides whether a group goes: removing more of it than is needed
// costs nothing more and blocks no less.
func (b *blocking) branchGroup(classes []int) {
	for _, gone := range []bool{true, false} {
		for _, c := range classes {
			m := b.q.Size[c]
			b.decided[c] = true
			if gone {
				b.removed[c], b.left[c], b.kept[c] = m, 0, 0
			} else {
				b.removed[c], b.left[c], b.kept[c] = 0, m, m
			}
		}
		if gone {
			b.spent++
		}
		b.visit()
		if gone {
			b.spent--
		}
	}
	for _, c := range classes {
		b.removed[c], b.left[c], b.kept[c] = 0, b.q.Size[c], 0
		b.decided[c] = false
	}
}

// pick chooses an undecided class that the cheapest quorum set to break lists,
// the one that most quorum sets list.
func (b *blocking) pick() int {
	u := b.eval.GreatestIn(b.left, nil)
	b.breaking(u)
	best, cheapest := -1, 0
	for c, k := range u {
		if own := b.q.Own[c]; k > 0 && own >= 0 && (best < 0 || b.cost[own] < cheapest) {
			best, cheapest = own, b.cost[own]
		}
	}
	if c := b.undecided(best, u); best >= 0 && c >= 0 {
		return c
	}
	for c, k := range u {
		if k > 0 && !b.decided[c] {
			return c
		}
	}
	return -1
}

// undecided is an undecided class of u that a vertex lists, at any depth.
func (b *blocking) undecided(vertex int, u class.Vector) int {
	if vertex < 0 {
		return -1
	}
	best, most := -1, -1
	v := &b.q.Vertices[vertex]
	for _, c := range v.Class {
		if n := len(b.q.Lists[c]); u[c] > 0 && !b.decided[c] && n > most {
			best, most = c, n
		}
	}
	for _, inner := range v.Inner {
		if c := b.undecided(inner, u); c >= 0 {
			if n := len(b.q.Outer[inner]); n > most {
				best, most = c, n
			}
		}
	}
	return best
}
