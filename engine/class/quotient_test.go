package class_test

import (
	"fmt"
	"slices"
	"testing"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

const systems = 3000

func TestNew_AnyTwoMembersOfAClassMayChangePlaces(t *testing.T) {
	pairs := 0
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		for _, members := range q.Members {
			for _, other := range members[1:] {
				pairs++
				checkSwap(t, s, members[0], other)
			}
		}
	}
	t.Logf("%d systems, %d pairs of nodes", systems, pairs)
}

func checkSwap(t *testing.T, s *fbas.System, a, b int) {
	t.Helper()
	swap := func(mask int) int {
		if mask>>a&1 != mask>>b&1 {
			mask ^= 1<<a | 1<<b
		}
		return mask
	}
	all := 1<<s.Len() - 1
	for mask := range 1 << s.Len() {
		for _, deleted := range []int{0, all &^ mask, all &^ mask & 0b10101, all &^ mask & 0b0110110} {
			was := s.IsQuorumBeside(subset(s, mask), subset(s, deleted))
			is := s.IsQuorumBeside(subset(s, swap(mask)), subset(s, swap(deleted)))
			if was != is {
				t.Fatalf("%b beside %b is a quorum: %t, with %d and %d swapped: %t\n%s", mask, deleted, was, a, b, is, describe(s))
			}
		}
	}
}

func TestNew_PutsEachNodeInOneClassWithItsOwnSet(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		seen := 0
		for c, members := range q.Members {
			if len(members) != q.Size[c] || !slices.IsSorted(members) {
				t.Fatalf("class %d of size %d: %v", c, q.Size[c], members)
			}
			for _, node := range members {
				seen++
				if q.Of[node] != c || q.Own[c] != s.Own[node] {
					t.Fatalf("node %d of class %d is in %d, own set %d, want %d", node, c, q.Of[node], q.Own[c], s.Own[node])
				}
			}
		}
		if seen != s.Len() {
			t.Fatalf("%d nodes in classes, want %d", seen, s.Len())
		}
	}
}

func TestNew_ListsAndOwnersAreTheVerticesReadBackwards(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		var forward, backward []string
		for id, v := range q.Vertices {
			entries := len(v.Inner)
			for i, c := range v.Class {
				forward = append(forward, fmt.Sprint(id, " lists ", c, " times ", v.Weight[i]))
				entries += v.Weight[i] * q.Size[c]
			}
			if entries != s.Vertices[id].Size() || v.Threshold != s.Vertices[id].Threshold {
				t.Fatalf("vertex %d has %d entries and threshold %d, want %+v", id, entries, v.Threshold, s.Vertices[id])
			}
			for _, inner := range v.Inner {
				forward = append(forward, fmt.Sprint(id, " contains ", inner))
			}
			for _, outer := range q.Outer[id] {
				backward = append(backward, fmt.Sprint(outer, " contains ", id))
			}
			for _, c := range q.Owners[id] {
				backward = append(backward, fmt.Sprint(c, " owns ", id))
			}
		}
		for c, own := range q.Own {
			if own >= 0 {
				forward = append(forward, fmt.Sprint(c, " owns ", own))
			}
			for i, id := range q.Lists[c] {
				backward = append(backward, fmt.Sprint(id, " lists ", c, " times ", q.Weight[c][i]))
			}
		}
		slices.Sort(forward)
		slices.Sort(backward)
		if !slices.Equal(forward, backward) {
			t.Fatalf("forward %q\nbackward %q", forward, backward)
		}
	}
}

func TestNew_MarksSplitClasses(t *testing.T) {
	s := symmetric(6)
	cases := []struct {
		name  string
		marks [][]int
		want  string
	}{
		{"none", nil, "[[0 1 2 3 4 5]]"},
		{"all equal", [][]int{{7, 7, 7, 7, 7, 7}}, "[[0 1 2 3 4 5]]"},
		{"one mark", [][]int{{0, 1, 0, -1, 1, 0}}, "[[0 2 5] [1 4] [3]]"},
		{"two marks", [][]int{{0, 0, 0, 1, 1, 1}, {0, 1, 0, 0, 0, 1}}, "[[0 2] [1] [3 4] [5]]"},
		{"two marks whose sums are equal", [][]int{{0, 1, 0, 1, 0, 1}, {1, 0, 1, 0, 1, 0}}, "[[0 2 4] [1 3 5]]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := fmt.Sprint(class.New(s, c.marks...).Members); got != c.want {
				t.Errorf("classes %s, want %s", got, c.want)
			}
		})
	}
}

func TestNew_MarkedClassesAgreeOnQuorumsToo(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		mark := make([]int, s.Len())
		for node := range mark {
			mark[node] = int(seed>>node) & 1
		}
		q := class.New(s, mark)
		for c, members := range q.Members {
			for _, node := range members {
				if mark[node] != mark[members[0]] {
					t.Fatalf("class %d holds the marks of %v", c, members)
				}
			}
		}
		e := q.Evaluator()
		for mask := range 1 << s.Len() {
			if set := subset(s, mask); e.IsQuorum(vector(q, set), nil) != s.IsQuorum(set) {
				t.Fatalf("seed %d: %b is a quorum: %t\n%s", seed, mask, s.IsQuorum(set), describe(s))
			}
		}
	}
}

