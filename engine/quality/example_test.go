package quality_test

import (
	"fmt"

	"understudy/engine/fbas"
	"understudy/engine/quality"
)

// network is three validators that also name one that was not crawled, and a
// node that only watches.
func network() *fbas.Network {
	set := &fbas.QuorumSet{Threshold: 2, Validators: []string{"a", "b", "c", "gone"}}
	return &fbas.Network{Nodes: []fbas.Node{
		{PublicKey: "a", QuorumSet: set},
		{PublicKey: "b", QuorumSet: set},
		{PublicKey: "c", QuorumSet: &fbas.QuorumSet{Threshold: 3, Validators: []string{"a", "c"}}},
		{PublicKey: "watcher"},
	}}
}

func ExampleFind() {
	findings := quality.Find(network())
	for _, f := range findings {
		fmt.Printf("%s %s %q\n", f.Severity, f.Code, f.Node)
	}
	fmt.Println(findings[2].Detail)
	// Output:
	// error threshold-above-members "c"
	// warning no-history-data ""
	// warning unknown-validator "gone"
	// warning unsatisfiable-node "c"
	// info missing-quorum-set "watcher"
	// gone is not among the nodes, so it never agrees; the quorum sets of 2 nodes name it: a and b.
}

func ExampleClean() {
	cleaned, changes := quality.Clean(network())
	for _, c := range changes {
		fmt.Println(c.Action, c.Node, c.Related)
	}
	fmt.Println(*cleaned.Nodes[0].QuorumSet)
	// Output:
	// drop-node c []
	// drop-node watcher []
	// drop-reference a [c gone]
	// drop-reference b [c gone]
	// {2 [a b] []}
}

func ExampleSummarize() {
	s := quality.Summarize(quality.Find(network()))
	fmt.Println(s.Total, s.BySeverity)
	// Output:
	// 5 map[error:1 info:1 warning:3]
}
