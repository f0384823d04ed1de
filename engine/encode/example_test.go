package encode_test

import (
	"context"
	"fmt"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/sat"
)

// Four validators of which any three will do are split by two of them that
// lie, and blocked by two that fail.
func Example() {
	threeOfFour := &fbas.QuorumSet{Threshold: 3, Validators: []string{"a", "b", "c", "d"}}
	network := &fbas.Network{}
	for _, key := range threeOfFour.Validators {
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: threeOfFour})
	}
	q := class.New(fbas.Compile(network))
	ctx, alike := context.Background(), class.Price{}
	splitting, _ := encode.MinimumSplitting(ctx, q, alike, sat.Gini)
	blocking, _ := encode.MinimumBlocking(ctx, q, alike, sat.Gini)
	fmt.Println(splitting.Size, splitting.Vector, splitting.Quorums, splitting.Complete)
	fmt.Println(blocking.Size, blocking.Vector, blocking.Complete)
	// Output:
	// 2 [2] [[1] [1]] true
	// 2 [2] true
}
