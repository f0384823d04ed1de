package edit

import (
	"encoding/json"
	"maps"
	"slices"
)

// Network is a request: its nodes and organizations, and its other fields.
type Network struct {
	Nodes []Node
	// Organizations are nil where the request has none, or none that can be read;
	// those are among the Fields then.
	Organizations []Organization
	// Faulty are the faulty_nodes, with the same exception.
	Faulty []string
	// Fields are the other fields of the request, as sent.
	Fields map[string]json.RawMessage
}

// Node is one validator.
type Node struct {
	Key string
	// Set is nil for a node without a quorum set; one that was sent as null is
	// among the Fields.
	Set    *Set
	Fields map[string]json.RawMessage
}

// Set is one list of a quorum set.
type Set struct {
	Threshold  int
	Validators []string
	Inner      []Set
	Fields     map[string]json.RawMessage
}

// Organization is a named group of validators.
type Organization struct {
	Validators []string
	Fields     map[string]json.RawMessage // id and name among them
}

// Clone is a copy that shares nothing that this package's functions change.
// Values of fields are shared: they are replaced, never written to.
func (n *Network) Clone() *Network {
	out := &Network{Fields: maps.Clone(n.Fields), Faulty: slices.Clone(n.Faulty), Nodes: slices.Clone(n.Nodes), Organizations: slices.Clone(n.Organizations)}
	for i := range out.Nodes {
		node := &out.Nodes[i]
		node.Fields = maps.Clone(node.Fields)
		if node.Set != nil {
			node.Set = new(node.Set.clone())
		}
	}
	for i := range out.Organizations {
		o := &out.Organizations[i]
		o.Validators, o.Fields = slices.Clone(o.Validators), maps.Clone(o.Fields)
	}
	return out
}

func (s *Set) clone() Set {
	out := Set{Threshold: s.Threshold, Validators: slices.Clone(s.Validators), Inner: slices.Clone(s.Inner), Fields: maps.Clone(s.Fields)}
	for i := range out.Inner {
		out.Inner[i] = out.Inner[i].clone()
	}
	return out
}

// Members is how many members the list has.
func (s *Set) Members() int { return len(s.Validators) + len(s.Inner) }

// Lists calls visit for the list and all inside it, outer ones first.
func (s *Set) Lists(visit func(*Set)) {
	visit(s)
	for i := range s.Inner {
		s.Inner[i].Lists(visit)
	}
}

// Lists calls visit for every list of the network, in the order of the nodes.
func (n *Network) Lists(visit func(*Set)) {
	for i := range n.Nodes {
		if n.Nodes[i].Set != nil {
			n.Nodes[i].Set.Lists(visit)
		}
	}
}

// Keys are the keys of the nodes, as they stand; keys may repeat.
func (n *Network) Keys() []string {
	keys := make([]string, len(n.Nodes))
	for i := range n.Nodes {
		keys[i] = n.Nodes[i].Key
	}
	return keys
}

// Text is a string field, such as the name of a node, or "".
func Text(fields map[string]json.RawMessage, name string) string {
	var text string
	_ = json.Unmarshal(fields[name], &text) // what is no string has no text
	return text
}
