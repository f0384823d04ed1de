package fbas

import "slices"

// CompilePython turns a network into index form as python-fbas reads it. There
// is no reduction, and next to Compile:
//
//   - Of the nodes of one key the first counts and the others are ignored,
//     also their sets.
//   - A node without a set agrees with anything (Free).
//   - A validator that a set refers to and that is not among the nodes is
//     added as a node without a set; its Source is -1.
//   - A list is a set: a validator listed twice counts once, and so do inner
//     sets that are equal once their own lists are read so.
//   - A set whose threshold exceeds its members, at any depth, loses its node
//     the whole set; members are counted after repetitions are removed, and
//     absent validators are members. What only lost sets refer to is not
//     added. Threshold 0 is allowed and met by everything.
//
// The owner is not added to its set. Nodes are sorted bytewise by key, as
// after Reduce.
func CompilePython(n *Network) *System {
	r := &pythonReading{b: newBuilder(len(n.Nodes)), index: make(map[string]int, len(n.Nodes)), own: map[*QuorumSet]int{}}
	for i := range n.Nodes {
		if _, again := r.index[n.Nodes[i].PublicKey]; !again {
			r.number(n.Nodes[i].PublicKey, i)
		}
	}
	for node, source := range slices.Clone(r.b.s.Source) { // sets add nodes
		if set := n.Nodes[source].QuorumSet; set != nil {
			r.b.s.Own[node] = r.ownSet(set)
		}
	}
	s := r.b.system().compact() // rids it of the vertices of lost sets
	keep := s.All()
	for node, source := range s.Source {
		keep[node] = source >= 0 || len(s.listedIn[node]) > 0
	}
	return s.Restrict(keep).sorted()
}

// pythonReading gathers the nodes and sets of one network.
type pythonReading struct {
	b     *builder
	index map[string]int     // keys met so far
	own   map[*QuorumSet]int // sets read so far, since nodes may share one
}

// number gives the node of a key, a new one where it was not met yet.
func (r *pythonReading) number(key string, source int) int {
	if node, known := r.index[key]; known {
		return node
	}
	node := len(r.index)
	r.index[key] = node
	r.b.node(key, source, Free)
	return node
}

// ownSet gives the vertex of a node's set, or Free when the set is lost.
func (r *pythonReading) ownSet(q *QuorumSet) int {
	own, known := r.own[q]
	if !known {
		var valid bool
		if own, valid = r.vertex(q); !valid {
			own = Free
		}
		r.own[q] = own
	}
	return own
}

// vertex interns a set without its repetitions, unless its threshold or that
// of a set inside exceeds the members. Equal sets are one vertex, so comparing
// numbers compares inner sets.
func (r *pythonReading) vertex(q *QuorumSet) (id int, valid bool) {
	v := Vertex{Threshold: q.Threshold}
	for i := range q.InnerQuorumSets {
		inner, valid := r.vertex(&q.InnerQuorumSets[i])
		if !valid {
			return 0, false
		}
		v.Inner = append(v.Inner, inner)
	}
	for _, key := range q.Validators {
		v.Nodes = append(v.Nodes, r.number(key, -1))
	}
	v.Nodes, v.Inner = distinct(v.Nodes), distinct(v.Inner)
	if v.Threshold < 0 || v.Threshold > v.Size() {
		return 0, false
	}
	return r.b.intern(v), true
}

// distinct sorts a list and drops repetitions.
func distinct(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}
