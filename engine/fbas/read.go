package fbas

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Read reads a network in any of three forms and tells them apart itself: a
// scanner request (an object with "nodes"), an array of nodes as the explorer's
// API gives them (its organizations come from organizationId), and the form of
// python-fbas (an object with "validators" and "qsets").
//
// Errors: ErrTooLarge, ErrNotJSON, or a *FieldError that names the field.
func Read(data []byte, limits Limits) (*Network, error) {
	limits = limits.withDefaults()
	raw, err := checkText(data, limits)
	if err != nil {
		return nil, err
	}
	if raw[0] == '[' {
		return readNodeArray(raw, limits)
	}
	fields, err := object("input", raw)
	if err != nil {
		return nil, &FieldError{Field: "input", Problem: "must be an object with nodes, an array of nodes, or an object with validators and qsets"}
	}
	if _, python := fields["validators"]; python {
		return readPython(fields, limits)
	}
	network, _, err := readRequest(fields, limits)
	return network, err
}

// ReadRequest reads a scanner request: its network, and its other top-level
// fields as sent. The errors are those of Read.
func ReadRequest(data []byte, limits Limits) (*Network, map[string]json.RawMessage, error) {
	limits = limits.withDefaults()
	raw, err := checkText(data, limits)
	if err != nil {
		return nil, nil, err
	}
	fields, err := object("request", raw)
	if err != nil {
		return nil, nil, err
	}
	return readRequest(fields, limits)
}

func checkText(data []byte, limits Limits) (json.RawMessage, error) {
	if len(data) > limits.Bytes {
		return nil, fmt.Errorf("read network: %w: more than %d bytes", ErrTooLarge, limits.Bytes)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // a byte order mark, which other readers skip too
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("read network: %w: not UTF-8", ErrNotJSON)
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("read network: %w: %w", ErrNotJSON, err)
	}
	return bytes.TrimSpace(raw), nil
}

func readRequest(fields map[string]json.RawMessage, limits Limits) (*Network, map[string]json.RawMessage, error) {
	raw, ok := fields["nodes"]
	if !ok {
		return nil, nil, &FieldError{Field: "nodes", Problem: "is missing; an array of nodes is required"}
	}
	nodes, err := readNodes(raw, limits)
	if err != nil {
		return nil, nil, err
	}
	network := &Network{Nodes: nodes}
	if raw, ok := fields["organizations"]; ok {
		network.Organizations, network.OrganizationsError = readOrganizations(raw)
	}
	delete(fields, "nodes")
	delete(fields, "organizations")
	return network, fields, nil
}

func readNodeArray(raw json.RawMessage, limits Limits) (*Network, error) {
	nodes, err := readNodes(raw, limits)
	if err != nil {
		return nil, err
	}
	return &Network{Nodes: nodes, Organizations: organizationsOf(nodes)}, nil
}

// organizationsOf collects the nodes' organizationId, in order of appearance.
func organizationsOf(nodes []Node) []Organization {
	var orgs []Organization
	index := map[string]int{}
	for _, node := range nodes {
		var id string
		if json.Unmarshal(node.Attributes["organizationId"], &id) != nil || id == "" {
			continue
		}
		at, known := index[id]
		if !known {
			at = len(orgs)
			index[id] = at
			orgs = append(orgs, Organization{ID: id, Name: id})
		}
		orgs[at].Validators = append(orgs[at].Validators, node.PublicKey)
	}
	return orgs
}

func readOrganizations(raw json.RawMessage) ([]Organization, error) {
	items, err := array("organizations", raw)
	if err != nil {
		return nil, err
	}
	orgs := make([]Organization, 0, len(items))
	for i, item := range items {
		field := fmt.Sprintf("organizations[%d]", i)
		fields, err := object(field, item)
		if err != nil {
			return nil, err
		}
		org, err := readOrganization(field, fields)
		if err != nil {
			return nil, err
		}
		orgs = append(orgs, org)
	}
	return orgs, nil
}

func readOrganization(field string, fields map[string]json.RawMessage) (Organization, error) {
	var org Organization
	id, err := optionalText(field+".id", fields["id"])
	if err != nil {
		return org, err
	}
	name, err := optionalText(field+".name", fields["name"])
	if err != nil {
		return org, err
	}
	switch {
	case id != nil:
		org.ID, org.Name = *id, *id
	case name == nil:
		return org, &FieldError{Field: field + ".id", Problem: "is missing; a string is required where there is no name"}
	}
	if name != nil {
		org.Name = *name
	}
	raw, ok := fields["validators"]
	if !ok {
		return org, &FieldError{Field: field + ".validators", Problem: "is missing; an array of public keys is required"}
	}
	org.Validators, err = texts(field+".validators", raw)
	return org, err
}
