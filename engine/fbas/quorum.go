package fbas

// Set is a set of nodes of one System, a flag per node.
type Set []bool

// All is the set of all nodes.
func (s *System) All() Set {
	all := make(Set, s.Len())
	for i := range all {
		all[i] = true
	}
	return all
}

// SetOf is the set of the given nodes.
func (s *System) SetOf(nodes ...int) Set {
	set := make(Set, s.Len())
	for _, node := range nodes {
		set[node] = true
	}
	return set
}

// Without is the set of all nodes but the given ones.
func (s *System) Without(gone Set) Set {
	rest := s.All()
	for node, in := range gone {
		rest[node] = !in
	}
	return rest
}

// Len is the number of members.
func (a Set) Len() int {
	n := 0
	for _, in := range a {
		if in {
			n++
		}
	}
	return n
}

// Members lists the members in ascending order.
func (a Set) Members() []int {
	members := make([]int, 0, len(a))
	for i, in := range a {
		if in {
			members = append(members, i)
		}
	}
	return members
}

// Empty says whether there is no member.
func (a Set) Empty() bool { return a.Len() == 0 }

// GreatestQuorum is the union of all quorums inside within: the greatest set
// that satisfies the quorum set of each of its members, empty when within
// holds no quorum (free nodes alone are none). Time is linear in the size of
// the system: each member is deleted at most once, and each entry of a quorum
// set counted down at most once.
func (s *System) GreatestQuorum(within Set) Set {
	u := make(Set, len(within))
	copy(u, within)
	met, satisfied := s.evaluate(u)
	var queue []int
	remove := func(node int) {
		u[node] = false
		queue = append(queue, node)
	}
	for node, in := range u {
		if in && !s.agrees(node, satisfied) {
			remove(node)
		}
	}
	var fail func(vertex int)
	fail = func(vertex int) { // one entry of vertex is no longer met
		met[vertex]--
		if !satisfied[vertex] || met[vertex] >= s.Vertices[vertex].Threshold {
			return
		}
		satisfied[vertex] = false
		for _, node := range s.owners[vertex] {
			if u[node] {
				remove(node)
			}
		}
		for _, outer := range s.innerOf[vertex] {
			fail(outer)
		}
	}
	for len(queue) > 0 {
		node := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, vertex := range s.listedIn[node] {
			fail(vertex)
		}
	}
	if !s.someWithSet(u) {
		clear(u)
	}
	return u
}

// agrees says whether a node's own set is among the satisfied vertices.
func (s *System) agrees(node int, satisfied []bool) bool {
	own := s.Own[node]
	return own == Free || own >= 0 && satisfied[own]
}

// someWithSet says whether a member has a quorum set.
func (s *System) someWithSet(set Set) bool {
	for node, in := range set {
		if in && s.Own[node] >= 0 {
			return true
		}
	}
	return false
}

// IsQuorum says whether set is a quorum: every member's quorum set is satisfied
// inside it, and some member has one.
func (s *System) IsQuorum(set Set) bool { return s.IsQuorumBeside(set, s.SetOf()) }

// evaluate counts, for every vertex, the entries that set meets, and says
// whether they reach the threshold.
func (s *System) evaluate(set Set) (met []int, satisfied []bool) {
	met = make([]int, len(s.Vertices))
	satisfied = make([]bool, len(s.Vertices))
	for id, v := range s.Vertices {
		for _, node := range v.Nodes {
			if set[node] {
				met[id]++
			}
		}
		for _, inner := range v.Inner {
			if satisfied[inner] {
				met[id]++
			}
		}
		satisfied[id] = met[id] >= v.Threshold
	}
	return met, satisfied
}

// IsQuorumBeside says whether set is a quorum once the nodes of deleted are
// gone, where a list that named k of them asks for k fewer (never below 0).
// That is the same as counting them as agreeing. The two sets must be
// disjoint.
func (s *System) IsQuorumBeside(set, deleted Set) bool {
	agree := make(Set, len(set))
	for i := range agree {
		agree[i] = set[i] || deleted[i]
	}
	_, satisfied := s.evaluate(agree)
	for node, in := range set {
		if in && (deleted[node] || !s.agrees(node, satisfied)) {
			return false
		}
	}
	return s.someWithSet(set)
}
