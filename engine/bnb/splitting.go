package bnb

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"understudy/engine/bitset"
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

func numbers(flags []bool) []int {
	list := make([]int, len(flags))
	for i, flag := range flags {
		if flag {
			list[i] = 1
		}
	}
	return list
}

// leastBoth is the price of the cheapest role that counts for both.
func (r *roles) leastBoth() int {
	least := r.pair[r.deleted()][r.deleted()].cost // thresholds are at most the size
	for a := range r.ways {
		for b := range r.ways {
			if p := r.pair[a][b]; p != nil {
				least = min(least, p.cost)
			}
		}
	}
	return least
}

// alone are the statuses of an item for A with B unknown.
func (r *roles) alone(w int) []choice {
	list := make([]choice, r.count())
	for i, way := range r.ways {
		list[i] = choice{ok: true, counted: true, cost: 2 * w, way: way}
	}
	list[r.deleted()] = choice{ok: true, counted: true, cost: w + r.pair[r.deleted()][r.deleted()].cost}
	list[r.missed()] = choice{ok: true}
	return list
}

// beside are the statuses of an item for B when it has status a for A. Where A
// left the item open it is missed by A, or deleted.
func (r *roles) beside(a int, open bool) []choice {
	list := make([]choice, r.count())
	for b := range list {
		p := r.pair[a][b]
		if open && b == r.deleted() {
			p = r.pair[b][b]
		}
		if p == nil {
			continue
		}
		list[b] = choice{ok: true, counted: b != r.missed(), cost: p.cost}
		if b < len(r.ways) {
			list[b].way = r.ways[b]
		}
	}
	return list
}

// besides are the slots of all items beside A.
func besides(all []*roles) [][]slot {
	table := make([][]slot, len(all))
	for i, r := range all {
		for a := range r.count() {
			table[i] = append(table[i], newSlot(r.beside(a, false)))
		}
		table[i] = append(table[i], newSlot(r.beside(r.missed(), true)))
	}
	return table
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

// keep leaves those statuses that bring a member with a quorum set, or those
// that do not.
func keep(list []choice, someone bool) []choice {
	kept := make([]choice, len(list))
	for status, c := range list {
		if c.way.someone == someone {
			kept[status] = c
		}
	}
	return kept
}

// first is the search for A.
type first struct {
	roles  []*roles
	beside [][]slot
	twins  twin.Order
	side   *side
	victim *victim // nil: A is made of items
}

// status is what an item is to A at a node; open says that it is undecided and
// may be missed.
func (a *first) status(st *state, i int) (status int, open bool) {
	if st.open.Has(i) {
		return a.roles[i].missed(), true
	}
	return a.side.status[i], false
}

// load fills in what items may be to B at a node of the search for A.
func (a *first) load(st *state, b *side) {
	for i := range b.slots {
		status, open := a.status(st, i)
		if open {
			status++
		}
		b.slots[i] = a.beside[i][status]
	}
}

// promising says whether the bounds allow a quorum B beside what is decided of
// A. What A has not decided costs B least when A misses it.
func (x *splitting) promising(a *first, st *state, b *side) bool {
	a.load(st, b)
	b.limit = x.limit
	root := b.start()
	return b.propagate(&root)
}

// second looks for a quorum B beside A, at a leaf of its search; with a victim
// B is that one node.
func (x *splitting) second(a *first, st *state, v *victim) bool {
	marks := make([]int, len(a.roles))
	for i := range marks {
		status, open := a.status(st, i)
		if marks[i] = status; open {
			marks[i] = -1
		}
	}
	s := newSide(x.form, a.twins.Refine(marks), x.run, a.side.part)
	a.load(st, s)
	if v != nil {
		for i := range s.slots {
			s.slots[i] = newSlot(keep(s.slots[i].choices, false))
		}
	}
	s.limit = x.limit
	open := st.open
	if x.list != nil {
		gone := make([]int32, len(a.roles))
		s.hopeless = func(st *state) bool {
			a.deleted(open, s, st, gone)
			return x.list.above(x.amountsOf(gone))
		}
	}
	s.leaf = func(st *state) bool { return x.solve(a, open, v, s, st.open) }
	root := s.start()
	if v != nil {
		root.demanded, root.someone = bitset.Of(v.set), true
	}
	return s.visit(&root)
}

// solve writes a solution out as vectors and ends the search.
func (x *splitting) solve(a *first, openA bitset.Set, v *victim, b *side, openB bitset.Set) bool {
	found := &solution{gone: make(class.Vector, len(x.q.Size))}
	for side := range found.quorum {
		found.quorum[side] = make(class.Vector, len(x.q.Size))
	}
	for i, r := range a.roles {
		inA, inB := r.missed(), r.missed()
		if !openA.Has(i) {
			inA = a.side.status[i]
		}
		if !openB.Has(i) {
			inB = b.status[i]
		}
		if inB == r.deleted() {
			inA = inB
		}
		p := r.pair[inA][inB]
		found.price += p.cost
		for j, part := range x.form.Items[i].Parts {
			found.gone[part.Class] += p.gone[j]
			found.quorum[0][part.Class] += p.in[0][j]
			found.quorum[1][part.Class] += p.in[1][j]
		}
	}
	for side, w := range []*victim{a.victim, v} {
		if w != nil {
			found.quorum[side][w.class]++
		}
	}
	x.mutex.Lock()
	defer x.mutex.Unlock()
	if x.list != nil {
		gone := make([]int32, len(a.roles))
		a.deleted(openA, b, &state{open: openB}, gone)
		if !x.list.note(found, x.amountsOf(gone)) {
			return false
		}
	}
	if part := a.side.part; part < x.foundBy {
		x.found, x.foundBy = found, part
		x.run.win(part)
	}
	return true
}
