package arbiter_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/compare"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// naive answers by the letter of the definitions, with sets of strings and no
// shortcut: deleting writes new quorum sets, and minimal is what has no smaller
// one in a list of all. It is for cores of at most seven nodes.
type naive map[string]*fbas.QuorumSet

func naively(core *witness.Core) naive {
	n := naive{}
	for _, key := range core.Keys() {
		n[key] = nil
		if q, has := core.QuorumSet(key); has {
			n[key] = &q
		}
	}
	return n
}

func (n naive) without(gone []string) naive {
	left := naive{}
	for key, q := range n {
		if !slices.Contains(gone, key) {
			left[key] = q
			if q != nil {
				left[key] = cut(q, gone)
			}
		}
	}
	return left
}

// cut takes the validators of gone out of q, and one off the threshold of the
// list that loses one, not below 0.
func cut(q *fbas.QuorumSet, gone []string) *fbas.QuorumSet {
	out := &fbas.QuorumSet{Threshold: q.Threshold}
	for _, key := range q.Validators {
		if !slices.Contains(gone, key) {
			out.Validators = append(out.Validators, key)
		} else if out.Threshold > 0 {
			out.Threshold--
		}
	}
	for i := range q.InnerQuorumSets {
		out.InnerQuorumSets = append(out.InnerQuorumSets, *cut(&q.InnerQuorumSets[i], gone))
	}
	return out
}

func agrees(q *fbas.QuorumSet, set []string) bool {
	if q == nil {
		return false
	}
	votes := 0
	for _, key := range q.Validators {
		if slices.Contains(set, key) {
			votes++
		}
	}
	for i := range q.InnerQuorumSets {
		if agrees(&q.InnerQuorumSets[i], set) {
			votes++
		}
	}
	return votes >= q.Threshold
}

func (n naive) isQuorum(set []string) bool {
	return len(set) > 0 && !slices.ContainsFunc(set, func(key string) bool { return !agrees(n[key], set) })
}

// quorums are all quorums, minimal or not.
func (n naive) quorums() [][]string {
	return slices.DeleteFunc(subsets(slices.Sorted(maps.Keys(n))), func(set []string) bool { return !n.isQuorum(set) })
}

// apart says whether two quorums have no common node.
func (n naive) apart() bool {
	all := n.quorums()
	for i, a := range all {
		for _, b := range all[:i] {
			if !slices.ContainsFunc(a, func(key string) bool { return slices.Contains(b, key) }) {
				return true
			}
		}
	}
	return false
}

func (n naive) blockingSets() [][]string {
	if len(n.quorums()) == 0 {
		return nil
	}
	return n.sets(func(set []string) bool {
		return !slices.ContainsFunc(n.quorums(), func(q []string) bool { return len(common(q, set)) == 0 })
	})
}

func (n naive) splittingSets() [][]string {
	return n.sets(func(set []string) bool { return n.without(set).apart() })
}

// sets are the minimal sets of nodes that will do.
func (n naive) sets(do func(set []string) bool) [][]string {
	return least(slices.DeleteFunc(subsets(slices.Sorted(maps.Keys(n))), func(set []string) bool { return !do(set) }))
}

// least leaves out the sets that hold a smaller one of them, and repetitions.
func least(sets [][]string) (out [][]string) {
	for i, set := range sets {
		spare := false
		for j, other := range sets {
			inside := len(common(other, set)) == len(other)
			spare = spare || inside && (len(other) < len(set) || j < i)
		}
		if !spare {
			out = append(out, set)
		}
	}
	return out
}

func common(a, b []string) (out []string) {
	for _, key := range a {
		if slices.Contains(b, key) {
			out = append(out, key)
		}
	}
	return out
}

func subsets(keys []string) [][]string {
	if len(keys) == 0 {
		return [][]string{nil}
	}
	rest := subsets(keys[1:])
	for _, set := range rest[:len(rest):len(rest)] {
		rest = append(rest, append([]string{keys[0]}, set...))
	}
	return rest
}

// merge maps sets of keys to groups, and keeps the minimal ones. A group is
// written as the key that stands for it and its name, apart by a line break: the
// key tells groups apart, and a node that stands for others may be in a group of
// another name itself.
func merge(groups *witness.Groups, sets [][]string) (out [][]string) {
	for _, set := range sets {
		of := map[string]bool{}
		for _, key := range set {
			representative, name, _ := groups.Group(key)
			of[representative+"\n"+name] = true
		}
		out = append(out, slices.Sorted(maps.Keys(of)))
	}
	return least(out)
}

// show renders a merged family by name, without its order.
func show(sets [][]string) []string {
	var out []string
	for _, set := range sets {
		names := []string{}
		for _, group := range set {
			_, name, _ := strings.Cut(group, "\n")
			names = append(names, name)
		}
		slices.Sort(names)
		out = append(out, fmt.Sprintf("%q", names))
	}
	slices.Sort(out)
	return out
}

// minus takes the faulty out of every set.
func minus(sets [][]string, faulty []string) (out [][]string) {
	for _, set := range sets {
		out = append(out, slices.DeleteFunc(slices.Clone(set), func(key string) bool { return slices.Contains(faulty, key) }))
	}
	return out
}

func smallest(sets [][]string) int {
	if len(sets) == 0 {
		return 0
	}
	return len(slices.MinFunc(sets, func(a, b []string) int { return len(a) - len(b) }))
}

// network are the numbers of a whole scan.
func (n naive) network(core *witness.Core, faulty []string) *compare.Network {
	quorums, blocking, splitting := least(n.quorums()), n.blockingSets(), n.splittingSets()
	out := &compare.Network{Intersect: len(quorums) > 0 && !n.apart(), Symmetric: core.SymmetricTopTier() != nil}
	for i, mergeBy := range []string{"none", "organization", "country", "isp"} {
		groups, err := core.Groups(mergeBy)
		if err != nil {
			panic(err)
		}
		out.Levels[i] = compare.Level{
			TopTier:          smallest(merge(groups, [][]string{slices.Concat(quorums...)})),
			Blocking:         smallest(merge(groups, blocking)),
			BlockingFiltered: smallest(merge(groups, minus(blocking, faulty))),
			Splitting:        smallest(merge(groups, splitting)),
		}
	}
	return out
}
