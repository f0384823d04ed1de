package bnb_test

import (
	"context"
	"fmt"

	"understudy/engine/bnb"
	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/flat"
)

// Four validators that want three of each other: any two of them split the
// network or block it.
func Example() {
	own := &fbas.QuorumSet{Threshold: 3, Validators: []string{"a", "b", "c", "d"}}
	network := &fbas.Network{}
	for _, key := range own.Validators {
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: own})
	}
	q := class.New(fbas.Compile(network))
	form, _ := flat.Of(q)
	ctx := context.Background()

	splitting, ok, err := bnb.MinimumSplitting(ctx, q, form, class.Price{}, 0)
	fmt.Println("splitting:", splitting.Size, splitting.Quorums, splitting.Complete, ok, err)
	quorum, _, _ := bnb.MinimumQuorum(ctx, q, form, class.Price{}, 0)
	fmt.Println("quorum:", quorum.Size, quorum.LowerBound)
	disjoint, _, _ := bnb.DisjointQuorums(ctx, q, form, 0)
	fmt.Println("disjoint quorums:", disjoint.Found, disjoint.Complete)
	// Output:
	// splitting: 2 [[1] [1]] true true <nil>
	// quorum: 3 3
	// disjoint quorums: false true
}
