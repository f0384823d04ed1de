package fbas

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
)

// Answers by trying all subsets, for systems of a dozen nodes.

func (s *System) subset(mask int) Set {
	set := s.SetOf()
	for node := range set {
		set[node] = mask>>node&1 == 1
	}
	return set
}

// quorumsBeside are the masks of all quorums once deleted is gone.
func quorumsBeside(s *System, deleted int) []int {
	var masks []int
	for mask := range 1 << s.Len() {
		if mask&deleted == 0 && s.IsQuorumBeside(s.subset(mask), s.subset(deleted)) {
			masks = append(masks, mask)
		}
	}
	return masks
}

// least is the fewest members of a set that holds, -1 where none does.
func least(s *System, holds func(mask int) bool) int {
	fewest := -1
	for mask := range 1 << s.Len() {
		if n := bits.OnesCount(uint(mask)); (fewest < 0 || n < fewest) && holds(mask) {
			fewest = n
		}
	}
	return fewest
}

func leastQuorum(s *System) int {
	return least(s, func(mask int) bool { return s.IsQuorum(s.subset(mask)) })
}

func leastSplitting(s *System) int {
	return least(s, func(deleted int) bool {
		quorums := quorumsBeside(s, deleted)
		return slices.ContainsFunc(quorums, func(a int) bool {
			return slices.ContainsFunc(quorums, func(b int) bool { return a&b == 0 })
		})
	})
}

// leastBlocking is the size of a least blocking set as python-fbas has it.
func leastBlocking(s *System) int {
	return least(s, func(failed int) bool { return s.Len() > 0 && cascades(s, s.subset(failed)) })
}

// cascades says whether the failure of some nodes blocks all others, one after
// the other: a node whose set can't be met without those that failed or are
// blocked already, and one without a set as soon as any node fails.
func cascades(s *System, failed Set) bool {
	gone := append(Set(nil), failed...)
	blocked := make([]bool, len(s.Vertices))
	for changed := true; changed; {
		changed = false
		for id, v := range s.Vertices {
			left := 0
			for _, node := range v.Nodes {
				if !gone[node] {
					left++
				}
			}
			for _, inner := range v.Inner {
				if !blocked[inner] {
					left++
				}
			}
			if !blocked[id] && left < v.Threshold {
				blocked[id], changed = true, true
			}
		}
		for node, own := range s.Own {
			if !gone[node] && (own >= 0 && blocked[own] || own == Free && !failed.Empty()) {
				gone[node], changed = true, true
			}
		}
	}
	return gone.Len() == s.Len()
}

// untidy is a random network with all that python-fbas treats differently:
// absent validators, repeated nodes, missing sets, repeated entries and inner
// sets, thresholds from 0 to above the members.
func untidy(r *rand.Rand) *Network {
	n, absent, silent := 1+r.IntN(5), r.IntN(2), r.IntN(3) == 0
	key := func() string { return string(rune('a' + r.IntN(n+absent))) }
	network := &Network{}
	for range n + r.IntN(2) {
		node := Node{PublicKey: string(rune('a' + r.IntN(n)))}
		if !silent || r.IntN(4) > 0 {
			node.QuorumSet = untidySet(r, key, 2)
		}
		network.Nodes = append(network.Nodes, node)
	}
	return network
}

func untidySet(r *rand.Rand, key func() string, depth int) *QuorumSet {
	q := &QuorumSet{}
	for range r.IntN(5) {
		q.Validators = append(q.Validators, key())
	}
	if depth > 0 {
		for range r.IntN(3) {
			q.InnerQuorumSets = append(q.InnerQuorumSets, *untidySet(r, key, depth-1))
		}
		if len(q.InnerQuorumSets) > 0 && r.IntN(4) == 0 {
			q.InnerQuorumSets = append(q.InnerQuorumSets, q.InnerQuorumSets[0])
		}
	}
	distinct := slices.Clone(q.Validators)
	slices.Sort(distinct)
	q.Threshold = r.IntN(min(len(slices.Compact(distinct))+len(q.InnerQuorumSets), 3) + 1)
	if r.IntN(40) == 0 {
		q.Threshold += 3
	}
	return q
}

// short writes a system as a = 2{a b 1{c}}, free and unsatisfiable nodes
// without a set.
func short(s *System) string {
	var parts []string
	for node, own := range s.Own {
		switch own {
		case Free:
			parts = append(parts, s.Keys[node]+" free")
		case NoSet:
			parts = append(parts, s.Keys[node]+" none")
		default:
			parts = append(parts, s.Keys[node]+" "+shortSet(s.QuorumSet(own)))
		}
	}
	return strings.Join(parts, ", ")
}

func shortSet(q QuorumSet) string {
	entries := slices.Clone(q.Validators)
	for _, inner := range q.InnerQuorumSets {
		entries = append(entries, shortSet(inner))
	}
	return fmt.Sprintf("%d{%s}", q.Threshold, strings.Join(entries, " "))
}
