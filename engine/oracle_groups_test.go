package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// merge maps masks to groups and names the minimal sets.
func (o *oracle) merge(masks []mask, by MergeBy) [][]string {
	rep, name := o.groups(by)
	var sets [][]string
	mapped := make([]mask, len(masks))
	for i, set := range masks {
		for k := range o.keys {
			if set>>k&1 == 1 {
				mapped[i] |= 1 << rep[k]
			}
		}
	}
	slices.Sort(mapped)
	for _, set := range minimalMasks(slices.Compact(mapped)) {
		named := []string{}
		for k := range o.keys {
			if set>>k&1 == 1 {
				named = append(named, name[k])
			}
		}
		sets = append(sets, sorted(named))
	}
	return sets
}

func (o *oracle) groups(by MergeBy) (rep []int, name []string) {
	for i, key := range o.keys {
		rep = append(rep, i)
		name = append(name, key)
	}
	join := func(list []string, called string) {
		first := -1
		for _, key := range list {
			i, known := slices.BinarySearch(o.keys, key)
			if !known {
				continue
			}
			if first < 0 {
				first = i
			} else {
				rep[i] = first
			}
			name[i] = called
		}
	}
	if by == MergeOrganization {
		for _, org := range o.network.Organizations {
			join(org.Validators, org.Name)
		}
		return rep, name
	}
	lists := map[string][]string{}
	for _, node := range o.described() {
		if value, ok := belongsTo(node, by); ok {
			lists[value] = append(lists[value], node.PublicKey)
		}
	}
	for called, list := range lists {
		join(list, called)
	}
	return rep, name
}

// described are the nodes as sent, of each key the first one.
func (o *oracle) described() []fbas.Node {
	var nodes []fbas.Node
	seen := map[string]bool{}
	for _, node := range o.network.Nodes {
		if !seen[node.PublicKey] {
			seen[node.PublicKey] = true
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// belongsTo names the group of a node, other than its organization.
func belongsTo(node fbas.Node, by MergeBy) (name string, ok bool) {
	clean := func(value string) string {
		return strings.TrimSuffix(strings.ReplaceAll(value, ",", ""), ".")
	}
	switch field, ok := strings.CutPrefix(string(by), "field:"); {
	case ok:
		return written(node.Attributes[field])
	case by == MergeCountry && node.Country != nil && *node.Country != "":
		return clean(*node.Country), true
	case by == MergeISP && node.ISP != nil:
		return clean(*node.ISP), true
	}
	return "", false
}

// written is a string, a number or a boolean as it was sent.
func written(raw json.RawMessage) (text string, ok bool) {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return "", false
	}
	switch value := value.(type) {
	case string:
		return value, value != ""
	case bool, float64:
		return string(raw), true
	}
	return "", false
}

// working are the nodes that have no history error: who says nothing has one,
// null and false say that there is none.
func (o *oracle) working() (nodes mask) {
	for _, node := range o.described() {
		flag, sent := node.Attributes["historyArchiveHasError"]
		if i, known := slices.BinarySearch(o.keys, node.PublicKey); known && sent && slices.Contains([]string{"false", "null"}, string(flag)) {
			nodes |= 1 << i
		}
	}
	return nodes
}

// networkJSON is a network as a scanner request.
func networkJSON(n *fbas.Network) string {
	type set struct {
		Threshold       int      `json:"threshold"`
		Validators      []string `json:"validators"`
		InnerQuorumSets []any    `json:"innerQuorumSets,omitempty"`
	}
	var plain func(fbas.QuorumSet) any
	plain = func(q fbas.QuorumSet) any {
		s := set{Threshold: q.Threshold, Validators: append([]string{}, q.Validators...)}
		for _, inner := range q.InnerQuorumSets {
			s.InnerQuorumSets = append(s.InnerQuorumSets, plain(inner))
		}
		return s
	}
	nodes := []any{}
	for _, node := range n.Nodes {
		fields := map[string]any{}
		for name, value := range maps.All(node.Attributes) {
			fields[name] = value
		}
		fields["publicKey"] = node.PublicKey
		if node.QuorumSet != nil {
			fields["quorumSet"] = plain(*node.QuorumSet)
		}
		if node.Country != nil {
			fields["geoData"] = map[string]string{"countryName": *node.Country}
		}
		if node.ISP != nil {
			fields["isp"] = *node.ISP
		}
		nodes = append(nodes, fields)
	}
	organizations := []any{}
	for _, org := range n.Organizations {
		organizations = append(organizations, map[string]any{"id": org.ID, "name": org.Name, "validators": org.Validators})
	}
	text, err := json.Marshal(map[string]any{"nodes": nodes, "organizations": organizations})
	if err != nil {
		return err.Error()
	}
	return string(text)
}
