package engine

import (
	"encoding/binary"

	"understudy/engine/fbas"
)

// classes is the quotient of a system by interchangeability: nodes that are
// listed by the same quorum sets (the same number of times) and have the same
// quorum set are one class.
//
// Swapping two nodes of a class maps every quorum set to itself, so the swap
// is an automorphism and whether a set is a quorum, blocks or splits depends
// only on how many members of each class it has: on its vector.
type classes struct {
	members [][]int // by class: nodes, ascending
	size    vector  // by class: number of members
	own     []int   // by class: vertex of the quorum set, or fbas.NoSet
	of      []int   // by node: its class
	vertex  []classVertex
	// options are the counts a class may have in a minimal quorum, and cut the
	// counts that may be missing for a minimal blocking set.
	options, cut [][]int
	// lists are the vertices that list the class, without repetition, and weight
	// how often each lists a member.
	lists, weight [][]int
	// owners are, by vertex, the classes whose own set it is, and outer the
	// vertices it is an inner set of, once per entry.
	owners, outer [][]int
}

// classVertex is a quorum set over classes: weight[i] entries for each counted
// member of class[i], and inner vertices with repetitions.
type classVertex struct {
	threshold int
	class     []int
	weight    []int
	inner     []int
}

// newClasses builds the quotient.
func newClasses(s *fbas.System) *classes {
	q := &classes{of: make([]int, s.Len())}
	known := map[string]int{}
	var key []byte
	for node, own := range s.Own {
		key = binary.AppendVarint(key[:0], int64(own))
		for _, vertex := range s.ListedIn(node) {
			key = binary.AppendVarint(key, int64(vertex))
		}
		c, seen := known[string(key)]
		if !seen {
			c = len(q.members)
			known[string(key)] = c
			q.members = append(q.members, nil)
			q.own = append(q.own, own)
		}
		q.of[node] = c
		q.members[c] = append(q.members[c], node)
	}
	q.size = make(vector, len(q.members))
	for c, members := range q.members {
		q.size[c] = len(members)
	}
	q.addVertices(s)
	q.addOptions(s)
	return q
}

func (q *classes) addVertices(s *fbas.System) {
	q.lists, q.weight = make([][]int, len(q.members)), make([][]int, len(q.members))
	q.vertex = make([]classVertex, len(s.Vertices))
	q.owners, q.outer = make([][]int, len(s.Vertices)), make([][]int, len(s.Vertices))
	for c, own := range q.own {
		if own != fbas.NoSet {
			q.owners[own] = append(q.owners[own], c)
		}
	}
	for id, v := range s.Vertices {
		q.outer[id] = s.InnerOf(id)
		cv := classVertex{threshold: v.Threshold, inner: v.Inner}
		entries := map[int]int{}
		for _, node := range v.Nodes {
			entries[q.of[node]]++
		}
		for _, node := range v.Nodes {
			c := q.of[node]
			if n := entries[c]; n > 0 {
				cv.class = append(cv.class, c)
				cv.weight = append(cv.weight, n/q.size[c])
				q.lists[c] = append(q.lists[c], id)
				q.weight[c] = append(q.weight[c], n/q.size[c])
				delete(entries, c)
			}
		}
		q.vertex[id] = cv
	}
}

// addOptions restricts the counts of organizations: classes whose members are
// listed once, by one vertex p that lists nothing else and is nobody's own
// set. A member counts for others only through p, which asks for t of m. With
// fewer than t members in a set p is not met and the members there help
// nobody: without them what is left of a quorum is a quorum still, unless they
// are all of it, which takes a node that is a quorum alone (a loner). So a
// minimal quorum has 0 or t of them, and a minimal blocking set lacks 0 or
// m-t+1.
func (q *classes) addOptions(s *fbas.System) {
	loners := s.HasOneNodeQuorum()
	q.options = make([][]int, len(q.members))
	q.cut = make([][]int, len(q.members))
	for c, m := range q.size {
		p, t, org := q.organization(s, c)
		if org && !loners && p != fbas.NoSet {
			q.options[c] = []int{0, t}
			q.cut[c] = []int{0, m - t + 1}
			continue
		}
		for n := 0; n <= m; n++ {
			q.options[c] = append(q.options[c], n)
			q.cut[c] = append(q.cut[c], n)
		}
	}
}

func (q *classes) organization(s *fbas.System, c int) (p, t int, org bool) {
	if len(q.lists[c]) != 1 {
		return fbas.NoSet, 0, false
	}
	p = q.lists[c][0]
	v := q.vertex[p]
	t = v.threshold
	org = len(v.class) == 1 && v.weight[0] == 1 && len(v.inner) == 0 &&
		len(s.Owners(p)) == 0 && t >= 1 && t <= q.size[c]
	return p, t, org
}
