package class

import (
	"slices"

	"understudy/engine/fbas"
)

// Evaluator computes with vectors of one quotient. It owns scratch memory, so
// each goroutine needs its own.
type Evaluator struct {
	q     *Quotient
	met   []bool
	count []int // by vertex: entries that are met
	lost  []int // classes that Greatest still has to take out
}

// Evaluator returns a new evaluator.
func (q *Quotient) Evaluator() *Evaluator {
	return &Evaluator{q: q, met: make([]bool, len(q.Vertices)), count: make([]int, len(q.Vertices))}
}

// Evaluate says of every vertex whether the members counted by u, and those of
// help (may be nil), satisfy it; Met tells.
func (e *Evaluator) Evaluate(u, help Vector) {
	for id := range e.q.Vertices {
		v := &e.q.Vertices[id]
		n := 0
		for i, c := range v.Class {
			k := u[c]
			if help != nil {
				k += help[c]
			}
			n += v.Weight[i] * k
		}
		for _, inner := range v.Inner {
			if e.met[inner] {
				n++
			}
		}
		e.count[id], e.met[id] = n, n >= v.Threshold
	}
}

// Met says whether a vertex is met as of the last Evaluate or Greatest.
func (e *Evaluator) Met(vertex int) bool { return e.met[vertex] }

// Satisfied says whether class c's own set is met as of the last Evaluate or
// Greatest. Nodes that are free agree with anything.
func (e *Evaluator) Satisfied(c int) bool {
	own := e.q.Own[c]
	return own == fbas.Free || own >= 0 && e.met[own]
}

// Greatest shrinks u, in place, to its greatest part in which every member's
// quorum set is satisfied by that part together with help: the greatest quorum
// when help is nil. It is empty when no member of that part has a quorum set.
// Members of a class share their quorum set, so they stay or go together. It
// returns u. Each class goes once and takes its entries with it, so that
// chains in which one failure leads to the next cost no more than one look at
// everything.
func (e *Evaluator) Greatest(u, help Vector) Vector {
	e.Evaluate(u, help)
	e.lost = e.lost[:0]
	for c, k := range u {
		if k > 0 && !e.Satisfied(c) {
			e.lost = append(e.lost, c)
		}
	}
	for len(e.lost) > 0 {
		c := e.lost[len(e.lost)-1]
		e.lost = e.lost[:len(e.lost)-1]
		k := u[c]
		u[c] = 0
		for i, vertex := range e.q.Lists[c] {
			e.lose(u, vertex, e.q.Weight[c][i]*k)
		}
	}
	if !e.q.someWithSet(u) {
		clear(u)
	}
	return u
}

// someWithSet says whether some counted member has a quorum set; only free
// nodes lack one and are still there after Greatest.
func (q *Quotient) someWithSet(u Vector) bool {
	for c, k := range u {
		if k > 0 && q.Own[c] >= 0 {
			return true
		}
	}
	return false
}

// lose takes n met entries from a vertex; if it is no longer met, its owners
// are lost and the sets around it lose it.
func (e *Evaluator) lose(u Vector, vertex, n int) {
	e.count[vertex] -= n
	if !e.met[vertex] || e.count[vertex] >= e.q.Vertices[vertex].Threshold {
		return
	}
	e.met[vertex] = false
	for _, c := range e.q.Owners[vertex] {
		if u[c] > 0 {
			e.lost = append(e.lost, c)
		}
	}
	for _, outer := range e.q.Outer[vertex] {
		e.lose(u, outer, 1)
	}
}

// GreatestIn is Greatest on a copy.
func (e *Evaluator) GreatestIn(u, help Vector) Vector {
	return e.Greatest(slices.Clone(u), help)
}

// IsQuorum says whether x is a quorum once the members of help are deleted:
// not empty, each member's own set met, one of them a member with a set.
func (e *Evaluator) IsQuorum(x, help Vector) bool {
	return !x.Empty() && slices.Equal(e.GreatestIn(x, help), x)
}

// IsMinimalQuorum says whether x is a quorum and holds no smaller one.
func (e *Evaluator) IsMinimalQuorum(x Vector) bool {
	if !e.IsQuorum(x, nil) {
		return false
	}
	for c, k := range x {
		if k == 0 {
			continue
		}
		less := slices.Clone(x)
		less[c]--
		if !e.Greatest(less, nil).Empty() {
			return false
		}
	}
	return true
}
