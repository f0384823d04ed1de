package fbas

import (
	"encoding/json"
	"fmt"
)

func readNodes(raw json.RawMessage, limits Limits) ([]Node, error) {
	items, err := array("nodes", raw)
	if err != nil {
		return nil, err
	}
	if len(items) > limits.Nodes {
		return nil, fmt.Errorf("read network: %w: more than %d nodes", ErrTooLarge, limits.Nodes)
	}
	nodes := make([]Node, len(items))
	sets := setReader{depth: limits.Depth, known: map[string]*QuorumSet{}}
	for i, item := range items {
		field := fmt.Sprintf("nodes[%d]", i)
		fields, err := object(field, item)
		if err != nil {
			return nil, err
		}
		if nodes[i], err = readNode(field, fields, sets); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

// setReader reads quorum sets. Most validators of a network write the same set
// in the same letters, so a set that was read before is shared.
type setReader struct {
	depth int
	known map[string]*QuorumSet
}

func (r setReader) read(field string, raw json.RawMessage) (*QuorumSet, error) {
	if set, again := r.known[string(raw)]; again {
		return set, nil
	}
	set, err := readQuorumSet(field, raw, r.depth)
	if err != nil {
		return nil, err
	}
	r.known[string(raw)] = &set
	return &set, nil
}

func readNode(field string, fields map[string]json.RawMessage, sets setReader) (Node, error) {
	var node Node
	raw, ok := fields["publicKey"]
	if !ok {
		return node, &FieldError{Field: field + ".publicKey", Problem: "is missing; a string is required"}
	}
	var err error
	if node.PublicKey, err = text(field+".publicKey", raw); err != nil {
		return node, err
	}
	if raw := fields["quorumSet"]; !isNull(raw) {
		if node.QuorumSet, err = sets.read(field+".quorumSet", raw); err != nil {
			return node, err
		}
	}
	delete(fields, "publicKey")
	delete(fields, "quorumSet")
	return node, describe(&node, field, fields)
}

// describe fills in what a node says of itself beside key and quorum set.
// Fields that no analysis reads are taken as they come: the Rust scanner
// ignores them, so a wrong type there is no reason to refuse the network.
func describe(node *Node, field string, fields map[string]json.RawMessage) error {
	node.Attributes = fields
	_ = json.Unmarshal(fields["name"], &node.Name)
	_ = json.Unmarshal(fields["isValidating"], &node.IsValidating)
	var err error
	if node.ISP, err = optionalText(field+".isp", fields["isp"]); err != nil {
		return err
	}
	if raw := fields["geoData"]; !isNull(raw) {
		geo, err := object(field+".geoData", raw)
		if err != nil {
			return err
		}
		if node.Country, err = optionalText(field+".geoData.countryName", geo["countryName"]); err != nil {
			return err
		}
	}
	return nil
}

// readQuorumSet reads a quorum set that may nest depth levels deep.
func readQuorumSet(field string, raw json.RawMessage, depth int) (QuorumSet, error) {
	var set QuorumSet
	if depth == 0 {
		return set, &FieldError{Field: shorten(field), Problem: "nests too deep; the limit is set by the depth limit (32 by default)"}
	}
	fields, err := object(field, raw)
	if err != nil {
		return set, err
	}
	for _, name := range []string{"threshold", "validators"} {
		if _, ok := fields[name]; !ok {
			return set, &FieldError{Field: field + "." + name, Problem: "is missing; a quorum set needs threshold and validators"}
		}
	}
	if set.Threshold, err = threshold(field+".threshold", fields["threshold"]); err != nil {
		return set, err
	}
	if set.Validators, err = texts(field+".validators", fields["validators"]); err != nil {
		return set, err
	}
	inner := fields["innerQuorumSets"]
	if isNull(inner) {
		return set, nil
	}
	items, err := array(field+".innerQuorumSets", inner)
	if err != nil {
		return set, err
	}
	for i, item := range items {
		child, err := readQuorumSet(fmt.Sprintf("%s.innerQuorumSets[%d]", field, i), item, depth-1)
		if err != nil {
			return set, err
		}
		set.InnerQuorumSets = append(set.InnerQuorumSets, child)
	}
	return set, nil
}

// shorten keeps the head of a field's path readable where it is very long.
func shorten(field string) string {
	const most = 120
	if len(field) <= most {
		return field
	}
	return field[:most] + "..."
}
