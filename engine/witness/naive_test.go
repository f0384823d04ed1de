package witness_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// naiveCore is the reduction word for word, with reachability instead of
// Tarjan's algorithm and repeated passes instead of worklists.
func naiveCore(n *fbas.Network) []string {
	sets := make(map[string]*fbas.QuorumSet)
	for _, node := range n.Nodes {
		sets[node.PublicKey] = node.QuorumSet
	}
	sets = naiveKeep(sets, func(key string) bool { return !naiveMet(sets[key], map[string]bool{key: true}) })
	satisfiable := naiveGreatest(sets, sets)
	kept := make(map[string]bool)
	for a := range satisfiable {
		component := make(map[string]*fbas.QuorumSet)
		for b := range satisfiable {
			if naiveReach(sets, a)[b] && naiveReach(sets, b)[a] {
				component[b] = sets[b]
			}
		}
		kept[a] = len(naiveGreatest(sets, component)) > 0
	}
	sets = naiveKeep(sets, func(key string) bool { return kept[key] })
	out := []string{}
	for key := range naiveGreatest(sets, sets) {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

func naiveKeep(sets map[string]*fbas.QuorumSet, keep func(string) bool) map[string]*fbas.QuorumSet {
	var shrink func(q *fbas.QuorumSet) *fbas.QuorumSet
	shrink = func(q *fbas.QuorumSet) *fbas.QuorumSet {
		out := of(q.Threshold, nil)
		for _, v := range q.Validators {
			if _, known := sets[v]; known && keep(v) {
				out.Validators = append(out.Validators, v)
			}
		}
		for i := range q.InnerQuorumSets {
			if in := shrink(&q.InnerQuorumSets[i]); len(in.Validators)+len(in.InnerQuorumSets) >= in.Threshold {
				out.InnerQuorumSets = append(out.InnerQuorumSets, *in)
			}
		}
		return out
	}
	out := make(map[string]*fbas.QuorumSet)
	for key, q := range sets {
		if keep(key) && q != nil {
			out[key] = shrink(q)
		} else if keep(key) {
			out[key] = nil
		}
	}
	return out
}

func naiveMet(q *fbas.QuorumSet, in map[string]bool) bool {
	if q == nil {
		return false
	}
	have := 0
	for _, v := range q.Validators {
		if in[v] {
			have++
		}
	}
	for i := range q.InnerQuorumSets {
		if naiveMet(&q.InnerQuorumSets[i], in) {
			have++
		}
	}
	return have >= q.Threshold
}

func naiveGreatest(sets, within map[string]*fbas.QuorumSet) map[string]bool {
	in := make(map[string]bool)
	for key := range within {
		in[key] = true
	}
	for changed := true; changed; {
		changed = false
		for key := range in {
			if !naiveMet(sets[key], in) {
				delete(in, key)
				changed = true
			}
		}
	}
	return in
}

func naiveReach(sets map[string]*fbas.QuorumSet, from string) map[string]bool {
	seen := map[string]bool{from: true}
	var follow func(q *fbas.QuorumSet)
	follow = func(q *fbas.QuorumSet) {
		if q == nil {
			return
		}
		for _, v := range q.Validators {
			if _, known := sets[v]; known && !seen[v] {
				seen[v] = true
				follow(sets[v])
			}
		}
		for i := range q.InnerQuorumSets {
			follow(&q.InnerQuorumSets[i])
		}
	}
	follow(sets[from])
	return seen
}

// naiveQuorum asks the sets as sent: inside the core the reduction changes no
// quorum.
func naiveQuorum(n *fbas.Network, set []string) bool {
	in := make(map[string]bool)
	for _, key := range set {
		in[key] = true
	}
	for _, node := range n.Nodes {
		if in[node.PublicKey] && !naiveMet(node.QuorumSet, in) {
			return false
		}
	}
	return len(set) > 0
}

// naiveRaw is the sets as sent, by node.
func naiveRaw(n *fbas.Network) map[string]*fbas.QuorumSet {
	sets := make(map[string]*fbas.QuorumSet)
	for _, node := range n.Nodes {
		sets[node.PublicKey] = node.QuorumSet
	}
	return sets
}

// naivePython is the reading of python-fbas word for word: nil is a node that is
// free.
func naivePython(n *fbas.Network) map[string]*fbas.QuorumSet {
	sets := make(map[string]*fbas.QuorumSet)
	for _, node := range n.Nodes {
		if _, again := sets[node.PublicKey]; !again {
			sets[node.PublicKey] = naiveAsSet(node.QuorumSet)
		}
	}
	var hear func(q *fbas.QuorumSet)
	hear = func(q *fbas.QuorumSet) {
		for _, key := range q.Validators {
			if _, known := sets[key]; !known {
				sets[key] = nil
			}
		}
		for i := range q.InnerQuorumSets {
			hear(&q.InnerQuorumSets[i])
		}
	}
	for _, node := range n.Nodes {
		if q := sets[node.PublicKey]; q != nil {
			hear(q)
		}
	}
	return sets
}

// naiveAsSet is q without repetitions, or nil if a threshold is out of range.
func naiveAsSet(q *fbas.QuorumSet) *fbas.QuorumSet {
	if q == nil {
		return nil
	}
	out := of(q.Threshold, slices.Compact(slices.Sorted(slices.Values(q.Validators))))
	for i := range q.InnerQuorumSets {
		in := naiveAsSet(&q.InnerQuorumSets[i])
		if in == nil {
			return nil
		}
		out.InnerQuorumSets = append(out.InnerQuorumSets, *in)
	}
	slices.SortFunc(out.InnerQuorumSets, func(a, b fbas.QuorumSet) int {
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	out.InnerQuorumSets = slices.CompactFunc(out.InnerQuorumSets, func(a, b fbas.QuorumSet) bool { return reflect.DeepEqual(a, b) })
	if q.Threshold < 0 || q.Threshold > len(out.Validators)+len(out.InnerQuorumSets) {
		return nil
	}
	return out
}

// naiveSide says whether q is a quorum to which the nodes of faulty agree.
func naiveSide(sets map[string]*fbas.QuorumSet, free bool, q, faulty []string) bool {
	agree := make(map[string]bool)
	for _, key := range slices.Concat(q, faulty) {
		agree[key] = true
	}
	known := false
	for _, key := range q {
		if slices.Contains(faulty, key) || !naiveMet(sets[key], agree) && (sets[key] != nil || !free) {
			return false
		}
		known = known || sets[key] != nil
	}
	return known
}

// naiveBlocks says whether each node is one of failed or blocked by them, in a
// cascade.
func naiveBlocks(sets map[string]*fbas.QuorumSet, free bool, failed []string) bool {
	standing := make(map[string]bool)
	for key := range sets {
		standing[key] = !slices.Contains(failed, key)
	}
	for changed := true; changed; {
		changed = false
		for key, q := range sets {
			blocked := !naiveMet(q, standing)
			if q == nil && free {
				blocked = len(failed) > 0
			}
			if standing[key] && blocked {
				standing[key], changed = false, true
			}
		}
	}
	for _, stands := range standing {
		if stands {
			return false
		}
	}
	return true
}
