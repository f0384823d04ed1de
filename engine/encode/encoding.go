package encode

import (
	"errors"

	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/sat"
)

// ErrContradiction says that what a model was decoded to is not what was asked
// for; no answer is given then.
var ErrContradiction = errors.New("engine contradicts itself")

// encoding writes questions about vectors as clauses. A count x_c of members
// of class c is the unary number x_c[0..m-1], where x_c[i] says x_c > i.
type encoding struct {
	q *class.Quotient
	f *sat.Formula
}

// counts returns the unary number of each class, ordered: x_c[i+1] implies
// x_c[i].
func (e *encoding) counts() [][]sat.Lit {
	x := make([][]sat.Lit, len(e.q.Size))
	for c, m := range e.q.Size {
		x[c] = e.f.Vars(m)
		for i := 1; i < m; i++ {
			e.f.Add(x[c][i].Not(), x[c][i-1])
		}
	}
	return x
}

// meets returns, for every vertex, a literal that implies that the members
// counted by x satisfy the vertex: y_v implies
//
//	sum over classes of weight * x_c + sum over inner sets of y_inner >= threshold
func (e *encoding) meets(x [][]sat.Lit) []sat.Lit {
	y := e.f.Vars(len(e.q.Vertices))
	for id := range e.q.Vertices {
		v := &e.q.Vertices[id]
		var numbers [][]sat.Lit
		for i, c := range v.Class {
			for range v.Weight[i] {
				numbers = append(numbers, x[c])
			}
		}
		for _, inner := range v.Inner {
			numbers = append(numbers, []sat.Lit{y[inner]})
		}
		e.f.ImplyAtLeast(y[id], v.Threshold, numbers)
	}
	return y
}

// quorum demands that x counts a quorum that is not empty: a counted member's
// own set is met by x.
func (e *encoding) quorum(x [][]sat.Lit) {
	y := e.meets(x)
	var members []sat.Lit
	for c := range x {
		e.demandOwn(c, y, x[c][0].Not())
		if e.q.Own[c] >= 0 {
			members = append(members, x[c][0])
		}
	}
	e.f.Add(members...)
}

// demandOwn adds: unless one of the literals holds, the own set of class c is
// met.
func (e *encoding) demandOwn(c int, y []sat.Lit, unless ...sat.Lit) {
	own := e.q.Own[c]
	if own == fbas.Free {
		return
	}
	clause := append([]sat.Lit(nil), unless...)
	if own >= 0 {
		clause = append(clause, y[own])
	}
	e.f.Add(clause...)
}

// twoQuorums demands two quorums A and B that are disjoint once the nodes
// counted by f are deleted. Deleting a node that a list names lowers the
// list's threshold by one, which is the same as counting it as agreeing with
// everybody, so with f_c deleted members, and a_c and b_c counting the members
// that agree in A and in B, the deleted among them:
//
//	a_c >= f_c,  b_c >= f_c,  f_c >= a_c + b_c - m_c    (A, B, F fit into the class)
//	a_c > f_c implies that the own set of c is met by a    (the same for b)
//	a_c > f_c for some c, and b_c > f_c for some c
//	b_c > f_c implies a_d > f_d for some d <= c
//
// The last two speak of classes with a set. The last one is no loss: of the
// two, A is the one that has a member of the first class that either has.
//
// f may be nil: nothing is deleted.
func (e *encoding) twoQuorums(f [][]sat.Lit) (a, b [][]sat.Lit) {
	a, b = e.counts(), e.counts()
	for c, m := range e.q.Size {
		for i := 1; i <= m; i++ {
			if f != nil {
				e.f.Add(f[c][i-1].Not(), a[c][i-1])
				e.f.Add(f[c][i-1].Not(), b[c][i-1])
			}
			for j := m - i + 1; j <= m; j++ { // i + j > m
				clause := []sat.Lit{a[c][i-1].Not(), b[c][j-1].Not()}
				if f != nil {
					clause = append(clause, f[c][i+j-m-1])
				}
				e.f.Add(clause...)
			}
		}
	}
	upTo := e.honest(a, f)
	e.honest(b, f)
	for c := range b {
		for i, l := range b[c] {
			if e.q.Own[c] < 0 {
				break
			}
			clause := []sat.Lit{l.Not(), upTo[c]}
			if f != nil {
				clause = append(clause, f[c][i])
			}
			e.f.Add(clause...)
		}
	}
	return a, b
}

// honest demands that some member that has a set is counted by x and not by f,
// and that such members' own sets are met by x. It returns, for each class c, a
// literal that implies that there is such a member in a class up to c.
func (e *encoding) honest(x, f [][]sat.Lit) []sat.Lit {
	y := e.meets(x)
	upTo := e.f.Vars(len(x))
	for c := range x {
		clause := []sat.Lit{upTo[c].Not()}
		if c > 0 {
			clause = append(clause, upTo[c-1])
		}
		for i, l := range x[c] {
			if f == nil {
				e.demandOwn(c, y, l.Not())
				if e.q.Own[c] >= 0 {
					clause = append(clause, l)
				}
				break // x_c > 0 says it all
			}
			e.demandOwn(c, y, l.Not(), f[c][i])
			if e.q.Own[c] < 0 {
				continue
			}
			h := e.f.Var() // h implies x_c > i >= f_c
			e.f.Add(h.Not(), l)
			e.f.Add(h.Not(), f[c][i].Not())
			clause = append(clause, h)
		}
		e.f.Add(clause...)
	}
	e.f.Add(upTo[max(0, len(upTo)-1):]...) // the last one; none where there is no class
	return upTo
}

// price returns literals t with: a price of i+1 or more implies t[i], for
// prices up to limit. A group is paid for by one literal, which any member of
// the group implies.
func (e *encoding) price(x [][]sat.Lit, p class.Price, limit int) []sat.Lit {
	var numbers [][]sat.Lit
	paid := map[int]sat.Lit{}
	for c := range x {
		g := p.GroupOf(c)
		switch {
		case p.IsFree(c):
			continue
		case g < 0:
			numbers = append(numbers, x[c])
			continue
		case paid[g] == 0:
			paid[g] = e.f.Var()
			numbers = append(numbers, []sat.Lit{paid[g]})
		}
		e.f.Add(x[c][0].Not(), paid[g])
	}
	return e.f.Sum(numbers, limit)
}

// notAbove excludes vectors that are at least y in every class.
func notAbove(f *sat.Formula, x [][]sat.Lit, y class.Vector) {
	var clause []sat.Lit
	for c, k := range y {
		if k > 0 {
			clause = append(clause, x[c][k-1].Not())
		}
	}
	f.Add(clause...)
}

// decode reads a vector out of a model.
func decode(answer sat.Answer, x [][]sat.Lit) class.Vector {
	v := make(class.Vector, len(x))
	for c := range x {
		for _, l := range x[c] {
			if answer.True(l) {
				v[c]++
			}
		}
	}
	return v
}
