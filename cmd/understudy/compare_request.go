package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"understudy/engine/fbas"
)

// requestBody is a network file as the body of a scanner request. One that is a
// request already keeps its other fields; mergeBy and faulty replace those of the
// file unless they are empty.
func requestBody(data []byte, mergeBy string, faulty []string) ([]byte, error) {
	network, err := fbas.Read(data, fbas.DefaultLimits())
	if err != nil {
		return nil, err
	}
	fields, err := requestFields(data, network)
	if err != nil {
		return nil, err
	}
	if mergeBy != "" {
		fields["merge_by"] = mergeBy
	}
	if len(faulty) > 0 {
		fields["faulty_nodes"] = faulty
	}
	return encodeRequest(fields)
}

// requestFields are the members of a request about a network that was read from
// data, in whatever form.
func requestFields(data []byte, network *fbas.Network) (map[string]any, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	if data[0] == '[' {
		return map[string]any{"nodes": json.RawMessage(data), "organizations": requestOrganizations(network)}, nil
	}
	sent := make(map[string]json.RawMessage)
	if err := json.Unmarshal(data, &sent); err != nil {
		return nil, errors.New("read network: not an object") // never: it was read as one
	}
	if _, python := sent["validators"]; python {
		return map[string]any{"nodes": requestNodes(network), "organizations": requestOrganizations(network)}, nil
	}
	fields := make(map[string]any, len(sent))
	for name, raw := range sent {
		fields[name] = raw
	}
	return fields, nil
}

// requestNodes writes nodes with all their attributes. A node that published no
// quorum set has no such field, which every scanner reads in the same way.
func requestNodes(network *fbas.Network) []map[string]any {
	nodes := make([]map[string]any, len(network.Nodes))
	for i, n := range network.Nodes {
		nodes[i] = map[string]any{}
		for name, raw := range n.Attributes {
			nodes[i][name] = raw
		}
		nodes[i]["publicKey"] = n.PublicKey
		if n.QuorumSet != nil {
			nodes[i]["quorumSet"] = requestSet(*n.QuorumSet)
		}
	}
	return nodes
}

func requestSet(q fbas.QuorumSet) map[string]any {
	inner := make([]map[string]any, len(q.InnerQuorumSets))
	for i := range q.InnerQuorumSets {
		inner[i] = requestSet(q.InnerQuorumSets[i])
	}
	return map[string]any{"threshold": q.Threshold, "validators": append([]string{}, q.Validators...), "innerQuorumSets": inner}
}

func requestOrganizations(network *fbas.Network) []map[string]any {
	organizations := make([]map[string]any, len(network.Organizations))
	for i, o := range network.Organizations {
		organizations[i] = map[string]any{"id": o.ID, "name": o.Name, "validators": append([]string{}, o.Validators...)}
	}
	return organizations
}

// withSets is a request that also asks for whole families.
func withSets(body []byte, most int) ([]byte, error) {
	sent := make(map[string]json.RawMessage)
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, fmt.Errorf("ask for sets: %w", err)
	}
	fields := map[string]any{"include_sets": true, "max_sets": most}
	for name, raw := range sent {
		if _, ours := fields[name]; !ours {
			fields[name] = raw
		}
	}
	return encodeRequest(fields)
}

func encodeRequest(fields map[string]any) ([]byte, error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	return body, nil
}
