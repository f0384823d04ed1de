package witness

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// The merge modes that Groups knows, as the scanner API writes them.
const (
	MergeNone         = "none"
	MergeOrganization = "organization"
	MergeCountry      = "country"
	MergeISP          = "isp"
	// MergeField, followed by its name, merges by a field of the nodes, such as
	// field:homeDomain.
	MergeField = "field:"
)

// Groups is a core whose nodes are told apart by group only. Identity is by
// representative, not by name: two organizations of one name stay two, so
// claims are multisets of names.
type Groups struct {
	core    *Core
	rep     []int            // the node that stands for a node's group
	shown   []string         // the name under which a representative is reported
	members map[int][]int    // the nodes behind a representative
	named   map[string][]int // the representatives of a name
}

// Groups merges the core's nodes. Organizations are taken in the order sent: a
// group's representative is its first validator in the core; a node in two
// groups goes to the later one unless it leads that one, and a representative
// shows the name of the last group that lists it. By ISP, country or field a
// node is in one group at most.
func (c *Core) Groups(mergeBy string) (*Groups, error) {
	g := &Groups{core: c, rep: make([]int, len(c.keys)), shown: slices.Clone(c.keys)}
	for v := range g.rep {
		g.rep[v] = v
	}
	field, isField := strings.CutPrefix(mergeBy, MergeField)
	switch {
	case mergeBy == MergeNone || mergeBy == "":
	case mergeBy == MergeOrganization:
		for _, o := range c.organizations {
			g.merge(o.Name, o.Validators)
		}
	case mergeBy == MergeCountry:
		g.mergeNamed(country)
	case mergeBy == MergeISP:
		g.mergeNamed(isp)
	case isField && field != "":
		g.mergeNamed(func(n *fbas.Node) (string, bool) { return fieldOf(n, field) })
	default:
		return nil, fmt.Errorf("merge by %q: want none, organization, country, isp or field: and a name", mergeBy)
	}
	g.fill()
	return g, nil
}

// merge makes one group of the validators that are in the core.
func (g *Groups) merge(name string, validators []string) {
	present := g.core.known(validators)
	for i, v := range present {
		if i > 0 {
			g.rep[v] = present[0]
		}
		g.shown[v] = name
	}
}

// mergeNamed makes one group of all nodes of a name.
func (g *Groups) mergeNamed(name func(*fbas.Node) (string, bool)) {
	first := make(map[string]int)
	for v, node := range g.core.nodes {
		if of, named := name(node); named {
			if _, known := first[of]; !known {
				first[of] = v
			}
			g.rep[v], g.shown[v] = first[of], of
		}
	}
}

func (g *Groups) fill() {
	g.members, g.named = make(map[int][]int), make(map[string][]int)
	for v, rep := range g.rep {
		if _, known := g.members[rep]; !known {
			g.named[g.shown[rep]] = append(g.named[g.shown[rep]], rep)
		}
		g.members[rep] = append(g.members[rep], v)
	}
}

// Image returns the names under which the groups of keys are reported, each
// group once, sorted.
func (g *Groups) Image(keys []string) ([]string, error) {
	set, err := g.core.set(keys)
	if err != nil {
		return nil, err
	}
	out, seen := []string{}, make(map[int]bool)
	for _, v := range set {
		if rep := g.rep[v]; !seen[rep] {
			seen[rep] = true
			out = append(out, g.shown[rep])
		}
	}
	slices.Sort(out)
	return out, nil
}

// CheckKnown says which of names is no group and no ungrouped node of the core,
// or is claimed more often than there are groups of that name.
func (g *Groups) CheckKnown(names []string) error {
	count := make(map[string]int, len(names))
	for _, name := range names {
		count[name]++
		switch have := len(g.named[name]); {
		case have == 0:
			return fmt.Errorf("%q is not in the core", name)
		case count[name] > have:
			return fmt.Errorf("%q is named more than %d times", name, have)
		}
	}
	return nil
}

// CheckImage says why names are not what keys are reported as.
func (g *Groups) CheckImage(names, keys []string) error {
	image, err := g.Image(keys)
	if err != nil {
		return err
	}
	claimed := slices.Clone(names)
	slices.Sort(claimed)
	if !slices.Equal(claimed, image) {
		return fmt.Errorf("%s is reported as %s, not as %s", braces(keys), braces(image), braces(names))
	}
	return nil
}

// CheckMinimalBlocking says why the named groups are not a set that blocks
// together with the faulty nodes and loses this with any group.
func (g *Groups) CheckMinimalBlocking(names, faulty []string) error {
	gone := g.core.known(faulty)
	return g.check(names, func(parts [][]int) error { return g.core.minimalBlocking(parts, names, gone) })
}

// CheckMinimalQuorum says why the union of the named groups does not contain a
// quorum, or which group it does not need for one.
func (g *Groups) CheckMinimalQuorum(names []string) error {
	return g.check(names, func(parts [][]int) error { return g.core.minimalQuorum(parts, names, nil) })
}

// Shared says whether several groups bear one of the names.
func (g *Groups) Shared(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return len(g.named[name]) > 1 })
}

// Work bounds the mentions of validators that checking a claim about names
// visits: a pass for each name and two, for each way to read the names.
func (g *Groups) Work(names []string) int {
	work, most := (len(names)+2)*g.core.lists.work, 2*(MaxWork+g.core.lists.work)
	left := make(map[string]int)
	for _, name := range names {
		if bearers := len(g.named[name]); bearers > 1 {
			work *= max(1, bearers-left[name])
			left[name]++
		}
		if work > most {
			return most
		}
	}
	return work
}

// check passes the members of the named groups to claim, which holds if it does
// in one reading: a name that several groups bear may mean any of them.
func (g *Groups) check(names []string, claim func(parts [][]int) error) error {
	if err := g.CheckKnown(names); err != nil {
		return err
	}
	parts := make([][]int, len(names))
	var shared []int // places of names that several groups bear
	for i, name := range names {
		parts[i] = g.members[g.named[name][0]]
		if len(g.named[name]) > 1 {
			shared = append(shared, i)
		}
	}
	if len(shared) == 0 {
		return claim(parts)
	}
	r := ways{groups: g, names: names, parts: parts, shared: shared, claim: claim, used: make(map[int]bool)}
	r.try(0)
	return r.failure
}

// ways goes through the ways to read a claim with shared names.
type ways struct {
	groups  *Groups
	names   []string
	parts   [][]int
	shared  []int
	claim   func(parts [][]int) error
	used    map[int]bool
	count   int
	failure error // of the last reading tried
}

// try reads the shared names from the at-th on and says whether to stop: a
// reading holds, or there are too many.
func (r *ways) try(at int) bool {
	if at == len(r.shared) {
		r.count++
		if r.count > 1 && r.count*(len(r.parts)+1) > r.groups.core.passes() {
			r.failure = fmt.Errorf("%w: %d ways to read the names", ErrTooLarge, r.count)
			return true
		}
		r.failure = r.claim(r.parts)
		return r.failure == nil || errors.Is(r.failure, ErrTooLarge)
	}
	i := r.shared[at]
	for _, rep := range r.groups.named[r.names[i]] {
		if r.used[rep] {
			continue
		}
		r.used[rep] = true
		r.parts[i] = r.groups.members[rep]
		if r.try(at + 1) {
			return true
		}
		r.used[rep] = false
	}
	return false
}
