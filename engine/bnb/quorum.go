package bnb

import (
	"context"
	"slices"

	"understudy/engine/bitset"
	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// MinimumQuorum finds a cheapest quorum, with the price of its members. Quorums
// are made of items that count by threshold members each; members beyond that
// are needed by nobody. The search is side's, with the seeds in turn: the first
// item with a satisfied member that has a quorum set. A quorum that is one node
// with nodes that agree with anything is looked for apart.
//
// It says false where the price is not one this search knows: groups must be
// items, without leaves that could be in a quorum with nodes that agree with
// anything.
func MinimumQuorum(ctx context.Context, q *class.Quotient, form *flat.Form, price class.Price, nodes int64) (class.Minimum, bool, error) {
	onePrice, ok := itemPrices(form, price)
	if !ok || leafShares(form, price) {
		return class.Minimum{}, false, nil
	}
	x := &cheapest{q: q, form: form, twins: twin.Of(form), price: price, run: newRun(ctx, nodes)}
	for i, item := range form.Items {
		w, ok := newWays(item, price, onePrice[i])
		if !ok {
			return class.Minimum{}, false, nil
		}
		x.items = append(x.items, w)
		x.slots = append(x.slots, newSlot(w.choices))
	}
	x.twins = x.twins.Refine(x.prices(onePrice))
	err := x.search()
	return x.best, true, err
}

// leafShares says whether a leaf that agreeing nodes may satisfy is in a group
// with an item, so that together they cost less than each on its own.
func leafShares(form *flat.Form, price class.Price) bool {
	agreeing, paid := false, map[int]bool{}
	for _, item := range form.Items {
		for _, p := range item.Parts {
			agreeing = agreeing || p.Set == fbas.Free
			if group := price.GroupOf(p.Class); group >= 0 {
				paid[group] = true
			}
		}
	}
	return agreeing && slices.ContainsFunc(form.Leaves, func(p flat.Part) bool {
		return p.HasSet() && !price.IsFree(p.Class) && paid[price.GroupOf(p.Class)]
	})
}

// cheapest looks for a cheapest quorum.
type cheapest struct {
	q     *class.Quotient
	form  *flat.Form
	twins twin.Order
	price class.Price
	items []ways
	slots []slot
	run   *run
	best  class.Minimum
}

// ways are the choices of an item in a quorum, and the members that make each:
// in the order of statuses, with the one for deleted never possible.
type ways struct {
	choices []choice
	members [][]int // by way, by part
}

// newWays lists the ways in which threshold members make an item count, the
// cheapest for each set of demands.
func newWays(item flat.Item, price class.Price, onePrice bool) (ways, bool) {
	e := &enumeration{item: item, t: item.Threshold}
	room := make([]int, len(item.Parts))
	for i, p := range item.Parts {
		room[i] = p.Size
	}
	var w ways
	e.choose(room, item.Threshold, false, func(in []int) {
		c := choice{ok: true, counted: true, way: e.way(in)}
		for i, k := range in {
			if !price.IsFree(item.Parts[i].Class) {
				c.cost += k
			}
		}
		if onePrice {
			c.cost = min(c.cost, 1)
		}
		for i, known := range w.choices {
			if known.way == c.way {
				if c.cost < known.cost {
					w.choices[i], w.members[i] = c, in
				}
				return
			}
		}
		w.choices, w.members = append(w.choices, c), append(w.members, in)
	})
	if e.tried > maxRoles || len(w.choices) > maxWays {
		return w, false
	}
	w.choices = append(w.choices, choice{}, choice{ok: true})
	return w, true
}

// prices marks items by what their members cost: dearer ones are no twins.
func (x *cheapest) prices(onePrice []bool) []int {
	marks := numbers(onePrice)
	for i, item := range x.form.Items {
		for _, part := range item.Parts {
			if marks[i] *= 2; x.price.IsFree(part.Class) {
				marks[i]++
			}
		}
	}
	return marks
}

func (x *cheapest) search() error {
	x.alone()
	for seed := range x.form.Items {
		if !x.twins.First(seed) {
			continue
		}
		s := newSide(x.form, x.twins, x.run, 0)
		copy(s.slots, x.slots)
		for i := range seed {
			s.slots[i] = newSlot(keep(x.slots[i].choices, false))
		}
		s.slots[seed] = newSlot(keep(x.slots[seed].choices, true))
		x.visit(s, s.start(), nil)
	}
	x.best.Nodes = int(x.run.nodes.Load())
	x.best.Complete = !x.run.ended.Load()
	switch {
	case x.best.Complete:
		x.best.LowerBound = x.best.Size
	case x.price.Free == nil:
		x.best.LowerBound = 1 // a quorum has a member
	}
	if !x.best.Found {
		return nil
	}
	if !x.q.Evaluator().IsQuorum(x.best.Vector, nil) {
		return ErrContradiction
	}
	return nil
}

// alone looks for quorums of one node that has a quorum set, with nodes that
// agree with anything.
func (x *cheapest) alone() {
	parts := x.form.Leaves
	for _, item := range x.form.Items {
		parts = append(parts[:len(parts):len(parts)], item.Parts...)
	}
	for _, part := range parts {
		if !part.HasSet() {
			continue
		}
		s := newSide(x.form, x.twins, x.run, 0)
		for i := range s.slots {
			s.slots[i] = newSlot(keep(x.slots[i].choices, false))
		}
		root := s.start()
		root.demanded, root.someone = bitset.Of(part.Set), true
		if !x.price.IsFree(part.Class) {
			root.cost = 1
		}
		x.visit(s, root, &part)
	}
}

// visit searches below a root for anything cheaper than the best.
func (x *cheapest) visit(s *side, root state, alone *flat.Part) {
	s.limit = x.limit()
	s.leaf = func(st *state) bool {
		v := make(class.Vector, len(x.q.Size))
		for i, item := range x.form.Items {
			if st.open.Has(i) || s.status[i] >= len(x.items[i].members) {
				continue
			}
			for j, k := range x.items[i].members[s.status[i]] {
				v[item.Parts[j].Class] += k
			}
		}
		if alone != nil {
			v[alone.Class] = min(v[alone.Class]+1, x.q.Size[alone.Class])
		}
		x.best.Found, x.best.Vector, x.best.Size = true, v, x.price.Of(v)
		s.limit = x.limit()
		return x.best.Size == 0
	}
	s.visit(&root)
}

// limit is what a better quorum may cost at most.
func (x *cheapest) limit() int {
	if x.best.Found {
		return x.best.Size - 1
	}
	return x.q.Size.Sum()
}
