package bnb

import (
	"slices"

	"understudy/engine/bitset"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// victim is a node that is a quorum of its own once others are deleted: the
// items that count for it are all deleted ones, or of nodes that agree with
// anything, and it is in none of them.
type victim struct {
	item, part int // item is -1 for a leaf
	class, set int
}

// victims lists the nodes that may be one, a node for each kind.
func (x *splitting) victims() []*victim {
	var list []*victim
	for _, leaf := range x.form.Leaves {
		if leaf.HasSet() {
			list = append(list, &victim{item: -1, class: leaf.Class, set: leaf.Set})
		}
	}
	for i, item := range x.form.Items {
		for j, part := range item.Parts {
			if part.HasSet() {
				list = append(list, &victim{item: i, part: j, class: part.Class, set: part.Set})
			}
		}
	}
	return list
}

// victim looks for splitting sets whose quorum A is a victim, with B a quorum
// of items, or another victim.
func (x *splitting) victim(v *victim, others []*victim, part int64) {
	if x.ransom(v) > x.limit {
		return
	}
	roles, twins, ok := x.spare(v)
	if !ok {
		return
	}
	x.pair(roles, twins, v, nil, part)
	for _, w := range others {
		if x.run.over(part) {
			return
		}
		if x.ransom(w) > x.limit {
			continue
		}
		if roles, twins, ok := x.spare(v, w); ok {
			x.pair(roles, twins, v, w, part)
		}
	}
}

// ransom is what the items that a victim's quorum set asks for cost at least.
func (x *splitting) ransom(v *victim) int {
	set := x.form.Sets[v.set]
	var prices []int
	for i := range set.Items.All {
		r := x.roles[i]
		price := r.pair[r.deleted()][r.deleted()].cost
		if slices.ContainsFunc(r.ways, func(w way) bool { return !w.someone }) {
			price = 0
		}
		prices = append(prices, price)
	}
	slices.Sort(prices)
	sum := 0
	for i := range min(max(0, set.Threshold), len(prices)) {
		sum += prices[i]
	}
	return sum
}

// spare gives the roles that items have without the victims; it says false
// where there are not as many members.
func (x *splitting) spare(victims ...*victim) ([]*roles, twin.Order, bool) {
	used := map[int]int{} // by class
	items := map[int]flat.Item{}
	for _, v := range victims {
		if used[v.class]++; used[v.class] > x.q.Size[v.class] {
			return nil, twin.Order{}, false
		}
		if v.item < 0 {
			continue
		}
		item, known := items[v.item]
		if !known {
			item = x.form.Items[v.item]
			item.Parts = append([]flat.Part(nil), item.Parts...)
		}
		if item.Parts[v.part].Size == 0 {
			return nil, twin.Order{}, false
		}
		item.Parts[v.part].Size--
		item.Size--
		items[v.item] = item
	}
	all := append([]*roles(nil), x.roles...)
	marks := make([]int, len(all))
	for i, item := range items {
		r, ok := newRoles(item, x.onePrice[i])
		if !ok {
			return nil, twin.Order{}, false // no more than the whole item has
		}
		all[i] = r
		marks[i] = i + 1
	}
	return all, x.twins.Refine(marks), true
}

// pair looks for what must be deleted for v, and then for B beside it: w, or
// any quorum.
func (x *splitting) pair(r []*roles, twins twin.Order, v, w *victim, part int64) {
	s := newSide(x.form, twins, x.run, part)
	for i := range r {
		choices := make([]choice, r[i].count())
		choices[r[i].missed()] = choice{ok: true}
		for status, way := range r[i].ways {
			choices[status] = choice{ok: !way.someone, counted: true, way: way}
		}
		if p := r[i].pair[r[i].deleted()][r[i].deleted()]; p != nil {
			choices[r[i].deleted()] = choice{ok: true, counted: true, cost: p.cost}
		}
		s.slots[i] = newSlot(choices)
	}
	s.limit = x.limit
	a := &first{roles: r, beside: besides(r), twins: twins, side: s, victim: v}
	s.leaf = func(st *state) bool { return x.second(a, st, w) }
	st := s.start()
	st.demanded, st.someone = bitset.Of(v.set), true
	s.visit(&st)
}
