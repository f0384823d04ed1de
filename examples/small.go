package examples

// File is an example and the name of its file in this folder.
type File struct {
	Name    string
	Network *Sample
}

// Files returns all examples; README.md has a line on each.
func Files() []File {
	return []File{
		{"sample-network.json", Network(DefaultConfig())},
		{"three-of-four.json", threeOfFour()},
		{"already-split.json", alreadySplit()},
		{"careful-validator.json", carefulValidator()},
		{"careful-organization.json", carefulOrganization()},
	}
}

// threeOfFour is the smallest network that stands one failure: four validators, all of which want three of the four.
func threeOfFour() *Sample {
	set := of(3, "a", "b", "c", "d")
	return &Sample{Nodes: nodes(&set, "a", "b", "c", "d"), Organizations: []Organization{}}
}

// alreadySplit is two networks that believe to be one: nobody on either side listens to the other.
func alreadySplit() *Sample {
	east, west := of(2, "e1", "e2", "e3"), of(2, "w1", "w2", "w3")
	return &Sample{
		Nodes: append(nodes(&east, "e1", "e2", "e3"), nodes(&west, "w1", "w2", "w3")...),
		Organizations: []Organization{
			{ID: "east", Name: "East", Validators: []string{"e1", "e2", "e3"}},
			{ID: "west", Name: "West", Validators: []string{"w1", "w2", "w3"}},
		},
	}
}

// carefulValidator is 3 of 4 organizations for all but a1, which wants all four. So {a2,a3,b,c} is a quorum, but the Rust scanner takes the
// validators of one organization as interchangeable and loses it.
func carefulValidator() *Sample {
	usual, careful := carefulSets(4, 3)
	return &Sample{
		Nodes:         append(nodes(&careful, "a1"), nodes(&usual, "a2", "a3", "b", "c", "d")...),
		Organizations: []Organization{{ID: "a", Name: "Aster", Validators: []string{"a1", "a2", "a3"}}},
	}
}

// carefulOrganization is the same network with one opinion per organization: all of Aster wants four. Here the Rust scanner's quorums are right.
func carefulOrganization() *Sample {
	usual, careful := carefulSets(4, 3)
	return &Sample{
		Nodes:         append(nodes(&careful, "a1", "a2", "a3"), nodes(&usual, "b", "c", "d")...),
		Organizations: []Organization{{ID: "a", Name: "Aster", Validators: []string{"a1", "a2", "a3"}}},
	}
}

// carefulSets returns usual{2{a1,a2,a3}, 1{b}, 1{c}, 1{d}} and the same with the threshold careful.
func carefulSets(careful, usual int) (QuorumSet, QuorumSet) {
	organizations := []QuorumSet{of(2, "a1", "a2", "a3"), of(1, "b"), of(1, "c"), of(1, "d")}
	return ofSets(usual, organizations...), ofSets(careful, organizations...)
}

// nodes are validators with one common quorum set and nothing else known about them.
func nodes(set *QuorumSet, keys ...string) []Node {
	var all []Node
	for _, key := range keys {
		all = append(all, Node{PublicKey: key, QuorumSet: set, IsValidating: true})
	}
	return all
}
