package flat_test

import (
	"fmt"

	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/flat"
)

// Three organizations of which two are to agree, and a validator that listens to
// the first one.
func Example() {
	own := fbas.QuorumSet{Threshold: 2, InnerQuorumSets: []fbas.QuorumSet{
		{Threshold: 2, Validators: []string{"a1", "a2", "a3"}},
		{Threshold: 1, Validators: []string{"b1", "b2"}},
		{Threshold: 1, Validators: []string{"c1"}},
	}}
	leaf := fbas.QuorumSet{Threshold: 1, InnerQuorumSets: own.InnerQuorumSets[:1]}
	network := &fbas.Network{Nodes: []fbas.Node{{PublicKey: "leaf", QuorumSet: &leaf}}}
	for _, key := range []string{"a1", "a2", "a3", "b1", "b2", "c1"} {
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: &own})
	}
	form, ok := flat.Of(class.New(fbas.Compile(network)))
	fmt.Println("flat:", ok)
	for _, item := range form.Items {
		fmt.Println(item.Threshold, "of", item.Size)
	}
	for _, set := range form.Sets {
		fmt.Println(set.Threshold, "of", set.Items.Len(), "items, slack", set.Slack())
	}
	fmt.Println("leaves:", len(form.Leaves))
	// Output:
	// flat: true
	// 2 of 3
	// 1 of 2
	// 1 of 1
	// 1 of 1 items, slack 0
	// 2 of 3 items, slack 1
	// leaves: 1
}
