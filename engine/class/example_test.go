package class_test

import (
	"fmt"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

func Example() {
	network, err := fbas.Read([]byte(`{
		"validators": [{"id": "a1", "qset": "both"}, {"id": "a2", "qset": "both"}, {"id": "a3", "qset": "both"},
			{"id": "b1", "qset": "both"}, {"id": "b2", "qset": "both"}, {"id": "b3", "qset": "both"}],
		"qsets": {"both": {"threshold": 2, "members": ["a", "b"]},
			"a": {"threshold": 2, "members": ["a1", "a2", "a3"]}, "b": {"threshold": 2, "members": ["b1", "b2", "b3"]}}}`), fbas.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	s := fbas.Compile(network)
	q := class.New(s)
	for c, members := range q.Members {
		fmt.Println("class", members, "counts in minimal quorums", q.Options[c])
	}
	e := q.Evaluator()
	fmt.Println("all but one of each:", e.GreatestIn(class.Vector{2, 2}, nil))
	fmt.Println("one of the first:", e.GreatestIn(class.Vector{1, 3}, nil))
	fmt.Println("with another's help:", e.GreatestIn(class.Vector{1, 3}, class.Vector{1, 0}))
	fmt.Println("minimal:", e.IsMinimalQuorum(class.Vector{2, 2}), "such as", q.Pick(class.Vector{2, 2}, s.SetOf()))
	// Output:
	// class [0 1 2] counts in minimal quorums [0 2]
	// class [3 4 5] counts in minimal quorums [0 2]
	// all but one of each: [2 2]
	// one of the first: [0 0]
	// with another's help: [1 3]
	// minimal: true such as [0 1 3 4]
}

// With the same set everywhere, one vector stands for many sets.
func ExampleQuotient() {
	all := &fbas.QuorumSet{Threshold: 3, Validators: []string{"a", "b", "c", "d"}}
	network := &fbas.Network{}
	for _, key := range all.Validators {
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: all})
	}
	q := class.New(fbas.Compile(network))
	e := q.Evaluator()
	for k := range q.Size[0] + 1 {
		fmt.Println(k, "of", q.Size[0], "a minimal quorum:", e.IsMinimalQuorum(class.Vector{k}))
	}
	// Output:
	// 0 of 4 a minimal quorum: false
	// 1 of 4 a minimal quorum: false
	// 2 of 4 a minimal quorum: false
	// 3 of 4 a minimal quorum: true
	// 4 of 4 a minimal quorum: false
}
