package encode

import "understudy/engine/class"

// clusters returns quorums inside the quorum u such that every minimal quorum
// inside u lies in one of them: the greatest quorum of each strongly connected
// component of the classes in u that have a quorum set, together with the free
// classes.
//
// A class refers to those that its own set names, at any depth. Let Q be a
// minimal quorum and K a component of its members with a set that refers to no
// other such component. Then own sets of K name, of Q, only K and free members,
// so that K and the free members of Q are a quorum: all of Q, and in the
// cluster of K's component.
func clusters(eval *class.Evaluator, q *class.Quotient, u class.Vector) []class.Vector {
	t := &tarjan{q: q, in: u, index: make([]int, len(u)), low: make([]int, len(u)), done: make([]bool, len(u))}
	var found []class.Vector
	for c, k := range u {
		if k > 0 && q.Own[c] >= 0 && t.index[c] == 0 {
			t.visit(c)
		}
	}
	for _, component := range t.components {
		part := make(class.Vector, len(u))
		for c, k := range u {
			if q.Own[c] < 0 {
				part[c] = k
			}
		}
		for _, c := range component {
			part[c] = u[c]
		}
		if !eval.Greatest(part, nil).Empty() {
			found = append(found, part)
		}
	}
	return found
}

// tarjan finds strongly connected components of the classes in a vector that
// have a set.
type tarjan struct {
	q          *class.Quotient
	in         class.Vector
	index, low []int // from 1, in order of visit
	done       []bool
	stack      []int
	visits     int
	components [][]int
}

func (t *tarjan) visit(c int) {
	t.visits++
	t.index[c], t.low[c] = t.visits, t.visits
	t.stack = append(t.stack, c)
	t.follow(c, t.q.Own[c], make([]bool, len(t.q.Vertices)))
	if t.low[c] != t.index[c] {
		return
	}
	for i := len(t.stack) - 1; ; i-- {
		t.done[t.stack[i]] = true
		if t.stack[i] == c {
			t.components = append(t.components, append([]int(nil), t.stack[i:]...))
			t.stack = t.stack[:i]
			return
		}
	}
}

// follow visits what a vertex names on behalf of class c.
func (t *tarjan) follow(c, vertex int, seen []bool) {
	if seen[vertex] {
		return
	}
	seen[vertex] = true
	v := &t.q.Vertices[vertex]
	for _, d := range v.Class {
		switch {
		case t.in[d] == 0 || t.q.Own[d] < 0 || t.done[d]:
		case t.index[d] == 0:
			t.visit(d)
			t.low[c] = min(t.low[c], t.low[d])
		default:
			t.low[c] = min(t.low[c], t.index[d])
		}
	}
	for _, inner := range v.Inner {
		t.follow(c, inner, seen)
	}
}
