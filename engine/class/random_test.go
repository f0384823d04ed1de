package class_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

// randomSystem has few keys and sets and reads them in either way, so that
// classes of several nodes, free nodes, unsatisfiable ones, repeated entries
// and organizations all occur often.
func randomSystem(seed uint64) *fbas.System {
	r := rand.New(rand.NewPCG(seed, 21))
	n := 2 + r.IntN(6)
	network := &fbas.Network{}
	sets := make([]*fbas.QuorumSet, 1+r.IntN(2))
	for i := range sets {
		sets[i] = randomSet(r, n, i)
	}
	for i := range n {
		node := fbas.Node{PublicKey: key(i)}
		if r.IntN(8) > 0 {
			node.QuorumSet = sets[r.IntN(len(sets))]
		}
		network.Nodes = append(network.Nodes, node)
	}
	if seed%3 == 0 {
		return fbas.Compile(network)
	}
	return fbas.CompilePython(network)
}

func key(i int) string { return fmt.Sprint(i) }

// randomSet asks for validators and for organizations, which are runs of keys.
func randomSet(r *rand.Rand, n, salt int) *fbas.QuorumSet {
	q := &fbas.QuorumSet{}
	for at := salt % 2; at < n; {
		size := min(1+r.IntN(3), n-at)
		var run []string
		for i := range size {
			run = append(run, key(at+i))
		}
		switch {
		case r.IntN(2) == 0:
			q.InnerQuorumSets = append(q.InnerQuorumSets, fbas.QuorumSet{Threshold: min(1+r.IntN(size), r.IntN(8)), Validators: run})
		default:
			q.Validators = append(q.Validators, run...)
		}
		at += size + r.IntN(2)
	}
	if r.IntN(8) == 0 && len(q.Validators) > 0 {
		q.Validators = append(q.Validators, q.Validators[0])
	}
	q.Threshold = r.IntN(len(q.Validators) + len(q.InnerQuorumSets) + 1)
	if r.IntN(3) > 0 {
		q.Threshold = max(q.Threshold, (len(q.Validators)+len(q.InnerQuorumSets)+1)/2)
	}
	return q
}

// subset is the set of the nodes whose bits mask has.
func subset(s *fbas.System, mask int) fbas.Set {
	set := s.SetOf()
	for node := range set {
		set[node] = mask>>node&1 == 1
	}
	return set
}

func vector(q *class.Quotient, set fbas.Set) class.Vector { return q.Count(set.Members()) }

// minimal keeps the masks that contain no other one.
func minimal(masks []int) []int {
	return slices.DeleteFunc(slices.Clone(masks), func(mask int) bool {
		return slices.ContainsFunc(masks, func(other int) bool { return other != mask && other&^mask == 0 })
	})
}

// quorums are the masks of all quorums.
func quorums(s *fbas.System) []int {
	var masks []int
	for mask := range 1 << s.Len() {
		if s.IsQuorum(subset(s, mask)) {
			masks = append(masks, mask)
		}
	}
	return masks
}

// describe writes a system out for the message of a test that fails.
func describe(s *fbas.System) string {
	text := ""
	for node, own := range s.Own {
		text += fmt.Sprintf("%s: ", s.Keys[node])
		if own >= 0 {
			text += fmt.Sprint(s.QuorumSet(own))
		} else {
			text += fmt.Sprint(own)
		}
		text += "\n"
	}
	return text
}
