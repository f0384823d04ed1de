package encode_test

import (
	"math/rand/v2"
	"strconv"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

// sample is a random small network, as classes, with what its nodes cost.
type sample struct {
	system *fbas.System
	q      *class.Quotient
	oracle *oracle
	price  class.Price
	lost   []bool
}

// newSample draws a network of at most most nodes.
func newSample(r *rand.Rand, most int) sample {
	n := 1 + r.IntN(most)
	system := fbas.Compile(randomNetwork(r, n))
	if r.IntN(2) == 0 {
		for node, own := range system.Own {
			if own == fbas.NoSet {
				system.Own[node] = fbas.Free
			}
		}
	} else if core, err := system.Reduce(); err == nil && r.IntN(2) == 0 {
		system = core
	}
	n = system.Len()
	group, free, lost := make([]int, n), make([]bool, n), make([]bool, n)
	marks := [3][]int{make([]int, n), make([]int, n), make([]int, n)}
	for node := range n {
		if group[node] = r.IntN(4); group[node] == 3 {
			group[node] = -1
		}
		free[node], lost[node] = r.IntN(5) == 0, r.IntN(3) == 0
		marks[0][node] = group[node]
		if free[node] {
			marks[1][node] = 1
		}
		if lost[node] {
			marks[2][node] = 1
		}
	}
	s := sample{system: system, q: class.New(system, marks[:]...), oracle: newOracle(system, group, free, lost)}
	for _, members := range s.q.Members {
		s.price.Group = append(s.price.Group, group[members[0]])
		s.price.Free = append(s.price.Free, free[members[0]])
		s.lost = append(s.lost, lost[members[0]])
	}
	return s
}

// plain is the sample with all nodes alike, so that classes are larger.
func (s sample) plain() sample {
	s.q, s.price, s.lost = class.New(s.system), class.Price{}, nil
	return s
}

// randomNetwork has a few quorum sets that nodes share, nested ones too, with
// repeated, unknown and inner members, and thresholds that may be zero or too
// large.
func randomNetwork(r *rand.Rand, n int) *fbas.Network {
	sets := make([]*fbas.QuorumSet, 1+r.IntN(n))
	wild := r.IntN(3) == 0
	for i := range sets {
		set := randomSet(r, n, 2, wild)
		sets[i] = &set
	}
	network := &fbas.Network{}
	for i := range n {
		node := fbas.Node{PublicKey: name(i)}
		if r.IntN(6) > 0 {
			node.QuorumSet = sets[r.IntN(len(sets))]
		}
		network.Nodes = append(network.Nodes, node)
	}
	return network
}

func randomSet(r *rand.Rand, n, depth int, wild bool) fbas.QuorumSet {
	var q fbas.QuorumSet
	for i := range n {
		if r.IntN(3) > 0 {
			q.Validators = append(q.Validators, name(i))
		}
		if wild && r.IntN(8) == 0 {
			q.Validators = append(q.Validators, name(r.IntN(n+1)))
		}
	}
	if depth > 0 {
		for range r.IntN(3) {
			q.InnerQuorumSets = append(q.InnerQuorumSets, randomSet(r, n, depth-1, wild))
		}
	}
	entries := len(q.Validators) + len(q.InnerQuorumSets)
	if wild {
		q.Threshold = r.IntN(entries + 2)
	} else {
		q.Threshold = min(entries, 1+entries/3+r.IntN(1+entries/2))
	}
	return q
}

func name(i int) string { return strconv.Itoa(i) }
