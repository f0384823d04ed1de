package engine

import "slices"

// vector counts members per class; it stands for all sets with these counts.
type vector []int

func (x vector) sum() int {
	n := 0
	for _, k := range x {
		n += k
	}
	return n
}

func (x vector) empty() bool {
	for _, k := range x {
		if k != 0 {
			return false
		}
	}
	return true
}

// within says that x is at most y in every class: each set of x's kind lies in
// some set of y's.
func (x vector) within(y vector) bool {
	for c, k := range x {
		if k > y[c] {
			return false
		}
	}
	return true
}

func (x vector) minus(y vector) vector {
	z := slices.Clone(x)
	for c, k := range y {
		z[c] -= k
	}
	return z
}

// count is the vector of a set of nodes.
func (q *classes) count(nodes []int) vector {
	v := make(vector, len(q.size))
	for _, node := range nodes {
		v[q.of[node]]++
	}
	return v
}

// evaluator computes with vectors of one quotient. It owns scratch memory, so
// each goroutine needs its own.
type evaluator struct {
	q     *classes
	met   []bool
	count []int // by vertex: entries that are met
	lost  []int // classes that greatest still has to take out
}

func (q *classes) evaluator() *evaluator {
	return &evaluator{q: q, met: make([]bool, len(q.vertex)), count: make([]int, len(q.vertex))}
}

// evaluate says of every vertex whether the members counted by u, and those of
// help (may be nil), satisfy it.
func (e *evaluator) evaluate(u, help vector) {
	for id := range e.q.vertex {
		v := &e.q.vertex[id]
		n := 0
		for i, c := range v.class {
			k := u[c]
			if help != nil {
				k += help[c]
			}
			n += v.weight[i] * k
		}
		for _, inner := range v.inner {
			if e.met[inner] {
				n++
			}
		}
		e.count[id], e.met[id] = n, n >= v.threshold
	}
}

// satisfied says whether class c's own set is met as of the last evaluate.
func (e *evaluator) satisfied(c int) bool {
	own := e.q.own[c]
	return own >= 0 && e.met[own]
}

// greatest shrinks u, in place, to its greatest part in which every member's
// quorum set is satisfied by that part together with help: the greatest quorum
// when help is nil. Members of a class share their quorum set, so they stay or
// go together. It returns u. Each class goes once and takes its entries with
// it, so that chains in which one failure leads to the next cost no more than
// one look at everything.
func (e *evaluator) greatest(u, help vector) vector {
	e.evaluate(u, help)
	e.lost = e.lost[:0]
	for c, k := range u {
		if k > 0 && !e.satisfied(c) {
			e.lost = append(e.lost, c)
		}
	}
	for len(e.lost) > 0 {
		c := e.lost[len(e.lost)-1]
		e.lost = e.lost[:len(e.lost)-1]
		k := u[c]
		u[c] = 0
		for i, vertex := range e.q.lists[c] {
			e.lose(u, vertex, e.q.weight[c][i]*k)
		}
	}
	return u
}

// lose takes n met entries from a vertex; if it is no longer met, its owners
// are lost and the sets around it lose it.
func (e *evaluator) lose(u vector, vertex, n int) {
	e.count[vertex] -= n
	if !e.met[vertex] || e.count[vertex] >= e.q.vertex[vertex].threshold {
		return
	}
	e.met[vertex] = false
	for _, c := range e.q.owners[vertex] {
		if u[c] > 0 {
			e.lost = append(e.lost, c)
		}
	}
	for _, outer := range e.q.outer[vertex] {
		e.lose(u, outer, 1)
	}
}

// greatestIn is greatest on a copy.
func (e *evaluator) greatestIn(u, help vector) vector {
	return e.greatest(slices.Clone(u), help)
}

// isMinimalQuorum says whether x is a quorum and holds no smaller one.
func (e *evaluator) isMinimalQuorum(x vector) bool {
	if x.empty() || !slices.Equal(e.greatestIn(x, nil), x) {
		return false
	}
	for c, k := range x {
		if k == 0 {
			continue
		}
		less := slices.Clone(x)
		less[c]--
		if !e.greatest(less, nil).empty() {
			return false
		}
	}
	return true
}
