package workload

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// shape says what a set looks like.
type shape struct {
	inner     int  // most inner sets
	owner     odds // that the owner stands in its own set
	repeats   bool // entries may stand there twice, on one level and across levels
	strangers bool // entries may be no node of the network
	odd       bool // thresholds may be 0 or above the number of members
	tight     bool // thresholds are above one half
}

type odds int

const (
	always odds = iota
	sometimes
)

// draw makes a set over some of the keys.
func (s shape) draw(r *rand.Rand, keys []string, owner string) *set {
	members := sample(r, keys, 2+r.IntN(max(1, len(keys)-1)))
	if s.owner == always || r.IntN(2) == 0 {
		members = unique(append(members, owner))
	}
	r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	q := s.nest(r, members, 2)
	if s.repeats {
		s.repeat(r, q, keys)
	}
	if s.strangers && r.IntN(3) == 0 {
		q.Validators = append(q.Validators, "ghost")
	}
	return q
}

// nest spreads the members over a list and up to s.inner sets inside.
func (s shape) nest(r *rand.Rand, members []string, depth int) *set {
	q := &set{Validators: members, InnerQuorumSets: []set{}}
	if depth > 0 && s.inner > 0 && len(members) > 2 {
		for range r.IntN(s.inner + 1) {
			taken := min(len(q.Validators), 1+r.IntN(4))
			if taken == 0 {
				break
			}
			q.InnerQuorumSets = append(q.InnerQuorumSets, *s.nest(r, q.Validators[:taken:taken], depth-1))
			q.Validators = q.Validators[taken:]
		}
	}
	q.Threshold = s.threshold(r, len(q.Validators)+len(q.InnerQuorumSets))
	return q
}

func (s shape) threshold(r *rand.Rand, members int) int {
	if s.odd && r.IntN(6) == 0 {
		return []int{0, members + 1, members + 7}[r.IntN(3)]
	}
	least := (members + 1) / 2
	if s.tight {
		least = members/2 + 1
	}
	if !s.tight && r.IntN(10) == 0 {
		least = 1
	}
	return min(members, max(1, least+r.IntN(members-least+1)))
}

// repeat lets some keys stand there again, outside and inside.
func (s shape) repeat(r *rand.Rand, q *set, keys []string) {
	for range 1 + r.IntN(2) {
		into := q
		if i := r.IntN(len(q.InnerQuorumSets) + 1); i > 0 {
			into = &q.InnerQuorumSets[i-1]
		}
		into.Validators = append(slices.Clone(into.Validators), keys[r.IntN(len(keys))])
	}
	q.Threshold = s.threshold(r, len(q.Validators)+len(q.InnerQuorumSets))
}

// differ says how the validators of one organization differ.
type differ int

const (
	sameSet         differ = iota // all nodes have the same set
	ownThreshold                  // organizations differ in the outer threshold
	mixedThresholds               // so do validators of one organization
)

// extent says how large a tree of organizations is.
type extent int

const (
	small extent = iota // 3 to 9 nodes
	large               // 12 to 30: at most 7 organizations, and leaves
)

// trees draws organizations, each validator asking for some of them and for most
// of each one. Small networks have two to five of one to some validators, large
// ones four to seven of three, and leaves.
func trees(e extent, d differ) func(*rand.Rand) []node {
	return func(r *rand.Rand) []node {
		groups, keys := make([][]string, 2+r.IntN(4)), names(3+r.IntN(7))
		if e == large {
			groups = make([][]string, 4+r.IntN(4))
			keys = names(max(least, 3*len(groups)+r.IntN(10)))
		}
		groups = groups[:min(len(groups), len(keys)-1)]
		for i, key := range keys {
			g := i % len(groups)
			if e == small && i >= len(groups) {
				g = r.IntN(len(groups))
			}
			if e == small || i < 3*len(groups) {
				groups[g] = append(groups[g], key)
			}
		}
		tree := treeOf(groups)
		most := len(groups)
		tree.Threshold = min(most, most/2+1+r.IntN(2))
		return populate(r, keys, groups, tree, d)
	}
}

func treeOf(groups [][]string) set {
	tree := set{Validators: []string{}}
	for _, group := range groups {
		tree.InnerQuorumSets = append(tree.InnerQuorumSets, set{Threshold: len(group)/2 + 1, Validators: group, InnerQuorumSets: []set{}})
	}
	return tree
}

// populate gives each node the tree, with a threshold of its own or of its
// organization where d says so.
func populate(r *rand.Rand, keys []string, groups [][]string, tree set, d differ) []node {
	variant := func() *set {
		own := tree
		if r.IntN(3) == 0 {
			own.Threshold = 1 + r.IntN(len(tree.InnerQuorumSets))
		}
		return &own
	}
	own := make(map[string]*set)
	for _, group := range groups {
		shared := variant()
		for _, key := range group {
			switch d {
			case ownThreshold:
				own[key] = shared
			case mixedThresholds:
				own[key] = variant()
			}
		}
	}
	var nodes []node
	for _, key := range keys {
		n := node{PublicKey: key, QuorumSet: &tree}
		if own[key] != nil {
			n.QuorumSet = own[key]
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// size is the number of nodes of a small network.
func size(r *rand.Rand) int { return 3 + r.IntN(7) }

func names(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("n%02d", i)
	}
	return keys
}

// sample takes k different keys, or all.
func sample(r *rand.Rand, keys []string, k int) []string {
	var taken []string
	for _, i := range r.Perm(len(keys))[:min(k, len(keys))] {
		taken = append(taken, keys[i])
	}
	return taken
}

// unique drops what stands there twice.
func unique(keys []string) []string {
	slices.Sort(keys)
	return slices.Compact(keys)
}
