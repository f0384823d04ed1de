package witness

import (
	"fmt"
	"slices"
	"strings"
)

// set returns the nodes of keys, each of which must be in the core, and once.
func (c *Core) set(keys []string) ([]int, error) {
	out := make([]int, 0, len(keys))
	seen := make(map[int]bool, len(keys))
	for _, key := range keys {
		v, known := c.index[key]
		if !known {
			return nil, fmt.Errorf("%q is not in the core", key)
		}
		if seen[v] {
			return nil, fmt.Errorf("%q is named twice", key)
		}
		seen[v] = true
		out = append(out, v)
	}
	return out, nil
}

// known returns the nodes of those keys that are in the core.
func (c *Core) known(keys []string) []int {
	var out []int
	for _, key := range keys {
		if v, known := c.index[key]; known {
			out = append(out, v)
		}
	}
	return out
}

func (c *Core) names(set []int) []string {
	out := make([]string, len(set))
	for i, v := range set {
		out[i] = c.keys[v]
	}
	return out
}

func (c *Core) mask(sets ...[]int) []bool {
	in := make([]bool, len(c.keys))
	for _, set := range sets {
		for _, v := range set {
			in[v] = true
		}
	}
	return in
}

func (c *Core) all() []bool {
	in := make([]bool, len(c.keys))
	for v := range in {
		in[v] = true
	}
	return in
}

func members(in []bool) []int {
	var out []int
	for v, member := range in {
		if member {
			out = append(out, v)
		}
	}
	return out
}

func singletons(set []int) [][]int {
	out := make([][]int, len(set))
	for i, v := range set {
		out[i] = []int{v}
	}
	return out
}

func union(parts [][]int) []int { return slices.Concat(parts...) }

// without is the union of parts but the i-th.
func without(parts [][]int, i int) []int {
	return slices.Concat(union(parts[:i]), union(parts[i+1:]))
}

// maxNamed is how many members of a set an error names.
const maxNamed = 24

// braces renders a set for people, sorted.
func braces(names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	more := ""
	if len(names) > maxNamed {
		more = fmt.Sprintf(", and %d more", len(names)-maxNamed)
		names = names[:maxNamed]
	}
	return "{" + strings.Join(names, ", ") + more + "}"
}
