package class

import (
	"encoding/binary"
	"slices"

	"understudy/engine/fbas"
)

// Quotient is a system with interchangeable nodes gathered in classes: nodes
// that are listed by the same quorum sets (the same number of times) and have
// the same quorum set. It is immutable after New.
//
// Swapping two nodes of a class maps every quorum set to itself, so the swap
// is an automorphism and whether a set is a quorum, blocks or splits depends
// only on how many members of each class it has: on its vector.
type Quotient struct {
	// Members are, by class, its nodes, ascending.
	Members [][]int
	// Size is the vector of all nodes.
	Size Vector
	// Own is, by class, the vertex of the quorum set, or fbas.NoSet or
	// fbas.Free.
	Own []int
	// Of is, by node, its class.
	Of []int
	// Vertices are the quorum sets, children before parents.
	Vertices []Vertex
	// Options are the counts a class may have in a minimal quorum, and Cut
	// those it may have in a minimal blocking set, ascending.
	Options, Cut [][]int
	// Lists are, by class, the vertices that list it, without repetition, and
	// Weight how often each lists a member.
	Lists, Weight [][]int
	// Owners are, by vertex, the classes whose own set it is, and Outer the
	// vertices it is an inner set of, once per entry.
	Owners, Outer [][]int
}

// Vertex is a quorum set over classes: Weight[i] entries for each counted
// member of Class[i], and inner vertices with repetitions.
type Vertex struct {
	Threshold int
	Class     []int
	Weight    []int
	Inner     []int
}

// New builds the quotient. Nodes with different marks are kept in different
// classes; a mark is a number per node, for analyses that tell nodes apart by
// more than their part in quorums (their group, their history).
func New(s *fbas.System, marks ...[]int) *Quotient {
	q := &Quotient{Of: make([]int, s.Len())}
	known := map[string]int{}
	var key []byte
	for node, own := range s.Own {
		key = binary.AppendVarint(key[:0], int64(own))
		for _, mark := range marks {
			key = binary.AppendVarint(key, int64(mark[node]))
		}
		for _, vertex := range s.ListedIn(node) {
			key = binary.AppendVarint(key, int64(vertex))
		}
		c, seen := known[string(key)]
		if !seen {
			c = len(q.Members)
			known[string(key)] = c
			q.Members = append(q.Members, nil)
			q.Own = append(q.Own, own)
		}
		q.Of[node] = c
		q.Members[c] = append(q.Members[c], node)
	}
	q.Size = make(Vector, len(q.Members))
	for c, members := range q.Members {
		q.Size[c] = len(members)
	}
	q.addVertices(s)
	q.addOptions(s)
	return q
}

func (q *Quotient) addVertices(s *fbas.System) {
	q.Lists, q.Weight = make([][]int, len(q.Members)), make([][]int, len(q.Members))
	q.Vertices = make([]Vertex, len(s.Vertices))
	q.Owners, q.Outer = make([][]int, len(s.Vertices)), make([][]int, len(s.Vertices))
	for c, own := range q.Own {
		if own >= 0 {
			q.Owners[own] = append(q.Owners[own], c)
		}
	}
	for id, v := range s.Vertices {
		q.Outer[id] = s.InnerOf(id)
		cv := Vertex{Threshold: v.Threshold, Inner: v.Inner}
		entries := map[int]int{}
		for _, node := range v.Nodes {
			entries[q.Of[node]]++
		}
		for _, node := range v.Nodes {
			c := q.Of[node]
			if n := entries[c]; n > 0 {
				cv.Class = append(cv.Class, c)
				cv.Weight = append(cv.Weight, n/q.Size[c])
				q.Lists[c] = append(q.Lists[c], id)
				q.Weight[c] = append(q.Weight[c], n/q.Size[c])
				delete(entries, c)
			}
		}
		q.Vertices[id] = cv
	}
}

// addOptions restricts the counts of organizations: classes whose members are
// listed once, by one vertex p that lists nothing else. A member counts for
// others only through p, which asks for t of m.
//
// A quorum with more than t members is one with t too. With fewer p is not met
// and they help nobody, not even each other: without them what is left is a
// quorum still, unless no member with a quorum set is left. Then one of them
// and the free nodes are a quorum, so it is a loner. So a minimal quorum has 0
// or t of them, or one loner.
//
// A minimal blocking set B holds 0 or m-t+1 of them, or all m if they are
// loners. Say it holds k others. If at least t are outside B, give all k back;
// if fewer, all but m-t+1, so that t-1 are outside. A minimal quorum that this
// makes possible has 0, 1 or t of them in the first case, in the second 0 or,
// if they are loners, 1. So many are outside B already and can stand in for
// those given back, so B did not block.
func (q *Quotient) addOptions(s *fbas.System) {
	loners := s.Loners()
	q.Options = make([][]int, len(q.Members))
	q.Cut = make([][]int, len(q.Members))
	for c, m := range q.Size {
		if t, org := q.organization(c); org {
			q.Options[c] = []int{0, t}
			q.Cut[c] = []int{0, m - t + 1}
			if loners[q.Members[c][0]] { // then all of them are
				q.Options[c] = distinct(0, 1, t)
				q.Cut[c] = distinct(0, m-t+1, m)
			}
			continue
		}
		for n := 0; n <= m; n++ {
			q.Options[c] = append(q.Options[c], n)
			q.Cut[c] = append(q.Cut[c], n)
		}
	}
}

// distinct drops the repetitions of ascending counts.
func distinct(counts ...int) []int { return slices.Compact(counts) }

// organization says whether a class is one, and how many p asks for.
func (q *Quotient) organization(c int) (t int, org bool) {
	if len(q.Lists[c]) != 1 {
		return 0, false
	}
	p := q.Lists[c][0]
	v := q.Vertices[p]
	t = v.Threshold
	org = len(v.Class) == 1 && v.Weight[0] == 1 && len(v.Inner) == 0 && t >= 1 && t <= q.Size[c]
	return t, org
}

// Count is the vector of a set of nodes.
func (q *Quotient) Count(nodes []int) Vector {
	v := make(Vector, len(q.Size))
	for _, node := range nodes {
		v[q.Of[node]]++
	}
	return v
}

// Pick chooses a set of the vector's kind among the nodes that are not taken:
// for each class its first members. It has fewer where not enough are left.
func (q *Quotient) Pick(v Vector, taken fbas.Set) []int {
	var nodes []int
	for c, k := range v {
		for _, node := range q.Members[c] {
			if k == 0 {
				break
			}
			if !taken[node] {
				nodes = append(nodes, node)
				k--
			}
		}
	}
	return nodes
}

// Relevant is the quotient for questions about two quorums: of nodes that no
// quorum set lists only two of a class can play a part, one in each quorum. The
// others are left out.
func (q *Quotient) Relevant() *Quotient {
	r := *q
	r.Members, r.Size = append([][]int(nil), q.Members...), append(Vector(nil), q.Size...)
	for c, lists := range q.Lists {
		if len(lists) == 0 && q.Size[c] > 2 {
			r.Members[c], r.Size[c] = q.Members[c][:2], 2
		}
	}
	return &r
}
