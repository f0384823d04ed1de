package vary_test

import (
	"fmt"
	"log"

	"understudy/compare/vary"
)

// One seed makes one variation.
func ExampleRequest() {
	body := []byte(`{"nodes": [
		{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "b", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "c", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}}]}`)
	for seed := range uint64(4) {
		_, what, err := vary.Request(body, seed)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(what)
	}
	// Output:
	// threshold one up in the quorum set of "c": 3 of {"a", "b", "c"}, was 2
	// threshold one up in the quorum set of "c": 3 of {"a", "b", "c"}, was 2
	// threshold one down in the quorum set of "c" and wherever the same list stands (3 times): 1 of {"a", "b", "c"}, was 2
	// threshold one down in the quorum set of "b" and wherever the same list stands (3 times): 1 of {"a", "b", "c"}, was 2
}
