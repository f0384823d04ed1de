package witness_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

func python(t interface{ Fatal(...any) }, n *fbas.Network) *witness.Core {
	core, err := witness.Python(n)
	if err != nil {
		t.Fatal(err)
	}
	return core
}

// What python-fbas was seen to answer, as far as a witness can show it.
func TestPython_BearsOutWhatPythonFbasWasSeenToAnswer(t *testing.T) {
	ghost := python(t, network(same("abc", of(2, split("abcg")))))
	needed := python(t, network(same("ab", of(3, split("abg")))))
	alone := python(t, network(same("abc", of(3, split("abcd"))), same("d", of(1, split("abcd")))))
	zero := python(t, network(same("abc", of(0, split("abc")))))
	repeated := python(t, network(same("abc", of(3, split("aabc")))))
	inner := python(t, network(same("abcd", of(2, nil, *of(1, split("ab")), *of(1, split("ba")), *of(2, split("cd"))))))
	leaf := python(t, network(same("abcd", of(3, split("abcd"))), same("z", of(1, split("a")))))
	lost := python(t, network(same("abc", of(4, split("abc")))))
	void := python(t, network(same("abc", of(1, split("abc"), *of(2, split("x"))))))
	dup := python(t, network(same("ab", of(2, split("ab"))), same("a", of(0, nil))))
	nobody := python(t, network())
	for _, tc := range []struct {
		name, why string
		err       error
		want      string // "": the claim holds
	}{
		{"ghost", "a validator that is not there agrees with anything", ghost.CheckDisjoint(split("ag"), split("bc")), ""},
		{"ghost alone", "a quorum has a member with a set", ghost.CheckQuorum(split("g")), "no node of {g} has a quorum set"},
		{"ghost needed", "one failed node blocks the ghost and that the others", needed.CheckMinimalBlocking(split("a"), nil), ""},
		{"one-node quorum", "nothing is reduced", alone.CheckDisjoint(split("d"), split("abc")), ""},
		{"one-node quorum, minimal", "d needs no other", alone.CheckMinimalQuorum(split("d")), ""},
		{"threshold 0", "nothing blocks such a node", zero.CheckMinimalBlocking(split("abc"), nil), ""},
		{"threshold 0, two", "the third stands", zero.CheckBlocking(split("ab"), nil), "{c} remains"},
		{"repeated validator", "a counts once", repeated.CheckMinimalQuorum(split("abc")), ""},
		{"equal inner sets", "they are one, so c and d are needed", inner.CheckMinimalQuorum(split("acd")), ""},
		{"leaf", "all nodes count", leaf.CheckSplitting(split("a"), split("z"), split("bcd")), ""},
		{"lost sets", "whoever lost the set is free, and no quorum has only such", lost.CheckQuorum(split("abc")), "has a quorum set"},
		{"lost sets blocked", "free nodes are blocked as soon as one fails", lost.CheckMinimalBlocking(split("b"), nil), ""},
		{"lost sets, none fails", "none is blocked then", lost.CheckBlocking(nil, nil), "the empty set does not block"},
		{"lost sets, one faulty", "it has failed already", lost.CheckMinimalBlocking(nil, split("a")), ""},
		{"void inner set", "the whole set is lost with it", void.CheckQuorum(split("a")), "has a quorum set"},
		{"void names", "what only a void set names is no node", void.CheckQuorum(split("x")), "not in the core"},
		{"duplicate", "the first one counts", dup.CheckMinimalQuorum(split("ab")), ""},
		{"no node", "there is nothing to block", nobody.CheckBlocking(nil, nil), "nothing blocks"},
	} {
		t.Run(tc.name, func(t *testing.T) { holds(t, tc.err, tc.want, tc.why) })
	}
}

func TestPython_ANetworkThatReadsTheSameHasOneDigest(t *testing.T) {
	digest := func(n *fbas.Network, read func(*fbas.Network) (*witness.Core, error)) [32]byte {
		core, err := read(n)
		if err != nil {
			t.Fatal(err)
		}
		groups, err := core.Groups(witness.MergeNone)
		if err != nil {
			t.Fatal(err)
		}
		return groups.Digest()
	}
	once := network(same("abc", of(2, split("abc"))))
	twice := network(same("abc", of(2, split("abbc"))))
	free := network(same("ab", of(2, split("ab"))), same("c", nil))
	if digest(once, witness.Python) != digest(twice, witness.Python) {
		t.Error("a repetition that does not count changes the digest")
	}
	if digest(free, witness.Python) == digest(free, witness.Raw) {
		t.Error("a free node and one that is never satisfied have one digest")
	}
}

