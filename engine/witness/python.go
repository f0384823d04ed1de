package witness

import "understudy/engine/fbas"

// Python returns all of n as python-fbas reads it. It never fails; the error is
// there so that the three readings can be told apart by name only.
//
//   - The first node of a key counts, later ones are ignored.
//   - A list is a set: a validator counts once, and so does an inner set that
//     asks the same as another one of its list.
//   - A threshold below 0 or above the members, at any depth, makes the whole
//     set of the node void, with what it refers to.
//   - A validator that a set names and the network lacks becomes a node.
//   - A node without a set, or whose set is void, is free: it agrees with
//     anything. A quorum has a member that is not.
//   - Nothing is reduced. Threshold 0 is met by everything.
func Python(n *fbas.Network) (*Core, error) {
	p := &python{reading: reading{network: n, free: true}, index: make(map[string]int, len(n.Nodes))}
	for v := range n.Nodes {
		if _, again := p.index[n.Nodes[v].PublicKey]; !again {
			p.add(&n.Nodes[v])
		}
	}
	sent := len(p.nodes)
	for v := range sent {
		if q := p.nodes[v].QuorumSet; q != nil {
			p.needs[v], p.asks[v] = p.need(q)
		}
		if !p.asks[v] {
			p.needs[v] = need{}
		}
	}
	kept := make([]bool, len(p.nodes)) // not what only void sets name
	for v := range sent {
		kept[v] = true
	}
	for _, need := range p.needs {
		need.each(func(v int) { kept[v] = true })
	}
	return p.core(kept), nil
}

// python is a reading that makes a node of each validator it hears of.
type python struct {
	reading
	index map[string]int
}

func (p *python) add(node *fbas.Node) int {
	v := len(p.nodes)
	p.index[node.PublicKey] = v
	p.nodes, p.needs, p.asks = append(p.nodes, node), append(p.needs, need{}), append(p.asks, false)
	return v
}

// need reads q with its lists as sets and says whether it is not void.
func (p *python) need(q *fbas.QuorumSet) (need, bool) {
	n := need{threshold: q.Threshold}
	listed := make(map[int]bool)
	for _, key := range q.Validators {
		v, known := p.index[key]
		if !known {
			v = p.add(&fbas.Node{PublicKey: key})
		}
		if !listed[v] {
			listed[v] = true
			n.validators = append(n.validators, v)
		}
	}
	same := make(map[string]bool)
	for i := range q.InnerQuorumSets {
		inner, sound := p.need(&q.InnerQuorumSets[i])
		if !sound {
			return n, false
		}
		if form := inner.canonical(); !same[form] {
			same[form] = true
			n.inner = append(n.inner, inner)
		}
	}
	return n, 0 <= n.threshold && n.threshold <= len(n.validators)+len(n.inner)
}
