package edit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"understudy/engine/fbas"
)

// Read reads a request. Its errors are those of fbas.ReadRequest: what the
// engine can't read has no network to change.
func Read(body []byte) (*Network, error) {
	known, _, err := fbas.ReadRequest(body, fbas.DefaultLimits())
	if err != nil {
		return nil, err
	}
	var request struct{ fields }
	if err := request.read(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))); err != nil {
		return nil, err
	}
	n := &Network{}
	if err := request.take("nodes", func(raw json.RawMessage) (err error) {
		n.Nodes, err = readNodes(raw, known)
		return err
	}); err != nil {
		return nil, err
	}
	// What of these can't be read stays among the fields, as it was sent.
	_ = request.take("organizations", func(raw json.RawMessage) (err error) {
		n.Organizations, err = readOrganizations(raw)
		return err
	})
	_ = request.take("faulty_nodes", func(raw json.RawMessage) (err error) {
		n.Faulty, err = texts(raw)
		return err
	})
	n.Fields = request.fields
	return n, nil
}

// fields are the members of a JSON object.
type fields map[string]json.RawMessage

func (f *fields) read(raw json.RawMessage) error {
	err := json.Unmarshal(raw, f)
	if err == nil && *f == nil {
		err = errors.New("want an object, got null")
	}
	return err
}

// take reads a field and removes it from the others, unless that fails.
func (f fields) take(name string, read func(json.RawMessage) error) error {
	raw, sent := f[name]
	if !sent {
		return nil
	}
	if err := read(raw); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	delete(f, name)
	return nil
}

// readNodes takes keys and quorum sets from the network that was read already:
// its numbers are clamped in the same way for everyone.
func readNodes(raw json.RawMessage, known *fbas.Network) ([]Node, error) {
	var items []fields
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, err
	}
	nodes := make([]Node, len(items))
	for i, item := range items {
		node := Node{Key: known.Nodes[i].PublicKey}
		if q := known.Nodes[i].QuorumSet; q != nil {
			set, err := readSet(item["quorumSet"], *q)
			if err != nil {
				return nil, fmt.Errorf("nodes[%d].quorumSet: %w", i, err)
			}
			node.Set = &set
			delete(item, "quorumSet")
		}
		delete(item, "publicKey")
		node.Fields = item
		nodes[i] = node
	}
	return nodes, nil
}

func readSet(raw json.RawMessage, q fbas.QuorumSet) (Set, error) {
	out := Set{Threshold: q.Threshold, Validators: slices.Clone(q.Validators)}
	var f fields
	if err := f.read(raw); err != nil {
		return out, err
	}
	if len(q.InnerQuorumSets) > 0 {
		var inner []json.RawMessage
		if err := json.Unmarshal(f["innerQuorumSets"], &inner); err != nil {
			return out, err
		}
		for i := range inner {
			set, err := readSet(inner[i], q.InnerQuorumSets[i])
			if err != nil {
				return out, err
			}
			out.Inner = append(out.Inner, set)
		}
	}
	if string(f["innerQuorumSets"]) != "null" { // null is not the same for every scanner
		delete(f, "innerQuorumSets")
	}
	delete(f, "threshold")
	delete(f, "validators")
	out.Fields = f
	return out, nil
}

func readOrganizations(raw json.RawMessage) ([]Organization, error) {
	var items []fields
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, err
	}
	organizations := make([]Organization, len(items))
	for i, item := range items {
		validators, err := texts(item["validators"])
		if err != nil {
			return nil, err
		}
		delete(item, "validators")
		organizations[i] = Organization{Validators: validators, Fields: item}
	}
	return organizations, nil
}

func texts(raw json.RawMessage) ([]string, error) {
	var list []*string
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	if list == nil || slices.Contains(list, nil) {
		return nil, errors.New("want a list of strings")
	}
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = *text
	}
	return out, nil
}
