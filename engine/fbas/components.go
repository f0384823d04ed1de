package fbas

// components gives the strongly connected components of the reference graph,
// in which a node points to its quorum set and a quorum set to its entries.
// The result numbers the component of every node and, after the nodes, of
// every vertex; numbers start at 0 and are smaller for components that are
// referred to. Tarjan's algorithm with its own
// stack, since networks may chain 100,000 nodes.
func (s *System) components() (of []int, count int) {
	t := &tarjan{s: s, n: s.Len()}
	total := t.n + len(s.Vertices)
	t.index = make([]int, total)
	t.low = make([]int, total)
	t.onStack = make([]bool, total)
	of = make([]int, total)
	for node := range t.n {
		if t.index[node] == 0 {
			count = t.walk(node, of, count)
		}
	}
	return of, count
}

type tarjan struct {
	s       *System
	n       int   // nodes are 0..n-1, vertices follow
	index   []int // 0: not yet seen
	low     []int
	onStack []bool
	stack   []int
	next    int
}

type frame struct{ at, edge int }

// successor gives the edge-th successor of at, and whether there is one.
func (t *tarjan) successor(at, edge int) (int, bool) {
	if at < t.n {
		if own := t.s.Own[at]; edge == 0 && own >= 0 {
			return t.n + own, true
		}
		return 0, false
	}
	v := &t.s.Vertices[at-t.n]
	if edge < len(v.Nodes) {
		return v.Nodes[edge], true
	}
	if edge -= len(v.Nodes); edge < len(v.Inner) {
		return t.n + v.Inner[edge], true
	}
	return 0, false
}

func (t *tarjan) push(at int) frame {
	t.next++
	t.index[at], t.low[at] = t.next, t.next
	t.stack = append(t.stack, at)
	t.onStack[at] = true
	return frame{at: at}
}

func (t *tarjan) walk(root int, of []int, count int) int {
	path := []frame{t.push(root)}
	for len(path) > 0 {
		top := &path[len(path)-1]
		if to, ok := t.successor(top.at, top.edge); ok {
			top.edge++
			switch {
			case t.index[to] == 0:
				path = append(path, t.push(to))
			case t.onStack[to]:
				t.low[top.at] = min(t.low[top.at], t.index[to])
			}
			continue
		}
		at := top.at
		path = path[:len(path)-1]
		if len(path) > 0 {
			parent := path[len(path)-1].at
			t.low[parent] = min(t.low[parent], t.low[at])
		}
		if t.low[at] == t.index[at] {
			t.pop(at, of, count)
			count++
		}
	}
	return count
}

// pop takes the component whose root is at off the stack.
func (t *tarjan) pop(at int, of []int, number int) {
	for {
		top := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.onStack[top] = false
		of[top] = number
		if top == at {
			return
		}
	}
}
