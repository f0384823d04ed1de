package fbas

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func ExampleSystem_Reduce() {
	network, _ := Read([]byte(`{"nodes": [
		{"publicKey": "c", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "b", "quorumSet": {"threshold": 2, "validators": ["a", "b", "c"]}},
		{"publicKey": "watcher", "quorumSet": {"threshold": 1, "validators": ["a"]}},
		{"publicKey": "silent"}]}`), DefaultLimits())
	core, _ := Compile(network).Reduce()
	fmt.Println(core.Keys)
	left := core.SetOf(0, 1) // c has failed
	fmt.Println(core.GreatestQuorum(left).Members())
	// Output:
	// [a b c]
	// [0 1]
}

func set(threshold int, keys ...string) *QuorumSet {
	return &QuorumSet{Threshold: threshold, Validators: keys}
}

func TestReduce_RemovesWhatTakesNoPartInAQuorumWithOthers(t *testing.T) {
	abc := set(2, "a", "b", "c")
	cases := []struct {
		name  string
		nodes []Node
		want  string
	}{
		{"nothing", nil, ""},
		{"a quorum alone is treated as absent", []Node{{PublicKey: "a", QuorumSet: set(3, "a", "b", "c", "d")}, {PublicKey: "b", QuorumSet: set(3, "a", "b", "c", "d")}, {PublicKey: "c", QuorumSet: set(3, "a", "b", "c", "d")}, {PublicKey: "d", QuorumSet: set(1, "a", "d")}}, "a b c"},
		{"and may starve the rest", []Node{{PublicKey: "a", QuorumSet: set(3, "a", "b", "d")}, {PublicKey: "b", QuorumSet: set(3, "a", "b", "d")}, {PublicKey: "d", QuorumSet: set(0)}}, ""},
		{"two components with a quorum stay both", []Node{{PublicKey: "a", QuorumSet: set(2, "a", "b")}, {PublicKey: "b", QuorumSet: set(2, "a", "b")}, {PublicKey: "x", QuorumSet: set(2, "x", "y")}, {PublicKey: "y", QuorumSet: set(2, "x", "y")}}, "a b x y"},
		{"a leaf that nobody lists goes", []Node{{PublicKey: "a", QuorumSet: abc}, {PublicKey: "b", QuorumSet: abc}, {PublicKey: "c", QuorumSet: abc}, {PublicKey: "leaf", QuorumSet: set(1, "a")}}, "a b c"},
		{"a leaf tied in through an unsatisfiable node stays", []Node{{PublicKey: "a", QuorumSet: set(2, "a", "b", "c", "x")}, {PublicKey: "b", QuorumSet: abc}, {PublicKey: "c", QuorumSet: abc}, {PublicKey: "x", QuorumSet: set(5, "leaf")}, {PublicKey: "leaf", QuorumSet: set(1, "a")}}, "a b c leaf"},
		{"references mean the last node of a key", []Node{{PublicKey: "a", QuorumSet: abc}, {PublicKey: "b", QuorumSet: abc}, {PublicKey: "c", QuorumSet: abc}, {PublicKey: "z", QuorumSet: set(2, "a", "z")}, {PublicKey: "z", QuorumSet: set(1, "z")}}, "a b c"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			core, err := Compile(&Network{Nodes: c.nodes}).Reduce()
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(core.Keys, " "); got != c.want {
				t.Errorf("core %q, want %q", got, c.want)
			}
		})
	}
}

func TestReduce_RefusesKeysThatAreStillThereTwice(t *testing.T) {
	_, err := Compile(&Network{Nodes: []Node{{PublicKey: "a"}, {PublicKey: "b"}, {PublicKey: "a"}}}).Reduce()
	var wrong *FieldError
	if !errors.As(err, &wrong) || wrong.Field != "nodes[2].publicKey" {
		t.Fatalf("%v, want an error about nodes[2].publicKey", err)
	}
}

func TestReduce_TakesAHundredThousandNodesInAChain(t *testing.T) {
	const n = 100_000
	key := func(i int) string { return fmt.Sprintf("n%06d", i) }
	network := &Network{}
	for i := range n - 3 {
		network.Nodes = append(network.Nodes, Node{PublicKey: key(i), QuorumSet: set(2, key(i), key(i+1))})
	}
	for i := n - 3; i < n; i++ {
		network.Nodes = append(network.Nodes, Node{PublicKey: key(i), QuorumSet: set(2, key(n-3), key(n-2), key(n-1))})
	}
	core, err := Compile(network).Reduce()
	if err != nil || core.Len() != 3 {
		t.Fatalf("core of %d nodes (%v), want 3", core.Len(), err)
	}
	network.Nodes[n-1].QuorumSet, network.Nodes[n-2].QuorumSet = nil, nil // the whole chain falls
	if core, err = Compile(network).Reduce(); err != nil || core.Len() != 0 {
		t.Fatalf("core of %d nodes (%v), want none", core.Len(), err)
	}
}

func TestGreatestQuorum_IsTheUnionOfAllQuorumsInside(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		network := &Network{}
		const n = 6
		for i := range n {
			q := QuorumSet{Threshold: 1 + r.IntN(3)}
			for range 1 + r.IntN(4) {
				q.Validators = append(q.Validators, fmt.Sprint(r.IntN(n)))
			}
			q.InnerQuorumSets = []QuorumSet{{Threshold: r.IntN(3), Validators: []string{fmt.Sprint(r.IntN(n)), fmt.Sprint(r.IntN(n))}}}
			network.Nodes = append(network.Nodes, Node{PublicKey: fmt.Sprint(i), QuorumSet: &q})
		}
		s := Compile(network)
		within := s.All()
		within[r.IntN(n)] = false
		union := s.SetOf()
		for mask := range 1 << n {
			set := s.SetOf()
			for i := range set {
				set[i] = within[i] && mask>>i&1 == 1
			}
			if s.IsQuorum(set) {
				for i, in := range set {
					union[i] = union[i] || in
				}
			}
		}
		if got := s.GreatestQuorum(within); !slices.Equal(got, union) {
			t.Fatalf("greatest quorum %v, union of quorums %v in %v", got, union, show(network))
		}
	}
}

func TestLoners_AreTheOnlyNodesWithASetInSomeQuorum(t *testing.T) {
	for seed := range uint64(1000) {
		s := CompilePython(untidy(rand.New(rand.NewPCG(seed, 16))))
		want := s.SetOf()
		for _, mask := range quorumsBeside(s, 0) {
			var asking []int
			for _, node := range s.subset(mask).Members() {
				if s.Own[node] >= 0 {
					asking = append(asking, node)
				}
			}
			if len(asking) == 1 {
				want[asking[0]] = true
			}
		}
		if got := s.Loners(); !slices.Equal(got, want) {
			t.Fatalf("seed %d: loners %v, want %v: %s", seed, got, want, short(s))
		}
	}
}
