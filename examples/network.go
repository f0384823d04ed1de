package examples

import (
	"bytes"
	_ "embed"
	"encoding/json"
)

// SampleNetwork is the file sample-network.json: what Network makes of DefaultConfig, as the body of a request to the scanner API.
//
//go:embed sample-network.json
var SampleNetwork []byte

// Sample is a network in the shape of a request to the scanner API.
type Sample struct {
	Nodes         []Node
	Organizations []Organization
}

// Node is a validator or a watcher.
type Node struct {
	PublicKey string `json:"publicKey"`
	Name      string `json:"name,omitempty"`
	// QuorumSet is left out of the JSON where it is nil: on null the Rust scanner refuses the whole network.
	QuorumSet              *QuorumSet `json:"quorumSet,omitempty"`
	GeoData                *GeoData   `json:"geoData"`
	ISP                    *string    `json:"isp"`
	HomeDomain             string     `json:"homeDomain,omitempty"`
	IsValidating           bool       `json:"isValidating"`
	HistoryURL             string     `json:"historyUrl,omitempty"`
	HistoryArchiveHasError *bool      `json:"historyArchiveHasError,omitempty"`
}

// GeoData says where a node stands.
type GeoData struct {
	CountryName string `json:"countryName"`
}

// QuorumSet is satisfied by Threshold of its validators and inner quorum sets.
type QuorumSet struct {
	Threshold       int         `json:"threshold"`
	Validators      []string    `json:"validators"`
	InnerQuorumSets []QuorumSet `json:"innerQuorumSets"`
}

// Organization runs validators.
type Organization struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Validators []string `json:"validators"`
}

// JSON returns the network as a request body with one node and one organization per line, so that a change shows as a change of lines.
func (s *Sample) JSON() []byte {
	var out bytes.Buffer
	out.WriteString("{\n\"nodes\": ")
	writeLines(&out, s.Nodes)
	out.WriteString(",\n\"organizations\": ")
	writeLines(&out, s.Organizations)
	out.WriteString("\n}\n")
	return out.Bytes()
}

func writeLines[T any](out *bytes.Buffer, items []T) {
	out.WriteString("[")
	for i, item := range items {
		if i > 0 {
			out.WriteString(",")
		}
		line, err := json.Marshal(item)
		if err != nil {
			panic(err) // strings, numbers and slices of them can always be written
		}
		out.WriteString("\n")
		out.Write(line)
	}
	out.WriteString("\n]")
}

// of is the flat quorum set threshold{validators}.
func of(threshold int, validators ...string) QuorumSet {
	return QuorumSet{Threshold: threshold, Validators: validators, InnerQuorumSets: []QuorumSet{}}
}

// ofSets is the quorum set threshold{inner...}.
func ofSets(threshold int, inner ...QuorumSet) QuorumSet {
	return QuorumSet{Threshold: threshold, Validators: []string{}, InnerQuorumSets: inner}
}
