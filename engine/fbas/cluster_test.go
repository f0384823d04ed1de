package fbas

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFirstCluster_ChoosesTheSmallestKeyAmongClustersThatLeadToNoOther(t *testing.T) {
	pair := func(x, y string) []Node {
		return []Node{{PublicKey: x, QuorumSet: set(2, x, y)}, {PublicKey: y, QuorumSet: set(2, x, y)}}
	}
	onto := func(x, y, onto string) []Node { // a pair that could do with the other's node
		return []Node{{PublicKey: x, QuorumSet: set(2, x, y, onto)}, {PublicKey: y, QuorumSet: set(2, x, y, onto)}}
	}
	cases := []struct {
		name  string
		nodes []Node
		want  string
		count int
	}{
		{"no nodes", nil, "[]", 0},
		{"free nodes are none", []Node{{PublicKey: "a"}}, "[]", 0},
		{"one that needs a free node outside is none", []Node{{PublicKey: "a", QuorumSet: set(2, "a", "x")}}, "[]", 0},
		{"one node may be one", []Node{{PublicKey: "a", QuorumSet: set(1, "a")}}, "[a]", 1},
		{"one node of threshold 0", []Node{{PublicKey: "a", QuorumSet: set(0, "b")}, {PublicKey: "b", QuorumSet: set(1, "a")}}, "[a b]", 1},
		{"one node that is a quorum through an inner set", []Node{{PublicKey: "a", QuorumSet: &QuorumSet{Threshold: 1, InnerQuorumSets: []QuorumSet{*set(1, "a", "z")}}}}, "[a]", 1},
		{"the smallest key of two", append(pair("c", "d"), pair("b", "e")...), "[b e]", 2},
		{"not one that leads to another", append(onto("a", "b", "y"), pair("x", "y")...), "[x y]", 2},
		{"nor through a node between", append(append(onto("a", "b", "m"), Node{PublicKey: "m", QuorumSet: set(1, "y")}), pair("x", "y")...), "[x y]", 2},
		{"the smallest key among the last ones", append(append(onto("a", "b", "y"), pair("x", "y")...), pair("v", "w")...), "[v w]", 3},
		{"a chain of nodes before it does not matter", append([]Node{{PublicKey: "a", QuorumSet: set(1, "b")}, {PublicKey: "b", QuorumSet: set(1, "c")}}, pair("c", "d")...), "[c d]", 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := CompilePython(&Network{Nodes: c.nodes})
			cluster, count := s.FirstCluster()
			keys := make([]string, len(cluster))
			for i, node := range cluster {
				keys[i] = s.Keys[node]
			}
			if got := fmt.Sprint(keys); got != c.want || count != c.count {
				t.Errorf("%s of %d, want %s of %d", got, count, c.want, c.count)
			}
		})
	}
}

func TestFirstCluster_IsAComponentWithAQuorumOnRandomNetworks(t *testing.T) {
	for seed := range uint64(2000) {
		s := CompilePython(untidy(rand.New(rand.NewPCG(seed, 13))))
		reach := make([]Set, s.Len())
		for node := range reach {
			reach[node] = s.ReachableFrom([]int{node})
		}
		var clusters [][]int // by smallest node
		for node := range reach {
			var members []int
			mask := 0
			for other := range reach {
				if other == node || reach[node][other] && reach[other][node] {
					members = append(members, other)
					mask |= 1 << other
				}
			}
			if members[0] == node && slices.ContainsFunc(quorumsBeside(s, 0), func(q int) bool { return q&^mask == 0 }) {
				clusters = append(clusters, members)
			}
		}
		last := slices.DeleteFunc(slices.Clone(clusters), func(from []int) bool {
			return slices.ContainsFunc(clusters, func(to []int) bool { return to[0] != from[0] && reach[from[0]][to[0]] })
		})
		cluster, count := s.FirstCluster()
		if count != len(clusters) || count > 0 && !slices.Equal(cluster, last[0]) || count == 0 && cluster != nil {
			t.Fatalf("seed %d: %v of %d, want the first of %v out of %v: %s", seed, cluster, count, last, clusters, short(s))
		}
	}
}

func TestReachableFrom_HoldsAllThatItsQuorumSetsNameAndNoMore(t *testing.T) {
	for seed := range uint64(500) {
		s := CompilePython(untidy(rand.New(rand.NewPCG(seed, 14))))
		for node := range s.Len() {
			want := 1 << node // closed under naming, step by step
			for range s.Len() {
				for other, own := range s.Own {
					for named := range s.Len() {
						if want>>other&1 == 1 && own >= 0 && s.Mentions(own, named) {
							want |= 1 << named
						}
					}
				}
			}
			reached := s.ReachableFrom([]int{node})
			if !slices.Equal(reached, s.subset(want)) {
				t.Fatalf("seed %d: from %d %v, want %b: %s", seed, node, reached, want, short(s))
			}
			part := s.Restrict(reached)
			if part.Len() != bits.OnesCount(uint(want)) {
				t.Fatalf("part of %d nodes", part.Len())
			}
			for i, node := range reached.Members() {
				if own := s.Own[node]; own >= 0 && shortSet(part.QuorumSet(part.Own[i])) != shortSet(s.QuorumSet(own)) {
					t.Fatalf("seed %d: Restrict changes the set of %s: %s, was %s", seed, s.Keys[node], short(part), short(s))
				}
			}
		}
	}
}

func TestFirstCluster_TakesAHundredThousandNodes(t *testing.T) {
	const n = 100_000
	key := func(i int) string { return fmt.Sprintf("n%06d", i) }
	network := &Network{}
	for i := range n { // each is a quorum alone and leads to the next
		network.Nodes = append(network.Nodes, Node{PublicKey: key(i), QuorumSet: set(1, key(i), key(min(i+1, n-1)))})
	}
	s := CompilePython(network)
	if cluster, count := s.FirstCluster(); count != n || len(cluster) != 1 || cluster[0] != n-1 {
		t.Fatalf("%v of %d, want the last of %d", cluster, count, n)
	}
	if s.ReachableFrom([]int{0}).Len() != n {
		t.Fatal("the first node reaches them all")
	}
}
