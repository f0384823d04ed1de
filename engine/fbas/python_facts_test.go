package fbas

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/internal/precondition"
)

// What python-fbas itself was seen to answer; -1: there is none, or it was not
// looked at. The least quorum is one of what its first cluster leads to.
func TestCompilePython_GivesWhatPythonWasSeenToAnswer(t *testing.T) {
	const notSeen = -2
	alike := func(q *QuorumSet, keys ...string) (nodes []Node) {
		for _, key := range keys {
			nodes = append(nodes, Node{PublicKey: key, QuorumSet: q})
		}
		return nodes
	}
	pairs := &QuorumSet{Threshold: 2, InnerQuorumSets: []QuorumSet{*set(1, "a", "b"), *set(1, "a", "b"), *set(2, "c", "d")}}
	threeOfFour := set(3, "a", "b", "c", "d")
	cases := []struct {
		name      string
		nodes     []Node
		splitting int
		blocking  int
		quorum    int
	}{
		{"an absent validator helps both sides", alike(set(2, "a", "b", "c", "ghost"), "a", "b", "c"), 0, notSeen, notSeen},
		{"a member with threshold 0 is a quorum alone", append(alike(threeOfFour, "a", "b", "c"), alike(set(0, "a", "b", "c"), "d")...), 0, notSeen, notSeen},
		{"so is a member that accepts itself alone", append(alike(threeOfFour, "a", "b", "c"), alike(set(1, "a", "b", "c", "d"), "d")...), 0, notSeen, notSeen},
		{"threshold 0 is never blocked", alike(set(0, "a", "b", "c"), "a", "b", "c"), notSeen, 3, notSeen},
		{"a validator that is listed twice counts once", alike(set(3, "a", "a", "b", "c"), "a", "b", "c"), notSeen, notSeen, 3},
		{"two equal inner sets are one", alike(pairs, "a", "b", "c", "d"), notSeen, notSeen, 3},
		{"the cluster that others lead to gives the least quorum", append(alike(threeOfFour, "a", "b", "c", "d"), alike(set(2, "x", "y", "a"), "x", "y")...), notSeen, notSeen, 3},
		{"a needed absent validator blocks with any failure", alike(set(3, "a", "b", "ghost"), "a", "b"), -1, 1, -1},
		{"lost sets block with any failure", alike(set(4, "a", "b", "c"), "a", "b", "c"), -1, 1, -1},
		{"leaves count", append(alike(threeOfFour, "a", "b", "c", "d"), alike(set(2, "a", "leaf"), "leaf")...), 1, notSeen, notSeen},
		{"no nodes", nil, -1, -1, -1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := CompilePython(&Network{Nodes: c.nodes})
			if got := leastSplitting(s); got != c.splitting && c.splitting != notSeen {
				t.Errorf("least splitting set has %d nodes, want %d", got, c.splitting)
			}
			if got := leastBlocking(s); got != c.blocking && c.blocking != notSeen {
				t.Errorf("least blocking set has %d nodes, want %d", got, c.blocking)
			}
			cluster, _ := s.FirstCluster()
			if got := leastQuorum(s.Restrict(s.ReachableFrom(cluster))); got != c.quorum && c.quorum != notSeen {
				t.Errorf("least quorum has %d nodes, want %d", got, c.quorum)
			}
		})
	}
}

func TestCompilePython_BlockingIsThatNoQuorumOfNodesWithASetIsLeft(t *testing.T) {
	for seed := range uint64(1000) {
		s := CompilePython(untidy(rand.New(rand.NewPCG(seed, 12))))
		for mask := 1; mask < 1<<s.Len(); mask++ {
			failed := s.subset(mask)
			left := s.Without(failed)
			for node, own := range s.Own {
				left[node] = left[node] && own != Free
			}
			if got, want := s.GreatestQuorum(left).Empty(), cascades(s, failed); got != want {
				t.Fatalf("seed %d: %v blocks %s: %t, by cascade %t", seed, failed, short(s), got, want)
			}
		}
	}
}

