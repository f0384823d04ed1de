package workload

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// Network is one random network.
type Network struct {
	Kind string // one of Kinds
	// Request is the network as a scanner request without a question: nodes and
	// organizations.
	Request []byte
	// Large networks have 12 to 30 nodes, the others 3 to 9.
	Large bool
}

// Draw gives the i-th network of a seed. Kinds take turns, so that a short run
// meets all of them.
func Draw(seed, i uint64) Network {
	r := rand.New(rand.NewPCG(seed, i))
	k := kinds[i%uint64(len(kinds))]
	nodes := k.draw(r)
	body, err := json.Marshal(request{Nodes: label(r, nodes), Organizations: organizations(r, nodes)})
	if err != nil {
		panic(fmt.Sprintf("write network: %v", err)) // plain structs always have a JSON form
	}
	return Network{Kind: k.name, Request: body, Large: len(nodes) >= least}
}

// Kinds are the names of the kinds, in the order in which Draw takes them.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

type request struct {
	Nodes         []node         `json:"nodes"`
	Organizations []organization `json:"organizations"`
}

type node struct {
	PublicKey    string   `json:"publicKey"`
	QuorumSet    *set     `json:"quorumSet"`
	GeoData      *geoData `json:"geoData,omitempty"`
	ISP          *string  `json:"isp,omitempty"`
	IsValidating *bool    `json:"isValidating,omitempty"`
}

type geoData struct {
	CountryName *string `json:"countryName"`
}

type set struct {
	Threshold       int      `json:"threshold"`
	Validators      []string `json:"validators"`
	InnerQuorumSets []set    `json:"innerQuorumSets"`
}

type organization struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Validators []string `json:"validators"`
}
