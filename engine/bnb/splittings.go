package bnb

import (
	"context"
	"slices"

	"understudy/engine/bitset"
	"understudy/engine/class"
	"understudy/engine/flat"
)

// Split is a splitting vector with two quorums that it leaves disjoint.
type Split struct {
	Gone    class.Vector
	Quorums [2]class.Vector
}

// MinimalSplitting lists the vectors of all minimal splitting sets, one of each
// orbit (see twin.Orbits). It says false in ok where the form has organizations
// whose members differ in their quorum sets: of these the search for a minimum
// knows the cheapest roles only.
//
// Splitting is not upward closed, so minimality is not tested but comes from
// the order: the search at price 0, 1, 2, ... leaves out what lies above a
// vector found before, so what it finds has nothing below it. Between prices a
// search for any price looks whether something is left. Each of these searches
// may visit that many nodes (0: any number).
func MinimalSplitting(ctx context.Context, q *class.Quotient, form *flat.Form, nodes int64) (found []Split, complete, ok bool, err error) {
	if slices.ContainsFunc(form.Items, func(i flat.Item) bool { return len(i.Parts) > 1 }) {
		return nil, false, false, nil
	}
	x, ok := newSplitting(q, form, make([]bool, len(form.Items)))
	if !ok {
		return nil, false, false, nil
	}
	x.twins = x.twins.Refine(classesOf(form))
	x.workers = 1 // which quorums stand for a set must not depend on who was quicker
	l := &splitListing{x: x}
	x.list = l
	complete = l.run(ctx, nodes)
	return l.found, complete, true, l.check()
}

// check has set arithmetic confirm what was found.
func (l *splitListing) check() error {
	eval := l.x.q.Evaluator()
	for _, s := range l.found {
		for c, size := range l.x.q.Size {
			if s.Gone[c]+s.Quorums[0][c]+s.Quorums[1][c] > size {
				return ErrContradiction
			}
		}
		for side := range s.Quorums {
			if s.Quorums[side] = eval.Greatest(s.Quorums[side], s.Gone); s.Quorums[side].Empty() {
				return ErrContradiction
			}
		}
	}
	return nil
}

// classesOf marks the validators of a class with it, so that their twins are
// among them and what the search leaves out is what an orbit holds.
func classesOf(form *flat.Form) []int {
	items := map[int]int{} // by class
	for _, item := range form.Items {
		items[item.Parts[0].Class]++
	}
	marks := make([]int, len(form.Items))
	for i, item := range form.Items {
		if c := item.Parts[0].Class; items[c] > 1 {
			marks[i] = c + 1
		}
	}
	return marks
}

// splitListing collects minimal splitting vectors.
type splitListing struct {
	x       *splitting
	found   []Split
	known   []amounts
	pending amounts // of a splitting vector that something minimal lies below
	probing bool
}

// amounts is how many members of each item are deleted, twins in falling order.
type amounts struct {
	some bitset.Set // items with any
	gone []int32
}

func (l *splitListing) run(ctx context.Context, nodes int64) (complete bool) {
	for limit := 0; limit <= l.x.most; limit++ {
		if l.pending.gone == nil || l.above(l.pending) {
			l.probing, l.pending = true, amounts{}
			complete, _ := l.x.search(ctx, l.x.most, nodes)
			l.probing = false
			if l.pending.gone == nil {
				return complete
			}
		}
		if complete, _ := l.x.search(ctx, limit, nodes); !complete {
			return false
		}
	}
	return true
}

// above says whether a vector lies above a known one, or one of its orbit.
func (l *splitListing) above(a amounts) bool {
	for _, k := range l.known {
		if !k.some.Minus(a.some).Empty() {
			continue
		}
		over := true
		for i := range k.some.All {
			if k.gone[i] > a.gone[i] {
				over = false
				break
			}
		}
		if over {
			return true
		}
	}
	return false
}

// amountsOf sorts what is deleted of each item among its twins.
func (x *splitting) amountsOf(gone []int32) amounts {
	a := amounts{gone: slices.Clone(gone)}
	for i := range a.gone {
		for j := range x.twins.Later(i).All {
			if a.gone[j] > a.gone[i] {
				a.gone[i], a.gone[j] = a.gone[j], a.gone[i]
			}
		}
		if a.gone[i] > 0 {
			a.some = a.some.With(i)
		}
	}
	return a
}

// deleted says how many members of each item are deleted at a node of the
// search for B.
func (a *first) deleted(open bitset.Set, b *side, st *state, gone []int32) {
	for i, r := range a.roles {
		gone[i] = 0
		inA := r.missed()
		if !open.Has(i) {
			inA = a.side.status[i]
		}
		if inA == r.deleted() {
			gone[i] = int32(r.pair[inA][inA].cost)
			continue
		}
		if b == nil || st.open.Has(i) {
			continue
		}
		inB := b.status[i]
		if inB == r.deleted() {
			inA = inB
		}
		gone[i] = int32(r.pair[inA][inB].cost)
	}
}

// note takes up what a search found, and says whether it is to stop.
func (l *splitListing) note(found *solution, a amounts) bool {
	if l.above(a) {
		return false
	}
	if l.probing {
		l.pending = a
		return true
	}
	l.known = append(l.known, a)
	l.found = append(l.found, Split{Gone: found.gone, Quorums: found.quorum})
	return false
}
