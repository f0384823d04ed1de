package witness_test

import (
	"fmt"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// Four nodes that each ask for three of the four: any two of them block.
func Example() {
	set := &fbas.QuorumSet{Threshold: 3, Validators: []string{"a", "b", "c", "d"}}
	network := &fbas.Network{}
	for _, key := range set.Validators {
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: set})
	}
	core, err := witness.Reduce(network)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(core.CheckMinimalBlocking([]string{"a", "b"}, nil))
	fmt.Println(core.CheckMinimalBlocking([]string{"a"}, nil))
	fmt.Println(core.CheckMinimalQuorum([]string{"a", "b", "c", "d"}))
	fmt.Println(core.CheckSplitting([]string{"a", "b"}, []string{"c"}, []string{"d"}))
	// Output:
	// <nil>
	// {a} does not block: {b, c, d} remains a quorum
	// {a, b, c, d} contains a quorum without a: {b, c, d}
	// <nil>
}

// Three organizations of one name are three, and a claim says how many of them
// it means.
func ExampleGroups() {
	set := &fbas.QuorumSet{Threshold: 2, Validators: []string{"a", "b", "c"}}
	network := &fbas.Network{}
	for _, key := range set.Validators {
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: set})
		network.Organizations = append(network.Organizations, fbas.Organization{Name: "Twin", Validators: []string{key}})
	}
	core, err := witness.Reduce(network)
	if err != nil {
		fmt.Println(err)
		return
	}
	groups, err := core.Groups(witness.MergeOrganization)
	fmt.Println(err)
	fmt.Println(groups.CheckMinimalBlocking([]string{"Twin", "Twin"}, nil))
	fmt.Println(groups.CheckMinimalBlocking([]string{"Twin"}, nil))
	// Output:
	// <nil>
	// <nil>
	// {c} does not block: {a, b} remains a quorum
}
