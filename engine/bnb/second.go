package bnb

import (
	"understudy/engine/bitset"
	"understudy/engine/class"
	"understudy/engine/twin"
)

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
