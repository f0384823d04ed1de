package arbiter

import (
	"context"
	"errors"
	"slices"

	"understudy/compare"
	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// askSplit asks both solvers about every way to delete nodes that are reported
// as names.
func askSplit(ctx context.Context, d compare.Dispute, names []string) (compare.Split, error) {
	split := compare.Split{Kind: compare.ProofTwoSolvers, How: howSolvers}
	ways, err := waysToDelete(d, names)
	if err != nil {
		return split, err
	}
	var problems []error
	for _, way := range ways {
		members, quorums, err := way.ask(ctx, d.Core)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if quorums != nil {
			split.Members, split.Quorums = members, quorums
			return split, d.Groups.CheckSplitting(names, members, quorums[0], quorums[1])
		}
	}
	return split, errors.Join(problems...)
}

// way deletes the nodes of sure, and of maybe those that help.
type way struct{ sure, maybe []string }

// mostWays bounds the ways for one set of names. Where the validators of an
// organization are interchangeable and no two groups share a name there is one.
const mostWays = 64

var errWays = errors.New("there are too many ways to read the names")

// waysToDelete lists ways such that some nodes reported as names split exactly
// if one of the ways does. Of each group a node has to go, or its name would not
// be reported, and any others may. Which of interchangeable nodes of one group
// goes does not matter: exchanging them changes no quorum and no report.
func waysToDelete(d compare.Dispute, names []string) ([]way, error) {
	l := newLarger(d.Core, d.Groups, nil)
	w := &wayfinder{names: slices.Sorted(slices.Values(names)), nodes: map[string][]string{}, named: map[string][]string{}, class: map[string]int{}}
	for v, key := range l.system.Keys {
		representative, name, _ := d.Groups.Group(key)
		if w.nodes[representative] == nil {
			w.named[name] = append(w.named[name], representative)
		}
		w.nodes[representative] = append(w.nodes[representative], key)
		w.class[key] = l.q.Of[v]
	}
	err := w.find(0, 0, way{})
	return w.found, err
}

type wayfinder struct {
	names []string            // sorted
	nodes map[string][]string // by representative
	named map[string][]string // representatives, by name
	class map[string]int      // nodes of one are interchangeable
	found []way
}

// find chooses groups for the names from the at-th on. Of the groups of one name
// those before the from-th are left out if the name before is the same, so that
// no choice is made twice.
func (w *wayfinder) find(at, from int, so way) error {
	if at == len(w.names) {
		if len(w.found) == mostWays {
			return errWays
		}
		w.found = append(w.found, so)
		return nil
	}
	if at > 0 && w.names[at] != w.names[at-1] {
		from = 0
	}
	groups := w.named[w.names[at]]
	// As many groups have to be left as there are more names like this one, or
	// the choice leads nowhere; there are 2^n such ends for n groups of one name.
	more := 0
	for more+at+1 < len(w.names) && w.names[at+1+more] == w.names[at] {
		more++
	}
	for i := from; i < len(groups)-more; i++ {
		seen := map[int]bool{}
		for _, key := range w.nodes[groups[i]] {
			if seen[w.class[key]] {
				continue
			}
			seen[w.class[key]] = true
			next := way{append(slices.Clone(so.sure), key), slices.Clone(so.maybe)}
			for _, other := range w.nodes[groups[i]] {
				if other != key {
					next.maybe = append(next.maybe, other)
				}
			}
			if err := w.find(at+1, i+1, next); err != nil {
				return err
			}
		}
	}
	return nil
}

// ask returns the nodes to delete and two quorums that this leaves disjoint; nil
// if both solvers say that there are none. It looks for a cheapest splitting set
// of what is left without the sure ones, where those that may go cost nothing
// and all others together 1.
func (w way) ask(ctx context.Context, core *witness.Core) (members []string, quorums [][]string, err error) {
	l := &larger{core: core, system: fbas.Compile(deleted(core, w.sure))}
	if len(w.maybe) == 0 {
		l.q = class.New(l.system)
		quorums, err = l.disjoint(ctx)
		return slices.Sorted(slices.Values(w.sure)), quorums, err
	}
	mark := make([]int, l.system.Len())
	for v, key := range l.system.Keys {
		if slices.Contains(w.maybe, key) {
			mark[v] = 1
		}
	}
	l.q = class.New(l.system, mark)
	l.price.Group, l.price.Free = make([]int, len(l.q.Size)), make([]bool, len(l.q.Size))
	for c, nodes := range l.q.Members {
		l.price.Free[c] = mark[nodes[0]] == 1
	}
	m, err := l.agreed(ctx, minimumSplitting)
	if err != nil || !m.Found || m.Size > 0 {
		return nil, nil, err
	}
	more, quorums := l.pickSplit(m)
	return slices.Sorted(slices.Values(slices.Concat(w.sure, more))), quorums, nil
}

// deleted is the core once nodes are deleted: they leave every list, whose
// threshold falls by as many.
func deleted(core *witness.Core, nodes []string) *fbas.Network {
	gone := make(map[string]bool, len(nodes))
	for _, key := range nodes {
		gone[key] = true
	}
	n := written(core)
	n.Nodes = slices.DeleteFunc(n.Nodes, func(v fbas.Node) bool { return gone[v.PublicKey] })
	for i := range n.Nodes {
		if q := n.Nodes[i].QuorumSet; q != nil {
			less := without(*q, gone)
			n.Nodes[i].QuorumSet = &less
		}
	}
	return n
}

func without(q fbas.QuorumSet, gone map[string]bool) fbas.QuorumSet {
	out := fbas.QuorumSet{Threshold: q.Threshold}
	for _, key := range q.Validators {
		if gone[key] {
			out.Threshold = max(0, out.Threshold-1)
			continue
		}
		out.Validators = append(out.Validators, key)
	}
	for _, inner := range q.InnerQuorumSets {
		out.InnerQuorumSets = append(out.InnerQuorumSets, without(inner, gone))
	}
	return out
}
