package edit_test

import (
	"fmt"
	"log"

	"understudy/compare/edit"
)

// A validator that goes takes every reference to it along.
func ExampleNetwork_Remove() {
	n, err := edit.Read([]byte(`{"nodes": [
		{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "b", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "c"}]}`))
	if err != nil {
		log.Fatal(err)
	}
	n.Remove(edit.Lower, 2)
	fmt.Printf("%s", n.Bytes())
	// Output:
	// {
	// "nodes": [
	// {"publicKey": "a", "quorumSet": {"threshold": 1, "validators": ["a", "b"], "innerQuorumSets": []}},
	// {"publicKey": "b", "quorumSet": {"threshold": 1, "validators": ["a", "b"], "innerQuorumSets": []}}]
	// }
}
