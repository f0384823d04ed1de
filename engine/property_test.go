package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"understudy/engine/fbas"
)

// shape says what kind of random networks to make.
type shape struct {
	name      string
	inner     int  // most inner sets of a set
	repeats   bool // entries may repeat
	strangers bool // sets may name keys that are not there; nodes may lack sets
	org       bool // organizations of two to three, mostly alike
}

var shapes = []shape{
	{name: "flat"},
	{name: "flat with strangers and repeats", repeats: true, strangers: true},
	{name: "nested", inner: 3},
	{name: "nested with strangers and repeats", inner: 3, repeats: true, strangers: true},
	{name: "organizations", org: true},
}

func TestAnalyses_AgreeWithBruteForceOnRandomNetworks(t *testing.T) {
	const perShape = 150
	for i, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			t.Parallel()
			for k := range perShape {
				seed := uint64(i*perShape + k)
				network := randomNetwork(rand.New(rand.NewPCG(seed, 7)), shape)
				for _, semantics := range []Semantics{SemanticsRust, SemanticsRaw} {
					if !t.Run(fmt.Sprintf("seed %d %s", seed, semantics), func(t *testing.T) { compareWithOracle(t, network, semantics) }) {
						t.Logf("network: %+v", network)
						return
					}
				}
			}
		})
	}
}

func compareWithOracle(t *testing.T, network *fbas.Network, semantics Semantics) {
	s, err := Prepare(network, semantics)
	if err != nil {
		t.Fatal(err)
	}
	want := newOracle(network, semantics == SemanticsRaw)
	if !slices.Equal(sorted(s.Core()), want.keys) {
		t.Fatalf("core %v, want %v", s.Core(), want.keys)
	}
	ctx := t.Context()
	for _, by := range MergeLevels {
		o := Options{MergeBy: by, MaxSets: 1 << 20}
		quorums, err := s.MinimalQuorums(ctx, o)
		sameFamily(t, by, "quorums", quorums.Family, want.merge(want.quorums, by), err)
		if quorums.Intersection.Intersects != want.intersects() {
			t.Errorf("intersection %v, want %v", quorums.Intersection.Intersects, want.intersects())
		}
		top, err := s.TopTier(ctx, o)
		var union uint
		for _, q := range want.quorums {
			union |= q
		}
		one := want.merge([]uint{union}, by)[0]
		if err != nil || !slices.Equal(sorted(top.Members), sorted(one)) {
			t.Errorf("%s: top tier %v (%v), want %v", by, top.Members, err, one)
		}
		splitting, err := s.MinimalSplittingSets(ctx, o)
		sameFamily(t, by, "splitting", splitting.Family, want.merge(want.splitting(), by), err)
		for _, faulty := range [][]string{nil, {"n0"}, {"n1", "n2", "nobody"}} {
			o.Faulty = faulty
			blocking, err := s.MinimalBlockingSets(ctx, o)
			sameFamily(t, by, fmt.Sprint("blocking ", faulty), blocking, want.merge(want.blocking(faulty), by), err)
			membersMerge(t, want, by, blocking, faulty)
		}
	}
}

func sameFamily(t *testing.T, by MergeBy, what string, got Family, want [][]string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s %s: %v", what, by, err)
	}
	if !got.Complete || familyHash(got.Sets) != familyHash(want) || int(got.Total.Int64()) != len(want) {
		t.Errorf("%s %s: %v (total %v), want %v", what, by, got.Sets, got.Total, want)
	}
	if len(want) > 0 && (got.MinSize != len(want[0]) || len(got.Example) != got.MinSize) {
		t.Errorf("%s %s: min %d, example %v, want %d", what, by, got.MinSize, got.Example, len(want[0]))
	}
	if (got.Outcome == Found) != (len(want) > 0) || got.Outcome == GaveUp {
		t.Errorf("%s %s: outcome %v with %d sets", what, by, got.Outcome, len(want))
	}
}

