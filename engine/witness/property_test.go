package witness_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

const letters = "abcdefg"

// anySet draws a quorum set over up to size letters, owners or repetitions not
// excluded, one inner level deep.
func anySet(t *rapid.T, size, depth int) *fbas.QuorumSet {
	pick := rapid.SampledFrom(split(letters[:size+1])) // the last one is unknown
	q := of(0, rapid.SliceOfN(pick, 1, size+2).Draw(t, "validators"))
	if depth > 0 {
		for range rapid.IntRange(0, 2).Draw(t, "inner sets") {
			q.InnerQuorumSets = append(q.InnerQuorumSets, *anySet(t, size, depth-1))
		}
	}
	entries := len(q.Validators) + len(q.InnerQuorumSets)
	q.Threshold = rapid.IntRange(entries/2, entries).Draw(t, "threshold")
	if rapid.IntRange(0, 19).Draw(t, "odd") == 0 {
		q.Threshold = rapid.SampledFrom([]int{0, 1, entries + 1}).Draw(t, "odd threshold")
	}
	return q
}

func anyNetwork(t *rapid.T) *fbas.Network {
	size := rapid.IntRange(2, 6).Draw(t, "size")
	n := &fbas.Network{}
	common := of(rapid.IntRange(size/2+1, size).Draw(t, "common threshold"), split(letters[:size]))
	for _, key := range split(letters[:size]) {
		country := rapid.SampledFrom([]string{"", "X", "Y.", "Y"}).Draw(t, "country")
		node := fbas.Node{PublicKey: key, Country: &country}
		if failed := rapid.SampledFrom([]string{"", "true", "false", "null"}).Draw(t, "history error"); failed != "" {
			node.Attributes = map[string]json.RawMessage{"historyArchiveHasError": json.RawMessage(failed)}
		}
		switch kind := rapid.IntRange(0, 19).Draw(t, "kind"); {
		case kind < 9:
			node.QuorumSet = common
		case kind < 19:
			node.QuorumSet = anySet(t, size, 1)
		}
		n.Nodes = append(n.Nodes, node)
	}
	for _, name := range []string{"O", "P", "O"} {
		n.Organizations = append(n.Organizations, fbas.Organization{
			ID: name, Name: name, Validators: rapid.SliceOfN(rapid.SampledFrom(split(letters)), 0, 3).Draw(t, "organization"),
		})
	}
	return n
}

func TestReduce_EqualsTheDefinitionByReachability(t *testing.T) {
	rapid.Check(t, reduceEqualsTheDefinition)
}

func FuzzReduce(f *testing.F) { f.Fuzz(rapid.MakeFuzz(reduceEqualsTheDefinition)) }

func reduceEqualsTheDefinition(t *rapid.T) {
	n := anyNetwork(t)
	core, err := witness.Reduce(n)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := core.Keys(), naiveCore(n); !slices.Equal(got, want) {
		t.Fatalf("core is %v, want %v", got, want)
	}
}

func TestChecks_QuorumAndBlockingAgreeWithEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		core := coreOf(t, n)
		keys := core.Keys()
		quorum := make([]bool, 1<<len(keys))
		for mask := range quorum {
			quorum[mask] = naiveQuorum(n, subset(keys, mask))
			if got := core.CheckQuorum(subset(keys, mask)) == nil; got != quorum[mask] {
				t.Fatalf("%v is a quorum: %v, want %v", subset(keys, mask), got, quorum[mask])
			}
		}
		for mask := range quorum {
			inside := 0 // quorums inside the subset, and the union of them
			union := 0
			outside := false
			for q, is := range quorum {
				if is && q&^mask == 0 {
					inside++
					union |= q
				}
				outside = outside || is && q&mask == 0
			}
			set := subset(keys, mask)
			if got, _ := core.GreatestQuorum(set); !slices.Equal(got, subset(keys, union)) {
				t.Fatalf("greatest quorum in %v is %v, want %v", set, got, subset(keys, union))
			}
			if got, want := core.CheckMinimalQuorum(set) == nil, quorum[mask] && inside == 1; got != want {
				t.Fatalf("%v is a minimal quorum: %v, want %v", set, got, want)
			}
			if got, want := core.CheckBlocking(set, nil) == nil, !outside && len(keys) > 0; got != want {
				t.Fatalf("%v blocks: %v, want %v", set, got, want)
			}
		}
	})
}

func TestChecks_RenamingAndPermutingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		shuffled := &fbas.Network{Nodes: rapid.Permutation(n.Nodes).Draw(t, "order"), Organizations: n.Organizations}
		for _, mergeBy := range []string{witness.MergeNone, witness.MergeOrganization, witness.MergeCountry, witness.MergeISP} {
			groups, moved := groupsOf(t, n, mergeBy), groupsOf(t, shuffled, mergeBy)
			if groups.Digest() != moved.Digest() {
				t.Fatalf("the digest merged by %s depends on the order of nodes", mergeBy)
			}
		}
		rename := strings.NewReplacer("a", "z", "b", "y", "c", "xx")
		core, renamed := coreOf(t, n), coreOf(t, renameAll(n, rename.Replace))
		keys := core.Keys()
		for mask := range 1 << len(keys) {
			set := subset(keys, mask)
			other := mapAll(set, rename.Replace)
			if (core.CheckMinimalBlocking(set, nil) == nil) != (renamed.CheckMinimalBlocking(other, nil) == nil) {
				t.Fatalf("%v is a minimal blocking set under one name only", set)
			}
		}
	})
}

func coreOf(t *rapid.T, n *fbas.Network) *witness.Core {
	core, err := witness.Reduce(n)
	if err != nil {
		t.Fatal(err)
	}
	return core
}

func groupsOf(t *rapid.T, n *fbas.Network, mergeBy string) *witness.Groups {
	groups, err := coreOf(t, n).Groups(mergeBy)
	if err != nil {
		t.Fatal(err)
	}
	return groups
}

func mapAll(in []string, f func(string) string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = f(s)
	}
	return out
}

func renameAll(n *fbas.Network, f func(string) string) *fbas.Network {
	var renameSet func(q *fbas.QuorumSet) *fbas.QuorumSet
	renameSet = func(q *fbas.QuorumSet) *fbas.QuorumSet {
		if q == nil {
			return nil
		}
		out := of(q.Threshold, mapAll(q.Validators, f))
		for i := range q.InnerQuorumSets {
			out.InnerQuorumSets = append(out.InnerQuorumSets, *renameSet(&q.InnerQuorumSets[i]))
		}
		return out
	}
	out := &fbas.Network{}
	for _, node := range n.Nodes {
		out.Nodes = append(out.Nodes, fbas.Node{PublicKey: f(node.PublicKey), QuorumSet: renameSet(node.QuorumSet)})
	}
	return out
}

func subset(keys []string, mask int) []string {
	out := []string{}
	for i, key := range keys {
		if mask&(1<<i) != 0 {
			out = append(out, key)
		}
	}
	return out
}