func TestHistoryError_GivesTheCriticalSetsPythonWasSeenToAnswer(t *testing.T) {
	cases := []struct {
		flags string // of a, b, c, d, and of e that is a quorum alone; - is an absent key
		want  int
	}{
		{"- - - -", 0},
		{"false false false false", 3},
		{"true false false false", 2},
		{"true true false false", 1},
		{"true true true false", 0},
		{"null false false false", 3},
		{"false false false false false", 1},
	}
	for _, c := range cases {
		network := &Network{}
		for i, flag := range strings.Fields(c.flags) {
			node := Node{PublicKey: string(rune('a' + i)), QuorumSet: set(3, "a", "b", "c", "d"), Attributes: map[string]json.RawMessage{"historyUrl": json.RawMessage("null")}}
			if i > 3 {
				node.QuorumSet = set(1, node.PublicKey)
			}
			if flag != "-" {
				node.Attributes["historyArchiveHasError"] = json.RawMessage(flag)
			}
			network.Nodes = append(network.Nodes, node)
		}
		if got := leastCritical(CompilePython(network), network); got != c.want {
			t.Errorf("%s: least critical set has %d nodes, want %d", c.flags, got, c.want)
		}
	}
}

// leastCritical is the least number of nodes with intact history in a quorum.
func leastCritical(s *System, n *Network) int {
	fewest := -1
	for _, mask := range quorumsBeside(s, 0) {
		intact := 0
		for _, node := range s.subset(mask).Members() {
			if !n.Nodes[s.Source[node]].HistoryError() {
				intact++
			}
		}
		if fewest < 0 || intact < fewest {
			fewest = intact
		}
	}
	return fewest
}

// Where nothing sets the two scanners apart, least blocking sets are equal in
// size, and the Rust scanner's are on record.
func TestCompilePython_BlocksAsTheRustScannerDoesOnPlainNetworks(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(precondition.SharedData(t, "networks"), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		network, err := Read(data, DefaultLimits())
		if err != nil || !plain(network) {
			continue
		}
		recorded, ok := recordedBlocking(t, precondition.SharedData(t, "expected", filepath.Base(file)))
		if !ok {
			continue
		}
		compared++
		if got := leastBlocking(CompilePython(network)); got != recorded {
			t.Errorf("%s: least blocking set has %d nodes, the Rust scanner's %d", filepath.Base(file), got, recorded)
		}
	}
	if compared == 0 {
		t.Error("no network was compared")
	}
	t.Logf("%d networks compared", compared)
}

// plain says that a network is small and has nothing that the scanners read
// differently.
func plain(n *Network) bool {
	rust, python := Compile(n), CompilePython(n)
	if rust.Len() > 12 || rust.Len() != python.Len() || !rust.Loners().Empty() || slices.Contains(python.Own, Free) {
		return false
	}
	for _, v := range rust.Vertices {
		if v.Threshold == 0 || len(slices.Compact(slices.Clone(v.Nodes))) != len(v.Nodes) || len(slices.Compact(slices.Clone(v.Inner))) != len(v.Inner) {
			return false
		}
	}
	return true
}

// recordedBlocking is the least size of a blocking set as the Rust scanner
// gave it, where it has one.
func recordedBlocking(t *testing.T, file string) (size int, ok bool) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var expected struct {
		Calls []struct {
			Analysis string   `json:"analysis"`
			MergeBy  *string  `json:"mergeBy"`
			Faulty   []string `json:"faulty"`
			Status   string   `json:"status"`
			Min      int      `json:"min"`
			Size     int      `json:"size"`
		} `json:"calls"`
	}
	if err := json.Unmarshal(data, &expected); err != nil {
		t.Fatal(err)
	}
	for _, call := range expected.Calls {
		if strings.Contains(call.Analysis, "blocking") && call.MergeBy == nil && len(call.Faulty) == 0 && call.Status == "ok" && call.Size > 0 {
			return call.Min, true
		}
	}
	return 0, false
}
