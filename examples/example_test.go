package examples_test

import (
	"fmt"

	"understudy/examples"
)

func ExampleNetwork() {
	network := examples.Network(examples.Config{Seed: 1, Organizations: 4, ValidatorsEach: 3, Watchers: 10})
	set := network.Nodes[0].QuorumSet
	fmt.Println(len(network.Nodes), "nodes;", set.Threshold, "of", len(set.InnerQuorumSets), "organizations")
	// Output: 22 nodes; 3 of 4 organizations
}

func ExampleAlmostSymmetric() {
	network := examples.AlmostSymmetric(examples.AlmostSymmetricConfig{Seed: 1, Organizations: 14, Drop: 2})
	set := network.Nodes[0].QuorumSet
	fmt.Println(len(network.Nodes), "nodes; the first wants", set.Threshold, "of", len(set.InnerQuorumSets), "organizations")
	// Output: 42 nodes; the first wants 10 of 13 organizations
}
