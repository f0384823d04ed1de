package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"understudy/cmd/understudy/internal/backend"
	"understudy/cmd/understudy/internal/workload"
	"understudy/engine/fbas"
)

// How many networks are asked about, and the largest number of watchers around one.
const (
	networks     = 6
	mostWatchers = 640 // some 400 KB
)

// analyses are all questions that both sides can answer.
var analyses = []string{"top-tier", "symmetric-top-tier", "blocking-sets", "splitting-sets", "quorums", "full", "network"}

// Questions draws the load of a seed, in the order in which it is asked: scans as
// the two clients of the backend ask them, large networks, and between them the
// rest that a proxy meets. The same seed gives the same questions.
func Questions(seed uint64) ([]Question, error) {
	var list []Question
	drawn := 0
	for i := uint64(0); drawn < networks; i++ {
		network := workload.Draw(seed, i)
		if network.Large {
			continue
		}
		scan, err := scanOf(network, drawn)
		if err != nil {
			continue // a network that a client has nothing to ask about
		}
		drawn++
		list = append(list, named(scan, drawn)...)
		list = append(list, others(drawn)...)
	}
	for i, watchers := range []int{4, 40, 160, mostWatchers} {
		body, err := watched(watchers)
		if err != nil {
			return nil, err
		}
		for _, name := range analyses {
			list = append(list, Question{Method: http.MethodPost, Path: "/analyze/" + name, Body: body, Scan: drawn + 1 + i, Named: i%2 == 0})
		}
		list = append(list, others(drawn+1+i)...)
	}
	return list, nil
}

func scanOf(drawn workload.Network, n int) (backend.Scan, error) {
	network, err := fbas.Read(drawn.Request, fbas.DefaultLimits())
	if err != nil {
		return backend.Scan{}, err
	}
	if n%2 == 0 {
		return backend.Facade(network)
	}
	return backend.Adapter(network)
}

func named(scan backend.Scan, number int) []Question {
	var list []Question
	for _, q := range append(scan.Questions, scan.Last...) {
		list = append(list, Question{Method: http.MethodPost, Path: q.Path, Body: q.Body, Scan: number, Named: scan.ID != ""})
	}
	return list
}

// others are requests that are no analysis, or none that can be read.
func others(n int) []Question {
	return []Question{
		{Method: http.MethodGet, Path: "/health"},
		{Method: http.MethodGet, Path: fmt.Sprintf("/unknown/%d?a=%%zz;b=%%2F&&c", n)},
		{Method: http.MethodPost, Path: "/unknown//path", Body: []byte(strings.Repeat("x", n*997))},
		{Method: http.MethodPost, Path: "/analyze/top-tier", Body: []byte(`{"nodes": [`)},
		{Method: http.MethodHead, Path: "/health"},
		{Method: http.MethodDelete, Path: "/analyze/quorums"},
	}
}

// watched is a small core with so many nodes around it that only listen, each with
// a quorum set of its own spelling: large to carry, easy to analyse.
func watched(watchers int) ([]byte, error) {
	core := []string{"a", "b", "c", "d", "e"}
	type set struct {
		Threshold       int      `json:"threshold"`
		Validators      []string `json:"validators"`
		InnerQuorumSets []set    `json:"innerQuorumSets"`
	}
	type node struct {
		PublicKey string `json:"publicKey"`
		Name      string `json:"name"`
		QuorumSet set    `json:"quorumSet"`
	}
	var nodes []node
	for i := range len(core) + watchers {
		own := set{Threshold: 4, Validators: core, InnerQuorumSets: []set{}}
		key := fmt.Sprintf("watcher-%04d", i)
		if i < len(core) {
			key = core[i]
		}
		nodes = append(nodes, node{PublicKey: key, Name: strings.Repeat(key+" ", 36), QuorumSet: own})
	}
	body, err := json.Marshal(map[string]any{"nodes": nodes, "organizations": []string{}})
	if err != nil {
		return nil, fmt.Errorf("write network: %w", err)
	}
	return body, nil
}
