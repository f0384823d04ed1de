package engine

import (
	"slices"

	"understudy/engine/class"
)

// first names the first set of a merged vector, sorted.
func (f *family) first(count class.Vector) []string {
	names := []string{}
	for at, k := range count {
		for _, node := range f.atoms[at].members[:k] {
			names = append(names, f.groups.display(node))
		}
	}
	slices.Sort(names)
	return names
}

// maxListed bounds the names in a list of sets: some 60 MB of JSON with keys of
// Stellar. The quorums of the live network take 51,000.
const maxListed = 1_000_000

// list writes out at most limit sets, in the order of their vectors, and fewer
// where their names together would be more than maxListed.
func (f *family) list(sets []merged, found orbits, limit int) [][]string {
	var list [][]string
	room := maxListed
	one := func(count class.Vector) bool {
		size, before := max(1, count.Sum()), len(list)
		most := min(limit, before+room/size)
		if most == before {
			return false
		}
		list = f.expand(count, 0, nil, list, most)
		room -= size * (len(list) - before)
		return true
	}
	for _, m := range sets {
		if len(list) >= limit {
			break
		}
		if !f.exact {
			one(m.count)
			continue
		}
		found.exchange.All(m.count, one)
	}
	return list
}

// expand appends the sets of count that begin with chosen, from atom at on.
func (f *family) expand(count class.Vector, at int, chosen []string, list [][]string, limit int) [][]string {
	if len(list) >= limit {
		return list
	}
	if at == len(count) {
		set := append([]string{}, chosen...)
		slices.Sort(set)
		return append(list, set)
	}
	return f.combine(count, at, count[at], 0, chosen, list, limit)
}

// combine appends the ways to take need more members of atom at, from the
// from-th member on.
func (f *family) combine(count class.Vector, at, need, from int, chosen []string, list [][]string, limit int) [][]string {
	if need == 0 {
		return f.expand(count, at+1, chosen, list, limit)
	}
	members := f.atoms[at].members
	for i := from; i+need <= len(members) && len(list) < limit; i++ {
		list = f.combine(count, at, need-1, i+1, append(chosen, f.groups.display(members[i])), list, limit)
	}
	return list
}
