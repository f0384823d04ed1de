package witness

// components numbers the strongly connected components of the reference graph
// (an edge from each node to every validator its quorum set names) with Tarjan's
// algorithm. It keeps its own stack: a chain of 100,000 nodes must not be a
// recursion of that depth.
func components(needs []need) []int {
	t := tarjan{
		edges: make([][]int, len(needs)), component: make([]int, len(needs)),
		order: make([]int, len(needs)), low: make([]int, len(needs)), next: make([]int, len(needs)),
	}
	for v, n := range needs {
		t.component[v] = -1
		n.each(func(w int) { t.edges[v] = append(t.edges[v], w) })
	}
	for v := range needs {
		if t.order[v] == 0 {
			t.visit(v)
		}
	}
	return t.component
}

// tarjan is the state of one run over a graph.
type tarjan struct {
	edges     [][]int
	component []int // -1: not settled
	order     []int // in which a node was first seen, from 1; 0: not yet
	low       []int // the earliest open node known to be reachable
	next      []int // the edge to follow next
	open      []int // seen and not settled
	seen      int
	settled   int // components so far
}

// visit settles everything reachable from root.
func (t *tarjan) visit(root int) {
	t.enter(root)
	path := []int{root}
	for len(path) > 0 {
		v := path[len(path)-1]
		if t.next[v] < len(t.edges[v]) {
			w := t.edges[v][t.next[v]]
			t.next[v]++
			if t.order[w] == 0 {
				t.enter(w)
				path = append(path, w)
			} else if t.component[w] < 0 {
				t.low[v] = min(t.low[v], t.order[w])
			}
			continue
		}
		path = path[:len(path)-1]
		if len(path) > 0 {
			parent := path[len(path)-1]
			t.low[parent] = min(t.low[parent], t.low[v])
		}
		if t.low[v] == t.order[v] {
			t.settle(v)
		}
	}
}

func (t *tarjan) enter(v int) {
	t.seen++
	t.order[v], t.low[v] = t.seen, t.seen
	t.open = append(t.open, v)
}

// settle closes the component whose first node is v.
func (t *tarjan) settle(v int) {
	for {
		w := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.component[w] = t.settled
		if w == v {
			break
		}
	}
	t.settled++
}
