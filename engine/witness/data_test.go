package witness_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"understudy/engine/fbas"
)

func load(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf("load %s: %v", path, err)
	}
}

// wireSet, wireNode and wireNetwork are a second, lenient reading of a request.
type wireSet struct {
	Threshold       int64     `json:"threshold"`
	Validators      []string  `json:"validators"`
	InnerQuorumSets []wireSet `json:"innerQuorumSets"`
}

func (w *wireSet) quorumSet() *fbas.QuorumSet {
	if w == nil {
		return nil
	}
	q := &fbas.QuorumSet{Threshold: int(min(w.Threshold, fbas.MaxThreshold)), Validators: w.Validators}
	for i := range w.InnerQuorumSets {
		q.InnerQuorumSets = append(q.InnerQuorumSets, *w.InnerQuorumSets[i].quorumSet())
	}
	return q
}

type wireNetwork struct {
	Nodes []struct {
		PublicKey string   `json:"publicKey"`
		QuorumSet *wireSet `json:"quorumSet"`
		ISP       *string  `json:"isp"`
		GeoData   *struct {
			CountryName *string `json:"countryName"`
		} `json:"geoData"`
	} `json:"nodes"`
	Organizations []fbas.Organization `json:"organizations"`
}

func (w *wireNetwork) network() *fbas.Network {
	n := &fbas.Network{Organizations: w.Organizations}
	for _, node := range w.Nodes {
		out := fbas.Node{PublicKey: node.PublicKey, QuorumSet: node.QuorumSet.quorumSet(), ISP: node.ISP}
		if node.GeoData != nil {
			out.Country = node.GeoData.CountryName
		}
		n.Nodes = append(n.Nodes, out)
	}
	return n
}

// of is the quorum set threshold{validators}, among inner ones where given.
func of(threshold int, validators []string, inner ...fbas.QuorumSet) *fbas.QuorumSet {
	return &fbas.QuorumSet{Threshold: threshold, Validators: validators, InnerQuorumSets: inner}
}

// split makes a set of one-letter keys: "abc" is {a, b, c}.
func split(letters string) []string {
	out := []string{}
	for _, r := range letters {
		out = append(out, string(r))
	}
	return out
}

// holds fails unless err is nil where want is "", and else contains it.
func holds(t *testing.T, err error, want, why string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("refused: %v; %s", err, why)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error is %v, want one with %q; %s", err, want, why)
	}
}