// membersMerge checks that the members behind an example have not failed and
// merge to it.
func membersMerge(t *testing.T, o *oracle, by MergeBy, got Family, faulty []string) {
	t.Helper()
	if got.ExampleMembers == nil {
		return
	}
	var mask uint
	for _, key := range got.ExampleMembers {
		if slices.Contains(faulty, key) {
			t.Errorf("%s: %s in %v has failed", by, key, got.ExampleMembers)
		}
		mask |= 1 << slices.Index(o.keys, key)
	}
	if image := o.merge([]uint{mask}, by)[0]; !slices.Equal(sorted(image), sorted(got.Example)) {
		t.Errorf("%s: %v merge to %v, not to the example %v", by, got.ExampleMembers, image, got.Example)
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func randomNetwork(r *rand.Rand, shape shape) *fbas.Network {
	n := 3 + r.IntN(5)
	network := &fbas.Network{}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("n%d", i)
	}
	for i, name := range names {
		node := fbas.Node{PublicKey: name}
		if !shape.strangers || r.IntN(8) > 0 {
			set := randomSet(r, shape, names, i)
			node.QuorumSet = &set
		}
		node.Country = pick(r, "DE", "FI", "US.", "U,S", "")
		node.ISP = pick(r, "A", "A.", "B", "")
		network.Nodes = append(network.Nodes, node)
	}
	for k := range r.IntN(4) {
		org := fbas.Organization{ID: fmt.Sprint("o", k), Name: fmt.Sprint("Org ", k%2)}
		for range 1 + r.IntN(3) {
			org.Validators = append(org.Validators, names[r.IntN(n)])
		}
		network.Organizations = append(network.Organizations, org)
	}
	return network
}

func pick(r *rand.Rand, values ...string) *string {
	if i := r.IntN(len(values) + 1); i < len(values) {
		return &values[i]
	}
	return nil
}

func randomSet(r *rand.Rand, shape shape, names []string, owner int) fbas.QuorumSet {
	if shape.org {
		return organizationSet(r, names)
	}
	q := fbas.QuorumSet{Validators: randomList(r, shape, names)}
	if r.IntN(3) > 0 && !slices.Contains(q.Validators, names[owner]) {
		q.Validators = append(q.Validators, names[owner])
	}
	for range r.IntN(shape.inner + 1) {
		inner := fbas.QuorumSet{Validators: randomList(r, shape, names)}
		if r.IntN(4) == 0 {
			inner.InnerQuorumSets = []fbas.QuorumSet{{Threshold: 1, Validators: randomList(r, shape, names)}}
		}
		inner.Threshold = r.IntN(len(inner.Validators) + len(inner.InnerQuorumSets) + 2)
		q.InnerQuorumSets = append(q.InnerQuorumSets, inner)
	}
	size := len(q.Validators) + len(q.InnerQuorumSets)
	q.Threshold = max(1, size/2) + r.IntN(size/2+1)
	if r.IntN(20) == 0 {
		q.Threshold = 0
	}
	return q
}

func randomList(r *rand.Rand, shape shape, names []string) []string {
	var list []string
	for _, name := range names {
		if r.IntN(2) == 0 {
			list = append(list, name)
			if shape.repeats && r.IntN(6) == 0 {
				list = append(list, name)
			}
		}
	}
	if shape.strangers && r.IntN(3) == 0 {
		list = append(list, "ghost")
	}
	return list
}

// organizationSet asks for most of the organizations {n0,n1}, {n2,n3,n4}, ...
func organizationSet(r *rand.Rand, names []string) fbas.QuorumSet {
	var q fbas.QuorumSet
	for from := 0; from < len(names); {
		to := min(len(names), from+2+(from%2))
		members := names[from:to]
		from = to
		if r.IntN(6) > 0 {
			q.InnerQuorumSets = append(q.InnerQuorumSets, fbas.QuorumSet{Threshold: len(members)/2 + 1, Validators: members})
		}
	}
	q.Threshold = max(1, len(q.InnerQuorumSets)*2/3) + r.IntN(2)
	return q
}
