package fbas

import "slices"

// Standard rewrites quorum sets that leave their owner out, at every depth, to
// name it: t{L} of node v becomes t+1{L, v}. The two mean the same, since v's
// set matters only where v is a member, also after other nodes are deleted. In
// standard form nodes that ask the same of each other have equal sets. Nodes
// without a set, free or not, stay as they are. A list in which each entry
// counts once, as CompilePython leaves it, gets no second entry of its owner.
func (s *System) Standard() *System {
	r := &restriction{from: s, whole: true, to: newBuilder(s.Len()), place: make(map[int]int, s.Len()), vertex: map[int]int{}}
	for node := range s.Keys {
		r.place[node] = node
	}
	for node, own := range s.Own {
		if own >= 0 {
			named := s.Mentions(own, node)
			own = r.shrink(own)
			if !named {
				v := r.to.s.Vertices[own]
				own = r.to.intern(Vertex{
					Threshold: v.Threshold + 1,
					Nodes:     append(slices.Clone(v.Nodes), node),
					Inner:     slices.Clone(v.Inner),
				})
			}
		}
		r.to.node(s.Keys[node], s.Source[node], own)
	}
	return r.to.system().compact()
}

// compact drops vertices that no node refers to any more.
func (s *System) compact() *System { return s.rewrite(&restriction{whole: true}, s.All().Members()) }

// Mentions says whether a node occurs in a vertex, at any depth.
func (s *System) Mentions(vertex, node int) bool {
	v := &s.Vertices[vertex]
	_, listed := slices.BinarySearch(v.Nodes, node)
	return listed || slices.ContainsFunc(v.Inner, func(inner int) bool { return s.Mentions(inner, node) })
}
