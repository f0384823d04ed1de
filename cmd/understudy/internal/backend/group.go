package backend

import "understudy/engine/fbas"

// grouping says which group a node belongs to and how the adapter writes a group
// as a node.
type grouping struct {
	of     func(fbas.Node) (group string, ok bool)
	attach func(n *node, group string)
}

func byOrganization(n *fbas.Network) grouping {
	of := make(map[string]string)
	for _, o := range n.Organizations {
		for _, v := range o.Validators {
			of[v] = o.ID
		}
	}
	return grouping{
		of:     func(n fbas.Node) (string, bool) { group, ok := of[n.PublicKey]; return group, ok },
		attach: func(*node, string) {},
	}
}

func byCountry() grouping {
	return grouping{
		of:     func(n fbas.Node) (string, bool) { return nameOr(n.Country), true },
		attach: func(n *node, group string) { n.GeoData = &geoData{CountryName: &group} },
	}
}

func byISP() grouping {
	return grouping{
		of:     func(n fbas.Node) (string, bool) { return nameOr(n.ISP), true },
		attach: func(n *node, group string) { n.ISP = &group },
	}
}

func nameOr(name *string) string {
	if name == nil || *name == "" {
		return "Unknown"
	}
	return *name
}

// group is one organization, country or ISP with the nodes that count for it.
type group struct {
	name       string
	members    int
	validating bool
	thresholds int      // sum over the members' quorum sets, top level only
	trusted    []string // groups that a member's quorum set names at any depth, and itself
}

// groupNodes builds the groups in the order in which they are met.
func groupNodes(nodes []fbas.Node, by grouping) []*group {
	groupOf := make(map[string]string)
	for _, n := range nodes {
		if name, ok := by.of(n); ok {
			groupOf[n.PublicKey] = name
		}
	}
	var groups []*group
	found := make(map[string]*group)
	for _, n := range nodes {
		name, ok := groupOf[n.PublicKey]
		if !ok {
			continue
		}
		g := found[name]
		if g == nil {
			g = &group{name: name}
			found[name], groups = g, append(groups, g)
		}
		g.add(n, groupOf)
	}
	return groups
}

func (g *group) add(n fbas.Node, groupOf map[string]string) {
	g.members++
	g.validating = g.validating || !notValidating(n)
	g.thresholds += n.QuorumSet.Threshold
	g.trust(g.name)
	g.trustAll(*n.QuorumSet, groupOf)
}

func (g *group) trustAll(q fbas.QuorumSet, groupOf map[string]string) {
	for _, v := range q.Validators {
		if name, ok := groupOf[v]; ok {
			g.trust(name)
		}
	}
	for _, inner := range q.InnerQuorumSets {
		g.trustAll(inner, groupOf)
	}
}

func (g *group) trust(name string) {
	for _, known := range g.trusted {
		if known == name {
			return
		}
	}
	g.trusted = append(g.trusted, name)
}

func validatingGroups(groups []*group) []*group {
	var kept []*group
	for _, g := range groups {
		if g.validating {
			kept = append(kept, g)
		}
	}
	return kept
}

// wire writes groups as nodes: one flat list of the groups it trusts, with the
// mean of its members' thresholds, rounded up.
func (by grouping) wire(groups []*group) []node {
	wired := make([]node, 0, len(groups))
	for _, g := range groups {
		threshold := max(1, (g.thresholds+g.members-1)/g.members)
		n := node{
			PublicKey: g.name,
			Name:      &g.name,
			QuorumSet: &quorumSet{Threshold: threshold, Validators: g.trusted, InnerQuorumSets: []quorumSet{}},
		}
		by.attach(&n, g.name)
		wired = append(wired, n)
	}
	return wired
}
