package quality_test

import (
	"fmt"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/quality"
)

// many is the greatest number of nodes that a request may have by default.
const many = 100_000

func key(i int) string { return fmt.Sprintf("n%06d", i) }

// chain lets each node ask for itself and the next, and the last for a ghost.
func chain(length int) *fbas.Network {
	n := &fbas.Network{}
	for i := range length {
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key(i), QuorumSet: &fbas.QuorumSet{Threshold: 2, Validators: []string{key(i), key(i + 1)}}})
	}
	return n
}

// crowd is nodes that share one set, as most of the live network do: seven
// organizations of three, and ghosts that nobody crawled.
func crowd(size, ghosts int) *fbas.Network {
	set := &fbas.QuorumSet{Threshold: 5}
	for o := range 7 {
		inner := fbas.QuorumSet{Threshold: 2}
		for v := range 3 {
			inner.Validators = append(inner.Validators, key(3*o+v))
		}
		set.InnerQuorumSets = append(set.InnerQuorumSets, inner)
	}
	for g := range ghosts {
		set.Validators = append(set.Validators, fmt.Sprintf("ghost%d", g))
	}
	n := &fbas.Network{}
	for i := range size {
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key(i), QuorumSet: set})
	}
	return n
}

func TestClean_LetsAChainOf100000NodesFallAtOnce(t *testing.T) {
	cleaned, changes := quality.Clean(chain(many))
	if len(cleaned.Nodes) != 0 || len(changes) != many {
		t.Errorf("%d nodes left after %d changes, want none after %d", len(cleaned.Nodes), len(changes), many)
	}
}

func TestFind_NamesEveryReferenceOf100000NodesWithoutCopyingThem(t *testing.T) {
	const ghosts = 1000
	got := of(quality.Find(crowd(many, ghosts)), quality.UnknownValidator)
	if len(got) != ghosts {
		t.Fatalf("%d unknown validators, want %d", len(got), ghosts)
	}
	for _, f := range got {
		if len(f.Related) != many || &f.Related[0] != &got[0].Related[0] {
			t.Fatalf("%s: %d references, want %d in a list that all share", f.Node, len(f.Related), many)
		}
	}
}

func TestFind_SeesWhatIsWrongAtTheGreatestDepth(t *testing.T) {
	text := "2{a,b,0{x,x}}"
	for range 31 {
		text = "1{" + text + "}"
	}
	summary := quality.Summarize(quality.Find(parse("a b = " + text)))
	for _, code := range []string{quality.ThresholdZero, quality.UnknownValidator, quality.DuplicateValidator, quality.OneNodeQuorum} {
		if summary.ByCode[code] == 0 {
			t.Errorf("%s is not found %d sets deep", code, strings.Count(text, "{"))
		}
	}
}

func TestFind_BoundsItsSentences(t *testing.T) {
	long := strings.Repeat("\x01\U0001F600", 50_000)
	set := &fbas.QuorumSet{Threshold: 100_000}
	for i := range 1000 {
		set.Validators = append(set.Validators, fmt.Sprint(i, long[:1000]), fmt.Sprint(i, long[:1000]))
		set.InnerQuorumSets = append(set.InnerQuorumSets, fbas.QuorumSet{Threshold: i, Validators: []string{fmt.Sprint(long[:1000], i)}})
	}
	n := &fbas.Network{Nodes: []fbas.Node{{PublicKey: long, QuorumSet: set}, {PublicKey: "a", QuorumSet: set}}}
	for _, f := range quality.Find(n) {
		if len(f.Detail) > quality.MaxDetail || strings.Contains(f.Detail, "\x01") {
			t.Errorf("%s: %d bytes: %q", f.Code, len(f.Detail), f.Detail)
		}
	}
	_, changes := quality.Clean(n)
	for _, c := range changes {
		if len(c.Detail) > quality.MaxDetail {
			t.Errorf("%s: %d bytes", c.Action, len(c.Detail))
		}
	}
}

func BenchmarkFind(b *testing.B) {
	for _, size := range []int{1000, 10_000, many} {
		b.Run(fmt.Sprint("crowd of ", size), func(b *testing.B) { find(b, crowd(size, 10)) })
		b.Run(fmt.Sprint("chain of ", size), func(b *testing.B) { find(b, chain(size)) })
	}
}

func find(b *testing.B, n *fbas.Network) {
	for b.Loop() {
		quality.Find(n)
	}
}

func BenchmarkClean(b *testing.B) {
	for _, size := range []int{1000, 10_000, many} {
		b.Run(fmt.Sprint("crowd of ", size), func(b *testing.B) { clean(b, crowd(size, 10)) })
		b.Run(fmt.Sprint("chain of ", size), func(b *testing.B) { clean(b, chain(size)) })
	}
}

func clean(b *testing.B, n *fbas.Network) {
	for b.Loop() {
		quality.Clean(n)
	}
}
