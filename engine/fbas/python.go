package fbas

import (
	"encoding/json"
	"fmt"
	"slices"
)

// maxExpandedMembers bounds what shared quorum sets may grow to when each
// node is given its own copy.
const maxExpandedMembers = 1_000_000

// pythonSets resolves the "qsets" of the python-fbas form: named sets whose
// members are keys of validators or names of other sets.
type pythonSets struct {
	sets     map[string]json.RawMessage
	depth    int
	expanded int
}

func readPython(fields map[string]json.RawMessage, limits Limits) (*Network, error) {
	items, err := array("validators", fields["validators"])
	if err != nil {
		return nil, err
	}
	if len(items) > limits.Nodes {
		return nil, fmt.Errorf("read network: %w: more than %d validators", ErrTooLarge, limits.Nodes)
	}
	sets := &pythonSets{depth: limits.Depth}
	if sets.sets, err = object("qsets", fields["qsets"]); err != nil {
		return nil, err
	}
	network := &Network{Nodes: make([]Node, len(items))}
	for i, item := range items {
		if network.Nodes[i], err = readPythonNode(fmt.Sprintf("validators[%d]", i), item, sets); err != nil {
			return nil, err
		}
	}
	network.Organizations = organizationsOf(network.Nodes)
	return network, nil
}

func readPythonNode(field string, raw json.RawMessage, sets *pythonSets) (Node, error) {
	var node Node
	fields, err := object(field, raw)
	if err != nil {
		return node, err
	}
	if node.PublicKey, err = text(field+".id", fields["id"]); err != nil {
		return node, err
	}
	name, err := optionalText(field+".qset", fields["qset"])
	if err != nil {
		return node, err
	}
	if name != nil {
		set, err := sets.resolve(field+".qset", *name, nil)
		if err != nil {
			return node, err
		}
		node.QuorumSet = &set
	}
	attributes := map[string]json.RawMessage{}
	if raw := fields["attrs"]; !isNull(raw) {
		if attributes, err = object(field+".attrs", raw); err != nil {
			return node, err
		}
	}
	return node, describe(&node, field+".attrs", attributes)
}

// resolve expands the set called name; path holds the names on the way to it.
func (p *pythonSets) resolve(field, name string, path []string) (QuorumSet, error) {
	var set QuorumSet
	raw, ok := p.sets[name]
	if !ok {
		return set, &FieldError{Field: field, Problem: fmt.Sprintf("names the set %q, which is not in qsets", name)}
	}
	if slices.Contains(path, name) {
		return set, &FieldError{Field: "qsets." + name, Problem: "refers to itself; references among qsets must not form a cycle"}
	}
	if len(path) >= p.depth {
		return set, &FieldError{Field: "qsets." + name, Problem: fmt.Sprintf("nests too deep; at most %d levels are allowed", p.depth)}
	}
	field = "qsets." + name
	fields, err := object(field, raw)
	if err != nil {
		return set, err
	}
	if set.Threshold, err = threshold(field+".threshold", fields["threshold"]); err != nil {
		return set, err
	}
	members, err := texts(field+".members", fields["members"])
	if err != nil {
		return set, err
	}
	if p.expanded += len(members); p.expanded > maxExpandedMembers {
		return set, fmt.Errorf("read network: %w: qsets expand to more than %d members", ErrTooLarge, maxExpandedMembers)
	}
	for _, member := range members {
		if _, isSet := p.sets[member]; !isSet {
			set.Validators = append(set.Validators, member)
			continue
		}
		inner, err := p.resolve(field, member, append(path, name))
		if err != nil {
			return set, err
		}
		set.InnerQuorumSets = append(set.InnerQuorumSets, inner)
	}
	return set, nil
}