func TestOptions_HoldTheCountsOfEveryMinimalQuorum(t *testing.T) {
	narrow, seen := 0, 0
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		for c := range q.Options {
			if len(q.Options[c]) <= q.Size[c] {
				narrow++
			}
		}
		for _, mask := range minimal(quorums(s)) {
			seen++
			for c, k := range vector(q, subset(s, mask)) {
				if !slices.Contains(q.Options[c], k) {
					t.Fatalf("seed %d: minimal quorum %b has %d of class %v, options %v\n%s", seed, mask, k, q.Members[c], q.Options[c], describe(s))
				}
			}
		}
	}
	t.Logf("%d minimal quorums; %d classes have fewer options than counts", seen, narrow)
	if narrow == 0 {
		t.Error("no organization among them")
	}
}

func TestCut_HoldsTheCountsOfEveryMinimalBlockingSet(t *testing.T) {
	seen := 0
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		for _, within := range []fbas.Set{s.All(), withSets(s)} { // python-fbas takes free nodes as lost with the first failure
			var blocking []int
			for mask := range 1 << s.Len() {
				if s.GreatestQuorum(without(within, subset(s, mask))).Empty() {
					blocking = append(blocking, mask)
				}
			}
			for _, mask := range minimal(blocking) {
				seen++
				for c, k := range vector(q, subset(s, mask)) {
					if !slices.Contains(q.Cut[c], k) {
						t.Fatalf("seed %d: minimal blocking set %b has %d of class %v, options %v\n%s", seed, mask, k, q.Members[c], q.Cut[c], describe(s))
					}
				}
			}
		}
	}
	t.Logf("%d minimal blocking sets", seen)
}

func withSets(s *fbas.System) fbas.Set {
	set := s.SetOf()
	for node, own := range s.Own {
		set[node] = own >= 0
	}
	return set
}

func without(set, gone fbas.Set) fbas.Set {
	rest := slices.Clone(set)
	for node, in := range gone {
		rest[node] = rest[node] && !in
	}
	return rest
}

func TestOptions_OfOrganizationsAreFew(t *testing.T) {
	org := func(threshold int, keys ...string) fbas.QuorumSet {
		return fbas.QuorumSet{Threshold: threshold, Validators: keys}
	}
	a, b := org(2, "a1", "a2", "a3"), org(2, "b1", "b2", "b3")
	both := fbas.QuorumSet{Threshold: 2, InnerQuorumSets: []fbas.QuorumSet{a, b}}
	either := fbas.QuorumSet{Threshold: 1, InnerQuorumSets: []fbas.QuorumSet{a, b}}
	cases := []struct {
		name         string
		a            *fbas.QuorumSet // of a1, a2, a3, which own it
		python       bool
		options, cut string
	}{
		{"enough of an organization or none", &both, false, "[0 2]", "[0 2]"},
		{"a free organization asks for nothing alone", &both, true, "[0 2]", "[0 2]"},
		{"one that free nodes satisfy is a quorum with them", &either, true, "[0 1 2]", "[0 2 3]"},
		{"no free nodes, no such quorum", &either, false, "[0 2]", "[0 2]"},
		{"members whose own set it is", &a, false, "[0 2]", "[0 2]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			network := &fbas.Network{}
			for _, key := range []string{"a1", "a2", "a3"} {
				network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: c.a})
			}
			for _, key := range []string{"b1", "b2", "b3"} {
				network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key})
			}
			s := fbas.Compile(network)
			if c.python {
				s = fbas.CompilePython(network)
			}
			q := class.New(s)
			if got := fmt.Sprint(q.Options[0]); len(q.Members[0]) != 3 || got != c.options {
				t.Errorf("options of %v are %s, want %s", q.Members[0], got, c.options)
			}
			if got := fmt.Sprint(q.Cut[0]); got != c.cut {
				t.Errorf("cut of %v is %s, want %s", q.Members[0], got, c.cut)
			}
		})
	}
}

func TestPick_TakesTheFirstMembersThatAreFree(t *testing.T) {
	s := symmetric(6)
	q := class.New(s, []int{0, 1, 0, 1, 0, 1})
	cases := []struct {
		vector class.Vector
		taken  fbas.Set
		want   string
	}{
		{class.Vector{0, 0}, s.SetOf(), "[]"},
		{class.Vector{2, 1}, s.SetOf(), "[0 2 1]"},
		{class.Vector{2, 1}, s.SetOf(0, 1), "[2 4 3]"},
		{class.Vector{3, 3}, s.SetOf(0, 5), "[2 4 1 3]"},
	}
	for _, c := range cases {
		if got := fmt.Sprint(q.Pick(c.vector, c.taken)); got != c.want {
			t.Errorf("%v beside %v: %s, want %s", c.vector, c.taken.Members(), got, c.want)
		}
	}
}

func TestPick_AndCountUndoEachOther(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		x := vector(q, subset(s, int(seed*2654435761)&(1<<s.Len()-1)))
		if got := q.Count(q.Pick(x, s.SetOf())); !slices.Equal(got, x) {
			t.Fatalf("seed %d: %v, want %v", seed, got, x)
		}
	}
}

// symmetric is a system of n nodes that all ask for two thirds of all.
func symmetric(n int) *fbas.System {
	all := &fbas.QuorumSet{Threshold: (2*n + 2) / 3}
	network := &fbas.Network{}
	for i := range n {
		all.Validators = append(all.Validators, key(i))
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key(i), QuorumSet: all})
	}
	return fbas.Compile(network)
}
