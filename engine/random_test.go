package engine

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"understudy/engine/fbas"
)

// shape says what kind of random networks to make.
type shape struct {
	name      string
	inner     int  // most inner sets of a set
	repeats   bool // entries may repeat
	strangers bool // sets may name keys that are not there; nodes may lack sets
	org       bool // organizations of two to three, mostly alike
	shared    bool // nodes share a few sets, so that many are interchangeable
	halves    bool // most nodes list their own half of the network only
	twins     bool // organizations that may change places
	doubles   bool // some keys are those of two nodes, which only python semantics reads
}

var shapes = []shape{
	{name: "flat"},
	{name: "flat with strangers and repeats", repeats: true, strangers: true},
	{name: "flat and shared", shared: true},
	{name: "nested", inner: 3},
	{name: "nested with strangers and repeats", inner: 3, repeats: true, strangers: true},
	{name: "nested and shared", inner: 2, shared: true, strangers: true},
	{name: "organizations", org: true},
	{name: "organizations with common sets", org: true, shared: true},
	{name: "halves", halves: true, strangers: true},
	{name: "nested halves", inner: 2, halves: true},
	{name: "twin organizations", org: true, twins: true},
	{name: "nodes said twice", inner: 1, repeats: true, strangers: true, doubles: true},
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// randomNetwork has three to seven nodes, or eight in twin organizations.
func randomNetwork(r *rand.Rand, shape shape) *fbas.Network {
	n := 3 + r.IntN(5)
	if shape.twins {
		n = 6 + r.IntN(3)
	}
	network := &fbas.Network{}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("n%d", i)
	}
	draw := func(i int) *fbas.QuorumSet {
		set := randomSet(r, shape, around(r, shape, names, i), names[i])
		return &set
	}
	common := []*fbas.QuorumSet{draw(0)}
	for range r.IntN(3) {
		common = append(common, draw(r.IntN(n)))
	}
	for i, name := range names {
		node := fbas.Node{PublicKey: name, Attributes: randomAttributes(r)}
		switch {
		case shape.strangers && r.IntN(8) == 0:
		case shape.twins:
			node.QuorumSet = common[i/2%2%len(common)]
		case shape.shared && r.IntN(6) > 0:
			node.QuorumSet = common[r.IntN(len(common))]
		default:
			node.QuorumSet = draw(i)
		}
		node.Country = pick(r, "DE", "FI", "US.", "U,S", "")
		node.ISP = pick(r, "A", "A.", "B", "")
		network.Nodes = append(network.Nodes, node)
	}
	if shape.doubles {
		again := fbas.Node{PublicKey: names[r.IntN(n)], QuorumSet: draw(r.IntN(n)), ISP: pick(r, "A", "B"), Attributes: randomAttributes(r)}
		network.Nodes = slices.Insert(network.Nodes, r.IntN(n+1), again)
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

// around are the names that a node may list.
func around(r *rand.Rand, shape shape, names []string, i int) []string {
	if !shape.halves || r.IntN(6) == 0 {
		return names
	}
	middle := (len(names) + 1) / 2
	if i < middle {
		return names[:middle]
	}
	return names[middle:]
}

func randomAttributes(r *rand.Rand) map[string]json.RawMessage {
	attributes := map[string]json.RawMessage{}
	if value := pick(r, `"a.org"`, `"b.org"`, `""`, `null`); value != nil {
		attributes["homeDomain"] = json.RawMessage(*value)
	}
	if value := pick(r, `1`, `"1"`, `true`, `{}`); value != nil {
		attributes["tier"] = json.RawMessage(*value)
	}
	if value := pick(r, `true`, `false`, `false`, `null`); value != nil {
		attributes["historyArchiveHasError"] = json.RawMessage(*value)
	}
	return attributes
}

// readAs draws a semantics in which networks of a shape can be read.
func readAs(r *rand.Rand, shape shape) Semantics {
	if shape.doubles {
		return SemanticsPython
	}
	return AllSemantics[r.IntN(len(AllSemantics))]
}

func pick(r *rand.Rand, values ...string) *string {
	if i := r.IntN(len(values) + 1); i < len(values) {
		return &values[i]
	}
	return nil
}

func randomSet(r *rand.Rand, shape shape, names []string, owner string) fbas.QuorumSet {
	switch {
	case shape.twins:
		return twinSet(r, names)
	case shape.org:
		return organizationSet(r, names)
	}
	q := fbas.QuorumSet{Validators: randomList(r, shape, names)}
	if r.IntN(3) > 0 && !slices.Contains(q.Validators, owner) {
		q.Validators = append(q.Validators, owner)
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

// twinSet asks for some of the organizations {n0,n1}, {n2,n3}, ...
func twinSet(r *rand.Rand, names []string) fbas.QuorumSet {
	var q fbas.QuorumSet
	each := 1 + r.IntN(2)
	for from := 0; from < len(names); from += 2 {
		members := names[from:min(len(names), from+2)]
		q.InnerQuorumSets = append(q.InnerQuorumSets, fbas.QuorumSet{Threshold: min(each, len(members)), Validators: members})
	}
	q.Threshold = 1 + r.IntN(len(q.InnerQuorumSets))
	return q
}
