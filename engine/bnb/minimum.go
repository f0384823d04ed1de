package bnb

import (
	"context"
	"errors"

	"understudy/engine/class"
	"understudy/engine/flat"
)

// ErrContradiction says that a search found a set that is not what it claims;
// there is no answer then.
var ErrContradiction = errors.New("branch and bound contradicts set arithmetic")

// diveNodes is how long the first look for any splitting set may take.
const diveNodes = 3_000

// MinimumSplitting finds a cheapest splitting vector and two quorums that it
// leaves disjoint. It says false where the price is not one this search knows:
// groups must be items.
//
// After a short search for any solution it looks for one of price 0, then 1,
// and so on: every price it has gone through is a proven lower bound, the first
// it finds is the minimum, and the search at one price costs little beside the
// search at the next. When ctx ends, or nodes are visited (0: any number), the
// result is not complete.
func MinimumSplitting(ctx context.Context, q *class.Quotient, form *flat.Form, price class.Price, nodes int64) (class.Minimum, bool, error) {
	onePrice, ok := itemPrices(form, price)
	if !ok {
		return class.Minimum{}, false, nil
	}
	x, ok := newSplitting(q, form, onePrice)
	if !ok {
		return class.Minimum{}, false, nil
	}
	m, err := x.minimum(ctx, nodes)
	return m, true, err
}

func (x *splitting) minimum(ctx context.Context, nodes int64) (class.Minimum, error) {
	var m class.Minimum
	workers := x.workers
	x.workers = 1 // where nodes run out must not depend on who was quicker
	complete, visited := x.search(ctx, x.most, diveNodes)
	x.workers = workers
	m.Nodes = visited
	if complete && x.found == nil {
		m.Complete = true
		return m, nil
	}
	if err := x.note(&m); err != nil {
		return m, err
	}
	for limit := 0; !m.Found || limit < m.Size; limit++ {
		if limit > x.most {
			m.Complete = true // there is none
			return m, nil
		}
		left := int64(0)
		if nodes > 0 {
			if left = nodes - int64(m.Nodes); left <= 0 {
				return m, nil
			}
		}
		complete, visited = x.search(ctx, limit, left)
		m.Nodes += visited
		if err := x.note(&m); err != nil {
			return m, err
		}
		if !complete {
			return m, nil
		}
		m.LowerBound = limit + 1
	}
	m.Complete, m.LowerBound = true, m.Size
	return m, nil
}

// note takes over what a search found, once it is checked.
func (x *splitting) note(m *class.Minimum) error {
	found := x.found
	if found == nil || m.Found && m.Size <= found.price {
		return nil
	}
	eval := x.q.Evaluator()
	for c, size := range x.q.Size {
		if found.gone[c]+found.quorum[0][c]+found.quorum[1][c] > size {
			return ErrContradiction
		}
	}
	for side, quorum := range found.quorum {
		if found.quorum[side] = eval.GreatestIn(quorum, found.gone); found.quorum[side].Empty() {
			return ErrContradiction
		}
	}
	m.Found, m.Size, m.Vector, m.Quorums = true, found.price, found.gone, found.quorum
	return nil
}

// itemPrices says of each item whether all its members are one group that holds
// nothing else. It says false where groups and items are not the same.
func itemPrices(form *flat.Form, price class.Price) (onePrice []bool, ok bool) {
	onePrice = make([]bool, len(form.Items))
	owner := map[int]int{}
	for i, item := range form.Items {
		for j, part := range item.Parts {
			group := price.GroupOf(part.Class)
			if price.IsFree(part.Class) || j > 0 && group != price.GroupOf(item.Parts[0].Class) {
				return nil, false
			}
			if group < 0 {
				continue
			}
			if first, known := owner[group]; known && first != i {
				return nil, false
			}
			owner[group], onePrice[i] = i, true
		}
	}
	return onePrice, true
}

// DisjointQuorums finds two quorums that share no member, at a search of price
// 0. Minimum.Found says that there are two. It says false where an item has too
// many roles.
func DisjointQuorums(ctx context.Context, q *class.Quotient, form *flat.Form, nodes int64) (class.Minimum, bool, error) {
	x, ok := newSplitting(q, form, make([]bool, len(form.Items)))
	if !ok {
		return class.Minimum{}, false, nil
	}
	var m class.Minimum
	m.Complete, m.Nodes = x.search(ctx, 0, nodes)
	return m, true, x.note(&m)
}
