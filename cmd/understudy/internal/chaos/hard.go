package chaos

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
)

// hardQuestion takes the engine far longer than a row lasts: no two of its nodes are
// alike, so nothing can be merged.
var hardQuestion = func() Question {
	type set struct {
		Threshold  int      `json:"threshold"`
		Validators []string `json:"validators"`
	}
	type node struct {
		PublicKey string `json:"publicKey"`
		QuorumSet set    `json:"quorumSet"`
	}
	const size = 40
	r := rand.New(rand.NewPCG(1, size))
	var nodes []node
	for i := range size {
		var heard []string
		for j := range size {
			if j != i && r.IntN(2) == 0 {
				heard = append(heard, fmt.Sprint("n", j))
			}
		}
		nodes = append(nodes, node{fmt.Sprint("n", i), set{len(heard)*2/3 + 1, heard}})
	}
	body, err := json.Marshal(map[string]any{"nodes": nodes})
	if err != nil {
		panic(fmt.Sprintf("write network: %v", err)) // plain structs always have a JSON form
	}
	return Question{Method: http.MethodPost, Path: "/analyze/splitting-sets", Body: body}
}()
