package fbas

// FirstCluster gives the nodes, ascending, of a strongly connected component
// of the reference graph that contains a quorum, and how many such components
// there are; nil and 0 when there is none. Of several it is one that leads to
// no other, and of those the one with the smallest public key.
//
// For python-fbas, which finds top tier and minimum quorum among the nodes
// that this component leads to (ReachableFrom), free ones included. Of several
// components it takes the first it comes across: depth first, so never one
// that leads to another, and which of the rest is arbitrary. Two components
// hold disjoint quorums.
func (s *System) FirstCluster() (cluster []int, count int) {
	component, total := s.components()
	members := make([][]int, total)
	for node := range s.Len() {
		members[component[node]] = append(members[component[node]], node)
	}
	holds := make([]bool, total)
	for c, nodes := range members {
		if s.componentHoldsQuorum(nodes) {
			holds[c] = true
			count++
		}
	}
	onward := s.leadTo(holds, component)
	first := -1
	for node, c := range component[:s.Len()] {
		if holds[c] && !onward[c] && (first < 0 || s.Keys[node] < s.Keys[first]) {
			first, cluster = node, members[c]
		}
	}
	return cluster, count
}

func (s *System) componentHoldsQuorum(nodes []int) bool {
	switch len(nodes) {
	case 0: // quorum sets only
		return false
	case 1:
		own := s.Own[nodes[0]]
		return own >= 0 && s.satisfiedByOne(own, nodes[0], nil)
	}
	return s.holdsQuorum(nodes)
}

// leadTo says of each component whether references lead from it to another one
// that is marked.
func (s *System) leadTo(marked []bool, component []int) []bool {
	within := make([][]int, len(marked)) // nodes and vertices of each component
	for at, c := range component {
		within[c] = append(within[c], at)
	}
	lead := make([]bool, len(marked))
	graph := tarjan{s: s, n: s.Len()}
	for c, items := range within { // those that are referred to come first
		for _, at := range items {
			for edge := 0; ; edge++ {
				to, ok := graph.successor(at, edge)
				if !ok {
					break
				}
				if other := component[to]; other != c && (marked[other] || lead[other]) {
					lead[c] = true
				}
			}
		}
	}
	return lead
}

// ReachableFrom is the set of the given nodes and all that their quorum sets
// refer to, directly or through others: no quorum set of the result refers to
// a node outside it, so Restrict changes none of them.
func (s *System) ReachableFrom(nodes []int) Set {
	graph := tarjan{s: s, n: s.Len()}
	seen := make([]bool, s.Len()+len(s.Vertices))
	var queue []int
	visit := func(at int) {
		if !seen[at] {
			seen[at] = true
			queue = append(queue, at)
		}
	}
	for _, node := range nodes {
		visit(node)
	}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for edge := 0; ; edge++ {
			to, ok := graph.successor(at, edge)
			if !ok {
				break
			}
			visit(to)
		}
	}
	return Set(seen[:s.Len()])
}
