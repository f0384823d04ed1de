package arbiter

import (
	"errors"
	"math/big"
	"slices"

	"understudy/compare"
	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// larger is a core for solvers: compiled from the judge's reading, with the
// groups that sets are priced by.
type larger struct {
	core   *witness.Core
	groups *witness.Groups
	system *fbas.System
	q      *class.Quotient
	price  class.Price
	merged bool
}

// newLarger compiles the core. Members of faulty cost nothing.
func newLarger(core *witness.Core, groups *witness.Groups, faulty []string) *larger {
	l := &larger{core: core, groups: groups, system: fbas.Compile(written(core))}
	group, gratis := make([]int, l.system.Len()), make([]int, l.system.Len())
	number := make(map[string]int)
	for v, key := range l.system.Keys {
		representative, name, _ := groups.Group(key)
		if _, known := number[representative]; !known {
			number[representative] = len(number)
		}
		group[v] = number[representative]
		l.merged = l.merged || representative != key || name != key
		if slices.Contains(faulty, key) {
			gratis[v] = 1
		}
	}
	l.q = class.New(l.system, group, gratis)
	if !l.merged {
		l.q = class.New(l.system, gratis)
	} else {
		l.price.Group = make([]int, len(l.q.Size))
	}
	l.price.Free = make([]bool, len(l.q.Size))
	for c, members := range l.q.Members {
		if l.merged {
			l.price.Group[c] = group[members[0]]
		}
		l.price.Free[c] = gratis[members[0]] == 1
	}
	return l
}

// newPlain is newLarger without groups.
func newPlain(core *witness.Core) (*larger, error) {
	groups, err := core.Groups(witness.MergeNone)
	if err != nil {
		return nil, err
	}
	return newLarger(core, groups, nil), nil
}

// written is the core as a network that needs no reduction.
func written(core *witness.Core) *fbas.Network {
	n := &fbas.Network{}
	for _, key := range core.Keys() {
		node := fbas.Node{PublicKey: key}
		if q, has := core.QuorumSet(key); has {
			node.QuorumSet = &q
		}
		n.Nodes = append(n.Nodes, node)
	}
	return n
}

func (l *larger) keys(nodes []int) []string {
	out := make([]string, len(nodes))
	for i, v := range nodes {
		out[i] = l.system.Keys[v]
	}
	slices.Sort(out)
	return out
}

// family is what is known of a family by its minimum.
func (l *larger) family(found bool, size int, members []string) (compare.Family, error) {
	f := compare.Family{Min: size, Example: []string{}}
	if !found {
		f.Min, f.Total = 0, new(big.Int)
		return f, nil
	}
	var err error
	if f.Example, err = l.groups.Image(members); err != nil {
		return f, err
	}
	if l.merged {
		f.Members = members
	}
	if size == 0 {
		f.Total = big.NewInt(1)
	}
	if len(f.Example) != size {
		return f, errors.New("the set that was found has another size")
	}
	return f, nil
}

// pickSplit chooses nodes for a splitting vector and its two quorums.
func (l *larger) pickSplit(m class.Minimum) (members []string, quorums [][]string) {
	gone := l.q.Pick(m.Vector, l.system.SetOf())
	return l.keys(gone), l.pickLeft(gone, m.Quorums)
}

// pickLeft chooses nodes for two quorums that deleting gone leaves disjoint.
func (l *larger) pickLeft(gone []int, quorums [2]class.Vector) [][]string {
	one := l.q.Pick(quorums[0], l.system.SetOf(gone...))
	other := l.q.Pick(quorums[1], l.system.SetOf(slices.Concat(gone, one)...))
	return [][]string{l.keys(one), l.keys(other)}
}
