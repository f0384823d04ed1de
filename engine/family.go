package engine

import (
	"context"
	"encoding/binary"
	"math/big"
	"slices"
)

// family turns the vectors of a family of minimal sets into an answer.
//
// Merging maps each set to the groups of its members. Classes never mix groups,
// so a vector maps to one merged vector over atoms: a group, which is there or
// not, or a class of nodes in no group, which keeps its count. Of the merged
// vectors the minimal ones stay; in each, the sets are counted by binomials.
type family struct {
	s      *System
	q      *classes
	groups *groups
	atom   []int // by class
	atoms  []atom
	// example is the vector of the example, once answer has chosen it.
	example vector
}

type atom struct {
	group   bool
	class   int // of an ungrouped atom
	members []int
}

// merged is a merged vector and one vector that maps to it.
type merged struct {
	count  vector // by atom
	source vector // by class
}

func (s *System) family(q *classes, g *groups) *family {
	f := &family{s: s, q: q, groups: g, atom: make([]int, len(q.size))}
	byGroup := map[int]int{}
	for c, members := range q.members {
		rep := g.rep[members[0]]
		if !g.shared[rep] {
			f.atom[c] = len(f.atoms)
			f.atoms = append(f.atoms, atom{class: c, members: members})
			continue
		}
		at, known := byGroup[rep]
		if !known {
			at = len(f.atoms)
			byGroup[rep] = at
			f.atoms = append(f.atoms, atom{group: true, members: members[:1]})
		}
		f.atom[c] = at
	}
	return f
}

// answer counts the family of the vectors and lists at most maxSets of its
// sets. An empty list of vectors says that there is no such set.
func (f *family) answer(ctx context.Context, vectors []vector, complete bool, maxSets int) Family {
	sets, whole := f.minimal(ctx, vectors)
	r := Family{Complete: complete && whole, Outcome: GaveUp}
	if len(sets) == 0 {
		if r.Complete {
			r.Outcome, r.Total = NoSet, new(big.Int)
		}
		return r
	}
	r.Outcome = Found
	f.example = sets[0].source
	r.MinSize = sets[0].count.sum()
	r.Example = f.first(sets[0].count)
	if f.groups.merging() {
		r.ExampleMembers = f.s.keys(f.q.pick(f.example, nil))
	}
	if r.Complete {
		r.Total = new(big.Int)
		for _, m := range sets {
			r.Total.Add(r.Total, f.number(m.count))
		}
	}
	r.Sets = f.list(sets, maxSets)
	return r
}

// minimal maps the vectors, drops repeated and non-minimal ones, and sorts by
// size, then by count. It is not whole when the time ends.
func (f *family) minimal(ctx context.Context, vectors []vector) (sets []merged, whole bool) {
	seen := make(map[string]bool, len(vectors))
	var buf []byte
	var all []merged
	for _, v := range vectors {
		m := merged{count: make(vector, len(f.atoms)), source: v}
		for c, k := range v {
			if at := f.atom[c]; k > 0 && f.atoms[at].group {
				m.count[at] = 1
			} else if k > 0 {
				m.count[at] = k
			}
		}
		buf = buf[:0]
		for _, k := range m.count {
			buf = binary.AppendUvarint(buf, uint64(k))
		}
		if !seen[string(buf)] {
			seen[string(buf)] = true
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b merged) int {
		if d := a.count.sum() - b.count.sum(); d != 0 {
			return d
		}
		return slices.Compare(b.count, a.count)
	})
	if !slices.Contains(f.groups.shared, true) {
		return all, true // the vectors were minimal, and are what they were
	}
	for i, m := range all {
		if i%256 == 0 && ctx.Err() != nil {
			return sets, false
		}
		if !slices.ContainsFunc(sets, func(less merged) bool { return less.count.within(m.count) }) {
			sets = append(sets, m)
		}
	}
	return sets, true
}

// number is how many sets a merged vector stands for.
func (f *family) number(count vector) *big.Int {
	n := big.NewInt(1)
	var choose big.Int
	for at, k := range count {
		if a := &f.atoms[at]; !a.group {
			n.Mul(n, choose.Binomial(int64(len(a.members)), int64(k)))
		}
	}
	return n
}

// first names the first set of a merged vector, sorted.
func (f *family) first(count vector) []string {
	names := []string{}
	for at, k := range count {
		for _, node := range f.atoms[at].members[:k] {
			names = append(names, f.groups.display(node))
		}
	}
	slices.Sort(names)
	return names
}

// list writes out at most limit sets, in the order of their vectors.
func (f *family) list(sets []merged, limit int) [][]string {
	var list [][]string
	for _, m := range sets {
		if len(list) >= limit {
			break
		}
		list = f.expand(m.count, 0, nil, list, limit)
	}
	return list
}

// expand appends the sets of count that begin with chosen, from atom at on.
func (f *family) expand(count vector, at int, chosen []string, list [][]string, limit int) [][]string {
	if len(list) >= limit {
		return list
	}
	if at == len(count) {
		set := append([]string{}, chosen...)
		slices.Sort(set)
		return append(list, set)
	}
	return f.choose(count, at, count[at], 0, chosen, list, limit)
}

// choose appends the ways to take need more members of atom at, from the
// from-th member on.
func (f *family) choose(count vector, at, need, from int, chosen []string, list [][]string, limit int) [][]string {
	if need == 0 {
		return f.expand(count, at+1, chosen, list, limit)
	}
	members := f.atoms[at].members
	for i := from; i+need <= len(members) && len(list) < limit; i++ {
		list = f.choose(count, at, need-1, i+1, append(chosen, f.groups.display(members[i])), list, limit)
	}
	return list
}
