package engine

import (
	"context"
	"math/big"
	"slices"

	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/twin"
)

// family turns the vectors of a family of minimal sets into an answer.
//
// Merging maps each set to the groups of its members, over atoms: a group,
// which is there or not, or the nodes of one class that are in no group, which
// are counted. Failed nodes vanish. Of what the sets map to, the minimal ones
// stay; in each, the sets are counted by binomials.
type family struct {
	s      *System
	q      *class.Quotient
	groups *groups
	parts  [][]part // by class
	atoms  []atom
	// exact says that mapping loses nothing: no set is mapped onto another.
	exact bool
	// example is the set behind the example, once answer has chosen it.
	example []int
}

// part is the members of one class that map to one atom, or vanish.
type part struct {
	atom    int // or vanished
	members []int
}

const vanished = -1

type atom struct {
	group   bool
	members []int // of a group: one node, for its name
}

// merged is a merged vector, by atom, and a set of nodes that maps to it, the
// failed ones left out.
type merged struct {
	count  class.Vector // where mapping loses nothing it stands for its orbit
	source []int
	need   int // members still to be taken from the class at hand
	size   int // sum of count, once sorted
}

// family divides the classes by group; failed may be nil.
func (s *System) family(q *class.Quotient, g *groups, failed fbas.Set) *family {
	f := &family{s: s, q: q, groups: g, parts: make([][]part, len(q.Size)), exact: true}
	ofGroup := map[int]int{}
	for c, members := range q.Members {
		alone, inPart := vanished, map[int]int{}
		for _, node := range members {
			at, rep := vanished, g.rep[node]
			switch {
			case failed != nil && failed[node]:
				f.exact = false
			case g.shared[rep]:
				f.exact = false
				if _, known := ofGroup[rep]; !known {
					ofGroup[rep] = f.addAtom(true)
					f.atoms[ofGroup[rep]].members = []int{node}
				}
				at = ofGroup[rep]
			default:
				if alone == vanished {
					alone = f.addAtom(false)
				}
				at = alone
				f.atoms[at].members = append(f.atoms[at].members, node)
			}
			if _, known := inPart[at]; !known {
				inPart[at] = len(f.parts[c])
				f.parts[c] = append(f.parts[c], part{atom: at})
			}
			p := &f.parts[c][inPart[at]]
			p.members = append(p.members, node)
		}
	}
	return f
}

func (f *family) addAtom(group bool) int {
	f.atoms = append(f.atoms, atom{group: group})
	return len(f.atoms) - 1
}

// answer counts the family of the vectors and lists at most maxSets of its
// sets. An empty list of vectors says that there is no such set.
func (f *family) answer(ctx context.Context, found orbits, complete bool, o Options) Family {
	sets, whole := f.minimal(ctx, found)
	r := Family{Complete: complete && whole, Outcome: GaveUp, Algorithm: "enumeration"}
	if len(sets) == 0 {
		if r.Complete {
			r.Outcome, r.Total = NoSet, new(big.Int)
		}
		return r
	}
	r.Outcome = Found
	f.example = sets[0].source
	r.MinSize = sets[0].size
	r.Example = f.first(sets[0].count)
	r.members = f.s.keys(f.example)
	if f.groups.merging() {
		r.ExampleMembers = r.members
	}
	if r.Complete {
		r.Total = new(big.Int)
		for _, m := range sets {
			r.Total.Add(r.Total, f.number(m, found))
		}
		r.LowerBound = r.MinSize
	}
	r.Sets = f.list(sets, found, o.MaxSets)
	return r
}

// orbits are vectors that each stand for all that an exchange of classes makes
// of it.
type orbits struct {
	vectors  []class.Vector
	exchange twin.Orbits
}

// minimal maps the vectors, drops repeated and non-minimal ones, and sorts by
// size, then by count. It is not whole when the time ends. Where mapping loses
// nothing an orbit stays one, else its vectors go their own ways.
func (f *family) minimal(ctx context.Context, found orbits) (sets []merged, whole bool) {
	if f.exact {
		return f.asFound(found.vectors), true
	}
	all := distinct{seen: map[string]bool{}}
	one := func(v class.Vector) bool {
		for _, m := range f.images(ctx, v) {
			all.add(m)
		}
		return ctx.Err() == nil // not before there is one to show
	}
	for _, v := range found.vectors {
		found.exchange.All(v, one)
		if ctx.Err() != nil {
			break
		}
	}
	sortBySize(all.list)
	return antichain(ctx, all.list), ctx.Err() == nil
}

// asFound are the vectors themselves, where mapping loses nothing and the atoms
// are the classes. There may be a million of them, and the time may be over.
func (f *family) asFound(vectors []class.Vector) []merged {
	sets := make([]merged, len(vectors))
	for i, v := range vectors {
		sets[i].count = v
	}
	sortBySize(sets)
	if len(sets) > 0 {
		sets[0].source = f.q.Pick(sets[0].count, f.s.core.SetOf())
	}
	return sets
}

// sortBySize sorts by size, then by count, largest counts first.
func sortBySize(sets []merged) {
	for i := range sets {
		sets[i].size = sets[i].count.Sum()
	}
	slices.SortFunc(sets, func(a, b merged) int {
		if d := a.size - b.size; d != 0 {
			return d
		}
		return slices.Compare(b.count, a.count)
	})
}

// number is how many sets a merged vector stands for.
func (f *family) number(m merged, found orbits) *big.Int {
	n := big.NewInt(1)
	if f.exact {
		n = found.exchange.Size(m.count)
	}
	var choose big.Int
	for at, k := range m.count {
		if a := &f.atoms[at]; !a.group && k > 0 && k < len(a.members) {
			n.Mul(n, choose.Binomial(int64(len(a.members)), int64(k)))
		}
	}
	return n
}