// anyPythonNetwork adds what only python-fbas reads: repeated keys and negative
// thresholds.
func anyPythonNetwork(t *rapid.T) *fbas.Network {
	n := anyNetwork(t)
	for range rapid.IntRange(0, 1).Draw(t, "repeated nodes") {
		again := rapid.SampledFrom(n.Nodes).Draw(t, "repeated")
		again.QuorumSet = anySet(t, 3, 1)
		n.Nodes = slices.Insert(n.Nodes, rapid.IntRange(0, len(n.Nodes)).Draw(t, "at"), again)
	}
	if rapid.IntRange(0, 9).Draw(t, "negative") == 0 {
		n.Nodes[0].QuorumSet = of(1, split("ab"), *of(-1, split("b")))
	}
	return n
}

func TestPython_AgreesWithAReadingWordForWord(t *testing.T) {
	rapid.Check(t, pythonAgrees)
}

func FuzzPython(f *testing.F) { f.Fuzz(rapid.MakeFuzz(pythonAgrees)) }

func pythonAgrees(t *rapid.T) {
	n := anyPythonNetwork(t)
	agree(t, n, python(t, n), naivePython(n), true)
}

func TestRaw_AgreesWithAReadingWordForWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		core, err := witness.Raw(n)
		if err != nil {
			t.Fatal(err)
		}
		agree(t, n, core, naiveRaw(n), false)
	})
}

// agree compares every claim about every set of nodes with enumeration.
func agree(t *rapid.T, n *fbas.Network, core *witness.Core, sets map[string]*fbas.QuorumSet, free bool) {
	keys := slices.Sorted(maps.Keys(sets))
	if !slices.Equal(core.Keys(), keys) {
		t.Fatalf("nodes are %v, want %v", core.Keys(), keys)
	}
	ordered := archivesInOrder(n, keys)
	quorum, blocks, critical := make([]bool, 1<<len(keys)), make([]bool, 1<<len(keys)), make([]bool, 1<<len(keys))
	for mask := range quorum {
		quorum[mask] = naiveSide(sets, free, subset(keys, mask), nil)
		if quorum[mask] {
			critical[mask&ordered] = true
		}
	}
	for mask := range blocks {
		blocks[mask] = naiveBlocks(sets, free, subset(keys, mask)) && (free || slices.Contains(quorum, true))
	}
	for mask := range quorum {
		set := subset(keys, mask)
		for _, claim := range []struct {
			name      string
			got, want bool
		}{
			{"a quorum", core.CheckQuorum(set) == nil, quorum[mask]},
			{"a minimal quorum", core.CheckMinimalQuorum(set) == nil, quorum[mask] && inside(quorum, mask) == 1},
			{"a blocking set", core.CheckBlocking(set, nil) == nil, blocks[mask]},
			{"a minimal blocking set", core.CheckMinimalBlocking(set, nil) == nil, blocks[mask] && inside(blocks, mask) == 1},
			{"a minimal history-critical set", core.CheckMinimalHistoryCritical(set) == nil, critical[mask] && inside(critical, mask) == 1},
			{"one that every quorum meets", core.CheckMeetsAll(set) == nil, inside(quorum, len(quorum)-1-mask) == 0},
		} {
			if claim.got != claim.want {
				t.Fatalf("%v is %s: %v, want %v", set, claim.name, claim.got, claim.want)
			}
		}
		if quorum[mask] && core.CheckHistoryCritical(subset(keys, mask&ordered), set) != nil {
			t.Fatalf("%v is not what %v has of archives in order", subset(keys, mask&ordered), set)
		}
	}
	splits(t, core, sets, free, keys)
}

// inside counts the sets inside mask.
func inside(sets []bool, mask int) int {
	count := 0
	for other, is := range sets {
		if is && other&^mask == 0 {
			count++
		}
	}
	return count
}

// splits deletes sets and names two others, at random and mostly disjoint.
func splits(t *rapid.T, core *witness.Core, sets map[string]*fbas.QuorumSet, free bool, keys []string) {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	for range 100 {
		var parts [3][]string
		for _, key := range keys {
			at := random.IntN(3)
			parts[at] = append(parts[at], key)
			if random.IntN(40) == 0 {
				parts[(at+1)%3] = append(parts[(at+1)%3], key)
			}
		}
		s, q1, q2 := parts[0], parts[1], parts[2]
		shared := slices.ContainsFunc(q1, func(key string) bool { return slices.Contains(q2, key) })
		want := !shared && naiveSide(sets, free, q1, s) && naiveSide(sets, free, q2, s)
		if got := core.CheckSplitting(s, q1, q2) == nil; got != want {
			t.Fatalf("without %v the quorums %v and %v are left disjoint: %v, want %v", s, q1, q2, got, want)
		}
	}
}

// archivesInOrder is the mask of the nodes without a history error.
func archivesInOrder(n *fbas.Network, keys []string) int {
	mask := 0
	for i, key := range keys {
		at := slices.IndexFunc(n.Nodes, func(node fbas.Node) bool { return node.PublicKey == key })
		if at < 0 {
			continue
		}
		if raw, sent := n.Nodes[at].Attributes["historyArchiveHasError"]; sent && string(raw) != "true" {
			mask |= 1 << i
		}
	}
	return mask
}
