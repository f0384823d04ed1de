package bnb

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"understudy/engine/class"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// splitting looks for two quorums A and B that are disjoint once some members
// are deleted, as few as possible, in two steps: first A, then the best B
// beside it.
//
// What it costs. An item that both quorums count costs at least w, the price of
// its cheapest role of that kind; an item that is deleted costs t. Say that a
// quorum costs 2w for an item that its members make count and w+t for a deleted
// one; then for every item twice the price of its role is at least the sum of
// what it costs A and B, less 2w. With W the sum of w over all items a
// splitting set of price L has
//
//	cost(A) + cost(B) <= 2L + 2W,  so, with A the cheaper one,  cost(A) <= L + W.
//
// Only quorums A near the cheapest one of all need to be looked at. In networks
// that are nearly symmetric either there are few of them, or many, and then two
// of these usually fit beside each other and reach the bound.
//
// Complete. Let A' and B' be minimal. A member of A' whose item is not counted
// for A, or counted because enough members are deleted, helps nobody in A', so A'
// is that one member (a victim): see victim. Otherwise A' is a set of items
// whose members make them count. The search for A finds, for every such A', a
// quorum that misses no less and decides nothing else (side), and B may still
// delete what A left open.
type splitting struct {
	form  *flat.Form
	roles []*roles
	twins twin.Order
	q     *class.Quotient
	run   *run

	workers int
	list    *splitListing // nil: the first solution ends the search
	limit   int           // L
	total   int           // W
	most    int           // what deleting everything costs
	alone   []slot
	// beside are the slots of an item for B by its status for A, the last one
	// for items that A left open.
	beside [][]slot

	onePrice []bool // by item: deleting any of its members costs one

	mutex sync.Mutex
	// found is the solution of the lowest part that has one, foundBy; guarded by
	// mutex.
	found   *solution
	foundBy int64
}

// solution is a splitting vector with the two quorums.
type solution struct {
	price  int
	gone   class.Vector
	quorum [2]class.Vector
}

// newSplitting prepares the search; it says false where an item has too many
// roles.
func newSplitting(q *class.Quotient, form *flat.Form, onePrice []bool) (*splitting, bool) {
	x := &splitting{form: form, twins: twin.Of(form).Refine(numbers(onePrice)), q: q, onePrice: onePrice, workers: runtime.GOMAXPROCS(0)}
	for i, item := range form.Items {
		r, ok := newRoles(item, onePrice[i])
		if !ok {
			return nil, false
		}
		x.roles = append(x.roles, r)
		w := r.leastBoth()
		x.most += r.pair[r.deleted()][r.deleted()].cost
		x.total += w
		x.alone = append(x.alone, newSlot(r.alone(w)))
	}
	x.beside = besides(x.roles)
	return x, true
}

// search looks for a splitting vector of price limit at most, with the seeds of
// A in parallel. It says whether it went to its end.
func (x *splitting) search(ctx context.Context, limit int, nodes int64) (complete bool, searched int) {
	x.run, x.limit = newRun(ctx, nodes), limit
	var parts []func(part int64)
	for seed := range x.form.Items {
		if x.twins.First(seed) {
			parts = append(parts, func(part int64) { x.seed(seed, part) })
		}
	}
	victims := x.victims()
	for i, v := range victims {
		parts = append(parts, func(part int64) { x.victim(v, victims[i:], part) })
	}
	x.found, x.foundBy = nil, int64(len(parts))
	x.each(parts)
	return x.found != nil || !x.run.ended.Load(), int(x.run.nodes.Load())
}

// each runs the parts, as many at once as there are processors.
func (x *splitting) each(parts []func(part int64)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(x.workers, len(parts)) {
		group.Go(func() {
			for part := next.Add(1) - 1; part < int64(len(parts)); part = next.Add(1) - 1 {
				if !x.run.idle(part) {
					parts[part](part)
				}
			}
		})
	}
	group.Wait()
}

// seed looks for a quorum A whose first item with a satisfied member that has a
// quorum set is the seed.
func (x *splitting) seed(seed int, part int64) {
	s := newSide(x.form, x.twins, x.run, part)
	copy(s.slots, x.alone)
	for i := range seed {
		s.slots[i] = newSlot(keep(x.alone[i].choices, false))
	}
	s.slots[seed] = newSlot(keep(x.alone[seed].choices, true))
	s.limit = x.limit + x.total
	a := &first{roles: x.roles, beside: x.beside, twins: x.twins, side: s}
	b := newSide(x.form, twin.None(len(x.roles)), x.run, part) // what A decided tells twins apart
	gone := make([]int32, len(x.roles))
	s.hopeless = func(st *state) bool {
		if x.list != nil {
			a.deleted(st.open, nil, nil, gone)
			if x.list.above(x.amountsOf(gone)) {
				return true
			}
		}
		return !x.promising(a, st, b)
	}
	s.leaf = func(st *state) bool { return x.second(a, st, nil) }
	st := s.start()
	s.visit(&st)
}
