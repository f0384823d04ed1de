package compare_test

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"sort"

	"understudy/compare"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// request is a scanner request as a test writes it.
type request struct {
	Nodes         []node         `json:"nodes"`
	Organizations []organization `json:"organizations,omitempty"`
	MergeBy       string         `json:"merge_by,omitempty"`
	Faulty        []string       `json:"faulty_nodes,omitempty"`
}

type node struct {
	PublicKey string `json:"publicKey"`
	QuorumSet *set   `json:"quorumSet,omitempty"`
}

type set struct {
	Threshold       int      `json:"threshold"`
	Validators      []string `json:"validators"`
	InnerQuorumSets []set    `json:"innerQuorumSets,omitempty"`
}

type organization struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Validators []string `json:"validators"`
}

func (r request) question(analysis string) compare.Question {
	return compare.Question{Analysis: analysis, Body: encode(r)}
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

func reply(v any) compare.Reply { return compare.Reply{Status: 200, Body: encode(v)} }

// letters makes a set of one-letter names.
func letters(s string) []string {
	out := []string{}
	for _, r := range s {
		out = append(out, string(r))
	}
	return out
}

// threeOfFour is a network of four nodes that each ask for three of the four,
// with an organization of two of them.
func threeOfFour() request {
	r := request{Organizations: []organization{{"1", "AB", letters("ab")}}}
	for _, key := range letters("abcd") {
		r.Nodes = append(r.Nodes, node{key, &set{Threshold: 3, Validators: letters("abcd")}})
	}
	return r
}

// oracle answers every analysis of a request of at most 6 nodes by enumeration.
type oracle struct {
	core   *witness.Core
	groups *witness.Groups
	keys   []string
	faulty []string
	merges bool
}

func newOracle(r request) *oracle {
	network, _, err := fbas.ReadRequest(encode(r), fbas.DefaultLimits())
	if err != nil {
		panic(err)
	}
	core, err := witness.Reduce(network)
	if err != nil {
		panic(err)
	}
	groups, err := core.Groups(r.MergeBy)
	if err != nil {
		panic(err)
	}
	return &oracle{core, groups, core.Keys(), r.Faulty, r.MergeBy != "" && r.MergeBy != witness.MergeNone}
}

func (o *oracle) subset(mask int) []string {
	out := []string{}
	for i, key := range o.keys {
		if mask&(1<<i) != 0 {
			out = append(out, key)
		}
	}
	return out
}

// minimal returns the masks that have the property and no smaller one inside
// that has it, least first.
func (o *oracle) minimal(property func(set []string) bool) (out []int) {
	masks := make([]int, 1<<len(o.keys))
	for i := range masks {
		masks[i] = i
	}
	sort.SliceStable(masks, func(i, j int) bool { return bits.OnesCount(uint(masks[i])) < bits.OnesCount(uint(masks[j])) })
	for _, mask := range masks {
		if !slices.ContainsFunc(out, func(m int) bool { return m&^mask == 0 }) && property(o.subset(mask)) {
			out = append(out, mask)
		}
	}
	return out
}

// merged maps a family and keeps its minimal sets, each with one preimage. Groups
// are told apart by their representatives, since names may repeat.
func (o *oracle) merged(masks []int) (sets, members [][]string) {
	image := func(mask int) []string {
		var out []string
		for _, key := range o.subset(mask) {
			representative, _, _ := o.groups.Group(key)
			out = append(out, representative)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	order := slices.Clone(masks)
	sort.SliceStable(order, func(i, j int) bool { return len(image(order[i])) < len(image(order[j])) })
	var kept [][]string
	sets = [][]string{}
	for _, mask := range order {
		own := image(mask)
		inside := func(s []string) bool {
			return !slices.ContainsFunc(s, func(r string) bool { return !slices.Contains(own, r) })
		}
		if slices.ContainsFunc(kept, inside) {
			continue
		}
		names, err := o.groups.Image(o.subset(mask))
		if err != nil {
			panic(err)
		}
		kept, sets, members = append(kept, own), append(sets, names), append(members, o.subset(mask))
	}
	return sets, members
}

func (o *oracle) family(total, example string, masks []int) map[string]any {
	sets, members := o.merged(masks)
	answer := map[string]any{"min_size": 0, total: len(sets), example: []string{}, "sets": sets, "execution_time_ms": 7}
	if len(sets) > 0 {
		answer["min_size"], answer[example], answer["example_members"] = len(sets[0]), sets[0], members[0]
	}
	return answer
}

func (o *oracle) splitBy(s []string) (q1, q2 []string) {
	for a := range 1 << len(o.keys) {
		for b := range a {
			if o.core.CheckSplitting(s, o.subset(a), o.subset(b)) == nil {
				return o.subset(a), o.subset(b)
			}
		}
	}
	return nil, nil
}

func (o *oracle) answer(analysis string) map[string]any {
	isQuorum := func(s []string) bool { return o.core.CheckQuorum(s) == nil }
	quorums := o.minimal(isQuorum)
	switch analysis {
	case "quorums":
		answer := o.family("total_quorums", "example_quorum", quorums)
		q1, q2 := o.splitBy(nil)
		answer["quorum_intersection"] = q1 == nil && len(quorums) > 0
		if q1 != nil {
			answer["disjoint_quorums"] = [][]string{q1, q2}
		}
		return answer
	case "blocking-sets":
		return o.family("total_sets", "example_set", o.minimal(func(s []string) bool { return o.core.CheckBlocking(s, o.faulty) == nil }))
	case "splitting-sets":
		answer := o.family("total_sets", "example_set", o.minimal(func(s []string) bool { q, _ := o.splitBy(s); return q != nil }))
		answer["has_split"] = answer["total_sets"] == 1 && answer["min_size"] == 0
		if answer["total_sets"] != 0 {
			q1, q2 := o.splitBy(answer["example_members"].([]string))
			answer["quorums"] = [][]string{q1, q2}
		}
		return answer
	case "top-tier":
		union, shown := 0, [][]string{}
		for _, q := range quorums {
			union |= q
		}
		members, _ := o.groups.Image(o.subset(union))
		for _, q := range o.cover(quorums, members) {
			shown = append(shown, o.subset(q))
		}
		return map[string]any{"top_tier": members, "top_tier_size": len(members), "quorums": shown, "execution_time_ms": 7, "cache_hit": false}
	case "symmetric-top-tier":
		return map[string]any{"symmetric_top_tier": o.shown(o.core.SymmetricTopTier()), "execution_time_ms": 7}
	case "full":
		o = &oracle{o.core, o.groups, o.keys, nil, o.merges} // faulty nodes do not count here
		return map[string]any{
			"top_tier": o.answer("top-tier"), "blocking_sets": o.answer("blocking-sets"),
			"splitting_sets": o.answer("splitting-sets"), "quorums": o.answer("quorums"), "total_execution_time_ms": 7,
		}
	case "network":
		return o.network()
	}
	panic(fmt.Sprintf("no oracle for %s", analysis))
}

// cover picks quorums that together are reported as members, none of which can
// be spared.
func (o *oracle) cover(masks []int, members []string) []int {
	for i := range masks {
		rest, union := slices.Delete(slices.Clone(masks), i, i+1), 0
		for _, m := range rest {
			union |= m
		}
		if image, _ := o.groups.Image(o.subset(union)); slices.Equal(image, members) {
			return o.cover(rest, members)
		}
	}
	return masks
}

func (o *oracle) network() map[string]any {
	size := o.answer("top-tier")["top_tier_size"]
	level := map[string]any{
		"topTierSize": size, "blockingSetsMinSize": o.answer("blocking-sets")["min_size"],
		"blockingSetsFilteredMinSize": o.answer("blocking-sets")["min_size"], "splittingSetsMinSize": o.answer("splitting-sets")["min_size"],
	}
	return map[string]any{
		"hasQuorumIntersection": o.answer("quorums")["quorum_intersection"],
		"hasSymmetricTopTier":   o.core.SymmetricTopTier() != nil,
		"node":                  level, "organization": level, "country": level, "isp": level,
	}
}

// shown is q by group. Merged networks of the tests have flat sets.
func (o *oracle) shown(q *fbas.QuorumSet) any {
	if q == nil {
		return nil
	}
	out := wire(q).(set)
	if !o.merges {
		return out
	}
	groups := map[string]bool{}
	for i, key := range q.Validators {
		representative, name, _ := o.groups.Group(key)
		out.Validators[i], groups[representative] = name, true
	}
	if len(q.Validators) > 0 && len(groups) == 1 {
		out.Threshold, out.Validators = 1, out.Validators[:1]
	}
	return out
}

func wire(q *fbas.QuorumSet) any {
	out := set{Threshold: q.Threshold, Validators: slices.Clone(q.Validators)}
	for i := range q.InnerQuorumSets {
		out.InnerQuorumSets = append(out.InnerQuorumSets, wire(&q.InnerQuorumSets[i]).(set))
	}
	return out
}

var analyses = []string{"top-tier", "symmetric-top-tier", "quorums", "blocking-sets", "splitting-sets", "full", "network"}
