package engine

import (
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// groups maps the nodes of the core to what stands for them in an answer. A
// node is identified with the representative of its group, so that two groups
// of the same name stay two.
type groups struct {
	by   MergeBy
	keys []string
	// rep is the representative of each node; a node in no group is its own.
	rep []int
	// name is what a representative is called, where that is not its key.
	name map[int]string
	// shared says of a representative that other nodes are merged with it.
	shared []bool
}

// group is a named list of public keys.
type group struct {
	name string
	keys []string
}

// groups forms the groups over the reduced network, as the Rust scanner does:
// keys that are not in the core are skipped; the first of a group that is left
// represents it. Where groups overlap, a later one takes over a node, except
// one that represents it; the name of a representative is that of the last
// group that lists it.
func (s *System) groups(by MergeBy) (*groups, error) {
	by, err := ParseMergeBy(string(by))
	if err != nil {
		return nil, err
	}
	if by == MergeOrganization && s.network.OrganizationsError != nil {
		return nil, s.network.OrganizationsError
	}
	if s.whole != nil {
		g, err := s.whole.groups(by)
		if err != nil {
			return nil, err
		}
		return g.among(s.whole.nodes(s.core.Keys), s.core.Keys), nil
	}
	g := &groups{by: by, keys: s.core.Keys, rep: s.core.All().Members(), name: map[int]string{}, shared: make([]bool, s.core.Len())}
	index := make(map[string]int, s.core.Len())
	for i, key := range s.core.Keys {
		index[key] = i
	}
	for _, list := range s.namedGroups(by) {
		first := -1
		for _, key := range list.keys {
			node, there := index[key]
			switch {
			case !there:
				continue
			case first < 0:
				first = node
			default:
				g.rep[node] = first
			}
			g.name[node] = list.name
		}
	}
	for node, rep := range g.rep {
		if rep != node {
			g.shared[rep] = true
		}
	}
	return g, nil
}

// among gives the groups of some of the nodes, which are numbered anew. Which
// group a node is in does not depend on who else is looked at.
func (g *groups) among(nodes []int, keys []string) *groups {
	part := &groups{by: g.by, keys: keys, rep: make([]int, len(nodes)), name: map[int]string{}, shared: make([]bool, len(nodes))}
	first := map[int]int{}
	for i, node := range nodes {
		rep := g.rep[node]
		at, known := first[rep]
		if !known {
			at = i
			first[rep] = i
			if name, named := g.name[rep]; named {
				part.name[i] = name
			}
		}
		part.rep[i] = at
		part.shared[at] = part.shared[at] || known
	}
	return part
}

// namedGroups lists the groups in the order that decides overlaps:
// organizations as sent; countries, ISPs and values of an attribute by name.
func (s *System) namedGroups(by MergeBy) []group {
	name, ok := by.field()
	switch {
	case ok:
		return s.groupBy(func(node *fbas.Node) (string, bool) { return node.Attribute(name) })
	case by == MergeCountry:
		return s.groupBy(func(node *fbas.Node) (string, bool) {
			if node.Country == nil || *node.Country == "" {
				return "", false
			}
			return cleanName(*node.Country), true
		})
	case by == MergeISP:
		return s.groupBy(func(node *fbas.Node) (string, bool) {
			if node.ISP == nil {
				return "", false
			}
			return cleanName(*node.ISP), true
		})
	case by == MergeOrganization:
		list := make([]group, len(s.network.Organizations))
		for i, org := range s.network.Organizations {
			list[i] = group{name: org.Name, keys: org.Validators}
		}
		return list
	}
	return nil
}

// groupBy groups the nodes of the core by a name; the empty name is a name. A
// node that the network does not describe is in no group.
func (s *System) groupBy(nameOf func(*fbas.Node) (string, bool)) []group {
	at := map[string]int{}
	var list []group
	for node, source := range s.core.Source {
		if source < 0 {
			continue
		}
		name, ok := nameOf(&s.network.Nodes[source])
		if !ok {
			continue
		}
		i, known := at[name]
		if !known {
			i = len(list)
			at[name] = i
			list = append(list, group{name: name})
		}
		list[i].keys = append(list[i].keys, s.core.Keys[node])
	}
	slices.SortFunc(list, func(a, b group) int { return strings.Compare(a.name, b.name) })
	return list
}

// cleanName removes all commas, then one trailing dot: "Acme, Inc." and
// "Acme Inc" are one name.
func cleanName(s string) string {
	return strings.TrimSuffix(strings.ReplaceAll(s, ",", ""), ".")
}

// display is how a node appears in an answer.
func (g *groups) display(node int) string { return g.nameOf(g.rep[node]) }

// nameOf is what a representative is called.
func (g *groups) nameOf(rep int) string {
	if name, ok := g.name[rep]; ok {
		return name
	}
	return g.keys[rep]
}

// merging says whether any name in an answer may differ from a public key.
func (g *groups) merging() bool { return len(g.name) > 0 }

// mergeNodes names what stands for the nodes, each once, sorted.
func (g *groups) mergeNodes(nodes []int) []string {
	seen := map[int]bool{}
	names := []string{}
	for _, node := range nodes {
		if rep := g.rep[node]; !seen[rep] {
			seen[rep] = true
			names = append(names, g.display(node))
		}
	}
	slices.Sort(names)
	return names
}

// keys names nodes by public key, sorted.
func (s *System) keys(nodes []int) []string {
	names := make([]string, len(nodes))
	for i, node := range nodes {
		names[i] = s.core.Keys[node]
	}
	slices.Sort(names)
	return names
}

// faulty gives the core nodes among the keys.
func (s *System) faulty(keys []string) fbas.Set {
	named := make(map[string]bool, len(keys))
	for _, key := range keys {
		named[key] = true
	}
	set := s.core.SetOf()
	for node, key := range s.core.Keys {
		set[node] = named[key]
	}
	return set
}
