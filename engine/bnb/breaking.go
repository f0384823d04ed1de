package bnb

import (
	"cmp"
	"slices"

	"understudy/engine/class"
)

// unbreakable is the price of what can't be broken.
const unbreakable = 1 << 30

// bound is a lower bound on what must still be paid to block what is left: see
// MinimumBlocking.
func (b *blocking) bound() int {
	u := b.eval.GreatestIn(b.left, nil)
	best := 0
	for !u.Empty() && b.run.ctx.Err() == nil {
		b.breaking(u)
		weakest, cheapest := -1, unbreakable
		for c, k := range u {
			own := b.q.Own[c]
			if k == 0 || own < 0 {
				continue
			}
			if weakest < 0 || b.cost[own] < cheapest {
				weakest, cheapest = c, b.cost[own]
			}
		}
		best = max(best, min(cheapest, b.removing(u)))
		u[weakest] = 0
		u = b.eval.Greatest(u, nil)
	}
	return best
}

// removing is the price of all members of u that have a quorum set.
func (b *blocking) removing(u class.Vector) int {
	price := 0
	paid := map[int]bool{}
	for c, k := range u {
		switch g := b.price.GroupOf(c); {
		case k == 0 || b.q.Own[c] < 0:
		case b.decided[c]:
			return unbreakable
		case g < 0:
			price += k
		case !paid[g]:
			paid[g] = true
			price++
		}
	}
	return price
}

// breaking fills in, for every vertex, a lower bound on the price of removing
// members of u until it is not met.
func (b *blocking) breaking(u class.Vector) {
	b.eval.Evaluate(u, nil)
	for id := range b.q.Vertices {
		b.cost[id] = 0
		if b.eval.Met(id) {
			b.cost[id] = b.breakOne(id, u)
		}
	}
}

// breakOne is that bound for one vertex whose inner ones are done. Breaking it
// takes available-threshold+1 of its entries, and the cheapest ones cost their
// sum, unless a member (or group) that is paid once touches several: then it
// takes as many of those that touch most as together touch enough.
func (b *blocking) breakOne(id int, u class.Vector) int {
	v := &b.q.Vertices[id]
	var prices []int
	for i, c := range v.Class {
		for range v.Weight[i] * u[c] {
			if b.decided[c] {
				prices = append(prices, unbreakable)
			} else {
				prices = append(prices, 1)
			}
		}
	}
	for _, inner := range v.Inner {
		if b.eval.Met(inner) {
			prices = append(prices, b.cost[inner])
		}
	}
	need := len(prices) - v.Threshold + 1
	slices.SortFunc(prices, cmp.Compare[int])
	if need <= 0 {
		return 0
	}
	if need > len(prices) || prices[need-1] >= unbreakable {
		return unbreakable
	}
	if touches := b.touches(id); touches != nil {
		units := 0
		for ; need > 0 && units < len(touches); units++ {
			need -= touches[units]
		}
		return max(1, units)
	}
	sum := 0
	for _, p := range prices[:need] {
		sum += p
	}
	return sum
}

// touches lists, for the members and groups that are paid once, how many
// entries of the vertex each touches, the largest first; nil when none touches
// more than one.
func (b *blocking) touches(id int) []int {
	if known, ok := b.touched[id]; ok {
		return known
	}
	count := map[int]int{}
	v := &b.q.Vertices[id]
	for i, c := range v.Class {
		unit, each := b.unit(c)
		count[unit] += v.Weight[i] * each
	}
	for _, inner := range v.Inner {
		for unit := range b.below(inner) {
			count[unit]++
		}
	}
	var list []int
	for unit, n := range count {
		copies := 1
		if unit >= 0 {
			copies = b.q.Size[unit]
		}
		list = append(list, slices.Repeat([]int{n}, copies)...)
	}
	slices.SortFunc(list, func(a, b int) int { return b - a })
	if len(list) == 0 || list[0] <= 1 {
		list = nil
	}
	b.touched[id] = list
	return list
}

// unit numbers what is paid once: a group (and how many members of the class go
// with it) or a single member; members of a class touch the same, so one stands
// for all.
func (b *blocking) unit(c int) (unit, members int) {
	if g := b.price.GroupOf(c); g >= 0 {
		return -1 - g, b.q.Size[c]
	}
	return c, 1
}

// below are the units that occur in a vertex, at any depth.
func (b *blocking) below(id int) map[int]bool {
	if known, ok := b.inside[id]; ok {
		return known
	}
	units := map[int]bool{}
	v := &b.q.Vertices[id]
	for _, c := range v.Class {
		unit, _ := b.unit(c)
		units[unit] = true
	}
	for _, inner := range v.Inner {
		for unit := range b.below(inner) {
			units[unit] = true
		}
	}
	b.inside[id] = units
	return units
}
