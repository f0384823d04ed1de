package fbas

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func ExampleCompilePython() {
	network, _ := Read([]byte(`{"nodes": [
		{"publicKey": "b", "quorumSet": {"threshold": 2, "validators": ["a", "b", "absent"]}},
		{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a", "b", "absent"]}}]}`), DefaultLimits())
	s := CompilePython(network)
	fmt.Println(s.Keys, s.Source)
	fmt.Println(s.IsQuorum(s.SetOf(0, 2)), s.IsQuorum(s.SetOf(2))) // one of unknown demands agrees, but alone is no quorum
	// Output:
	// [a absent b] [1 -1 0]
	// true false
}

func TestCompilePython_ReadsNodesAndSetsAsPythonDoes(t *testing.T) {
	with := func(t int, validators []string, inner ...*QuorumSet) *QuorumSet {
		q := set(t, validators...)
		for _, i := range inner {
			q.InnerQuorumSets = append(q.InnerQuorumSets, *i)
		}
		return q
	}
	a := func(q *QuorumSet) []Node { return []Node{{PublicKey: "a", QuorumSet: q}} }
	cases := []struct {
		name  string
		nodes []Node
		want  string
	}{
		{"nothing", nil, ""},
		{"a node without a set is free", a(nil), "a free"},
		{"the first of duplicate nodes is kept", []Node{{PublicKey: "a", QuorumSet: set(1, "a")}, {PublicKey: "a", QuorumSet: set(0)}}, "a 1{a}"},
		{"also when it has no set", []Node{{PublicKey: "a"}, {PublicKey: "a", QuorumSet: set(1, "z")}}, "a free"},
		{"absent validators become free nodes, sorted in", []Node{{PublicKey: "m", QuorumSet: set(1, "z", "b")}}, "b free, m 1{b z}, z free"},
		{"also those of inner sets", a(with(1, nil, set(1, "x"))), "a 1{1{x}}, x free"},
		{"also where threshold 0 needs nobody", a(set(0, "x")), "a 0{x}, x free"},
		{"the owner is not added", a(set(1, "x")), "a 1{x}, x free"},
		{"a validator counts once", a(set(2, "a", "a", "b")), "a 2{a b}, b free"},
		{"so the threshold may exceed the members", a(set(3, "a", "a", "b")), "a free"},
		{"absent validators are members", a(set(3, "a", "x", "y")), "a 3{a x y}, x free, y free"},
		{"equal inner sets count once", a(with(1, nil, set(1, "a", "b"), set(1, "b", "a"))), "a 1{1{a b}}, b free"},
		{"also when only their repetitions differ", a(with(1, nil, set(1, "a", "b"), set(1, "b", "a", "b"))), "a 1{1{a b}}, b free"},
		{"and then the set may be lost", a(with(2, nil, set(1, "a"), set(1, "a"))), "a free"},
		{"inner sets of another threshold are others", a(with(2, nil, set(1, "a", "b"), set(2, "a", "b"))), "a 2{1{a b} 2{a b}}, b free"},
		{"inner sets and validators are members alike", a(with(2, []string{"a"}, set(1, "a"))), "a 2{a 1{a}}"},
		{"a threshold above the members at any depth loses all", a(with(1, []string{"a"}, with(1, []string{"a"}, set(2, "a")))), "a free"},
		{"what only lost sets name is not added", []Node{{PublicKey: "a", QuorumSet: set(3, "x", "y")}, {PublicKey: "b", QuorumSet: set(1, "y")}}, "a free, b 1{y}, y free"},
		{"an empty set with threshold 0 stays", a(set(0)), "a 0{}"},
		{"an empty set with threshold 1 is lost", a(set(1)), "a free"},
		{"a negative threshold loses the set", a(set(-1, "a")), "a free"},
		{"a clamped threshold loses the set", a(set(MaxThreshold, "a")), "a free"},
		{"the empty key is a key", []Node{{PublicKey: "", QuorumSet: set(1, "")}}, " 1{}"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := short(CompilePython(&Network{Nodes: c.nodes})); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestCompilePython_SharesSetsThatNodesShare(t *testing.T) {
	shared := set(2, "a", "b", "b", "x")
	s := CompilePython(&Network{Nodes: []Node{{PublicKey: "b", QuorumSet: shared}, {PublicKey: "a", QuorumSet: shared}, {PublicKey: "c", QuorumSet: set(2, "x", "b", "a")}}})
	if len(s.Vertices) != 1 || s.Own[0] != 0 || s.Own[1] != 0 || s.Own[2] != 0 {
		t.Errorf("own sets %v of %d, want one for all", s.Own, len(s.Vertices))
	}
	if !slices.Equal(s.Source, []int{1, 0, 2, -1}) {
		t.Errorf("sources %v", s.Source)
	}
}

// naive reads a network as python-fbas does in another way: over keys, with
// sets compared by a text that is the same for equal ones.
type naive map[string]*QuorumSet // by key; nil: free

func naively(n *Network) naive {
	read := naive{}
	for _, node := range n.Nodes {
		if _, again := read[node.PublicKey]; again {
			continue
		}
		read[node.PublicKey] = nil
		if q := node.QuorumSet; q != nil && canonical(*q) != "" {
			read[node.PublicKey] = q
		}
	}
	var add func(q QuorumSet)
	add = func(q QuorumSet) {
		for _, key := range q.Validators {
			if _, known := read[key]; !known {
				read[key] = nil
			}
		}
		for _, inner := range q.InnerQuorumSets {
			add(inner)
		}
	}
	for _, q := range read {
		if q != nil {
			add(*q)
		}
	}
	return read
}

// entries are a set's distinct members: quoted keys, and texts of inner sets.
func entries(q QuorumSet) map[string]QuorumSet {
	all := map[string]QuorumSet{}
	for _, key := range q.Validators {
		all[strconv.Quote(key)] = QuorumSet{}
	}
	for _, inner := range q.InnerQuorumSets {
		all[canonical(inner)] = inner
	}
	return all
}

// canonical is empty for a set that is lost.
func canonical(q QuorumSet) string {
	var texts []string
	for text := range entries(q) {
		if text == "" {
			return ""
		}
		texts = append(texts, text)
	}
	if q.Threshold < 0 || q.Threshold > len(texts) {
		return ""
	}
	slices.Sort(texts)
	return fmt.Sprintf("%d{%s}", q.Threshold, strings.Join(texts, ","))
}

func (n naive) met(q QuorumSet, in map[string]bool) bool {
	met := 0
	for text, inner := range entries(q) {
		if key, err := strconv.Unquote(text); err == nil && in[key] || err != nil && n.met(inner, in) {
			met++
		}
	}
	return met >= q.Threshold
}

func (n naive) isQuorum(in map[string]bool) bool {
	known := false
	for key, member := range in {
		if q := n[key]; member && q != nil {
			known = true
			if !n.met(*q, in) {
				return false
			}
		}
	}
	return known
}

func TestCompilePython_AgreesWithANaiveReadingOnRandomNetworks(t *testing.T) {
	const networks = 3000
	free := 0
	for seed := range uint64(networks) {
		network := untidy(rand.New(rand.NewPCG(seed, 11)))
		s, want := CompilePython(network), naively(network)
		if len(want) != s.Len() {
			t.Fatalf("seed %d: nodes %q, want %d in %s", seed, s.Keys, len(want), show(network))
		}
		for mask := range 1 << s.Len() {
			in := map[string]bool{}
			for node, key := range s.Keys {
				in[key] = mask>>node&1 == 1
			}
			if s.IsQuorum(s.subset(mask)) != want.isQuorum(in) {
				t.Fatalf("seed %d: quorum %v of %s is %t, want %t: %s", seed, in, short(s), !want.isQuorum(in), want.isQuorum(in), show(network))
			}
		}
		if slices.Contains(s.Own, Free) {
			free++
		}
	}
	t.Logf("%d networks, %d of them with free nodes", networks, free)
}
