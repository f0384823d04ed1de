package backend

import (
	"encoding/json"
	"fmt"

	"understudy/engine/fbas"
)

// request is the body of a question, in the field order of the backend's client.
type request struct {
	Nodes         []node         `json:"nodes"`
	Organizations []organization `json:"organizations"`
	MergeBy       string         `json:"merge_by,omitempty"`
	FaultyNodes   []string       `json:"faulty_nodes,omitempty"`
}

type node struct {
	PublicKey string     `json:"publicKey"`
	Name      *string    `json:"name"`
	QuorumSet *quorumSet `json:"quorumSet"`
	GeoData   *geoData   `json:"geoData"`
	ISP       *string    `json:"isp"`
}

type geoData struct {
	CountryName *string `json:"countryName"`
}

type quorumSet struct {
	Threshold       int         `json:"threshold"`
	Validators      []string    `json:"validators"`
	InnerQuorumSets []quorumSet `json:"innerQuorumSets"`
}

type organization struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Validators []string `json:"validators"`
}

func (r request) to(path string) (Question, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return Question{}, fmt.Errorf("write question to %s: %w", path, err)
	}
	return Question{Path: path, Body: body}, nil
}

// scanned are the nodes both clients ask about: those that published a quorum
// set that asks for anything.
func scanned(n *fbas.Network) ([]fbas.Node, error) {
	var kept []fbas.Node
	validating := false
	for _, v := range n.Nodes {
		if v.QuorumSet == nil || v.QuorumSet.Threshold <= 0 {
			continue
		}
		kept = append(kept, v)
		validating = validating || !notValidating(v)
	}
	if !validating {
		return nil, ErrNothingToAsk
	}
	return kept, nil
}

// notValidating holds for a node of which the network says so; where it says
// nothing a node counts as validating.
func notValidating(n fbas.Node) bool { return n.IsValidating != nil && !*n.IsValidating }

func wireNodes(nodes []fbas.Node) []node {
	wired := make([]node, 0, len(nodes))
	for _, n := range nodes {
		set := wireSet(*n.QuorumSet)
		w := node{PublicKey: n.PublicKey, QuorumSet: &set, ISP: n.ISP}
		if n.Name != "" {
			w.Name = &n.Name
		}
		if n.Country != nil {
			w.GeoData = &geoData{CountryName: n.Country}
		}
		wired = append(wired, w)
	}
	return wired
}

func wireSet(q fbas.QuorumSet) quorumSet {
	set := quorumSet{Threshold: q.Threshold, Validators: append([]string{}, q.Validators...), InnerQuorumSets: []quorumSet{}}
	for _, inner := range q.InnerQuorumSets {
		set.InnerQuorumSets = append(set.InnerQuorumSets, wireSet(inner))
	}
	return set
}
