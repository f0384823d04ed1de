package quality

import (
	"encoding/binary"
	"slices"

	"understudy/engine/fbas"
)

// group is validators that somebody treats as one: those an inner set lists, or
// those of an organization of the request, or both.
type group struct {
	members []int // nodes of the system that have a set, sorted
	keys    []string
	names   []string // the organization's, where there is one
	inner   bool     // an inner set lists them
}

// groups reports groups whose members have different quorum sets of their own.
func (f *finder) groups() {
	place := make(map[string]int, f.core.Len())
	for node, key := range f.core.Keys {
		place[key] = node
	}
	for _, g := range f.collect() {
		if alike(f.system, g.members) {
			continue
		}
		severity, effect := Info, "no inner set of the core is concerned, so the answers do not change"
		var inside []int
		for _, key := range g.keys {
			if node, in := place[key]; in {
				inside = append(inside, node)
			}
		}
		if g.inner && !alike(f.core, inside) {
			severity, effect = Warning, "the Rust scanner takes them as interchangeable and may lose quorums"
		}
		f.add(OrganizationMixedSets, severity, "", g.keys, "The %d validators of %s (%s) have %d different quorum sets of their own; %s.", len(g.keys), g.title(), names(g.keys), f.different(g), effect)
	}
}

func (g *group) title() string {
	if len(g.names) == 0 {
		return "one inner set"
	}
	slices.Sort(g.names)
	return "organization " + names(slices.Compact(g.names))
}

// collect gives the groups of at least two members, each list of members once.
func (f *finder) collect() map[string]*group {
	groups := map[string]*group{}
	join := func(members []int) *group {
		members = slices.DeleteFunc(slices.Clone(members), func(node int) bool { return f.system.Own[node] < 0 })
		slices.Sort(members)
		if members = slices.Compact(members); len(members) < 2 {
			return &group{}
		}
		var id []byte
		for _, node := range members {
			id = binary.AppendUvarint(id, uint64(node))
		}
		if groups[string(id)] == nil {
			g := &group{members: members}
			for _, node := range members {
				g.keys = append(g.keys, f.system.Keys[node])
			}
			groups[string(id)] = g
		}
		return groups[string(id)]
	}
	for id, v := range f.system.Vertices {
		if len(f.system.InnerOf(id)) > 0 {
			join(v.Nodes).inner = true
		}
	}
	for _, org := range f.network.Organizations {
		var members []int
		for _, key := range org.Validators {
			if node, known := f.node[key]; known {
				members = append(members, node)
			}
		}
		g := join(members)
		g.names = append(g.names, org.Name)
	}
	return groups
}

// different counts the quorum sets that the members published.
func (f *finder) different(g *group) int {
	sets := map[int]bool{}
	for _, node := range g.members {
		sets[f.system.Own[node]] = true
	}
	return len(sets)
}

// alike says whether nodes have the same quorum set, as it stands or in standard
// form (fbas.System.Standard). Either is enough: nodes that send one set which
// names none of them are interchangeable too, though standard form adds
// another owner to each.
func alike(s *fbas.System, nodes []int) bool {
	if len(nodes) < 2 {
		return true
	}
	same := func(node int) bool { return s.Own[node] == s.Own[nodes[0]] }
	standard := func(node int) bool { return equalStandard(s, nodes[0], node) }
	return all(nodes[1:], same) || all(nodes[1:], standard)
}

func all(nodes []int, hold func(int) bool) bool {
	return !slices.ContainsFunc(nodes, func(node int) bool { return !hold(node) })
}

// equalStandard says whether two nodes have one quorum set in standard form,
// without writing that form out: a set that many nodes share and none of them
// is named in would be copied for each.
func equalStandard(s *fbas.System, a, b int) bool {
	v, w := s.Vertices[s.Own[a]], s.Vertices[s.Own[b]]
	namesA, namesB := s.Mentions(s.Own[a], a), s.Mentions(s.Own[b], b)
	switch {
	case namesA && namesB:
		return s.Own[a] == s.Own[b]
	case namesA:
		return extends(v, w, b)
	case namesB:
		return extends(w, v, a)
	}
	if s.Own[a] == s.Own[b] {
		return a == b
	}
	if v.Threshold != w.Threshold || len(v.Nodes) != len(w.Nodes) || !slices.Equal(v.Inner, w.Inner) {
		return false
	}
	return slices.Equal(with(v.Nodes, a), with(w.Nodes, b))
}

// extends says whether v is w with the node added and the threshold one greater.
func extends(v, w fbas.Vertex, node int) bool {
	return v.Threshold == w.Threshold+1 && len(v.Nodes) == len(w.Nodes)+1 &&
		slices.Equal(v.Inner, w.Inner) && slices.Equal(v.Nodes, with(w.Nodes, node))
}

func with(nodes []int, node int) []int {
	at, _ := slices.BinarySearch(nodes, node)
	return slices.Insert(slices.Clone(nodes), at, node)
}

// asymmetry reports a core whose nodes don't all share one set in standard form.
func (f *finder) asymmetry() {
	if f.core.Len() == 0 {
		return
	}
	sharing := map[int]int{}
	standard := f.core.Standard()
	for _, own := range standard.Own {
		sharing[own]++
	}
	if len(sharing) == 1 {
		return
	}
	commonest := standard.Own[0] // of equally common ones that of the least key
	for _, own := range standard.Own {
		if sharing[own] > sharing[commonest] {
			commonest = own
		}
	}
	var others []string
	for node, own := range standard.Own {
		if own != commonest {
			others = append(others, f.core.Keys[node])
		}
	}
	f.add(AsymmetricCore, Warning, "", others, "The %d core nodes have %d different quorum sets; the commonest is shared by %d and not by %s.", f.core.Len(), len(sharing), sharing[commonest], names(others))
}
