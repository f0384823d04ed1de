package witness_test

import (
	"slices"

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
