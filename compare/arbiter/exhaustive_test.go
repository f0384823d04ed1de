package arbiter_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"understudy/compare"
	"understudy/compare/arbiter"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// wild draws a network in which anything may happen: sets nested three deep,
// members that repeat, thresholds from 0 to out of reach, nodes without a set,
// unknown validators, organizations that overlap and share names.
func wild(r *rand.Rand) *fbas.Network {
	nodes := 2 + r.IntN(5)
	keys := make([]string, nodes)
	for i := range keys {
		keys[i] = fmt.Sprintf("n%d", i)
	}
	some := func(most int) (out []string) {
		for range r.IntN(most + 1) {
			out = append(out, keys[r.IntN(nodes)])
		}
		return out
	}
	var set func(depth int) fbas.QuorumSet
	set = func(depth int) fbas.QuorumSet {
		q := fbas.QuorumSet{Validators: some(nodes)}
		for range depth {
			if r.IntN(2) == 0 {
				q.InnerQuorumSets = append(q.InnerQuorumSets, set(depth-1))
			}
		}
		members := len(q.Validators) + len(q.InnerQuorumSets)
		if q.Threshold = (members + 1 + r.IntN(2)) / 2; r.IntN(4) == 0 {
			q.Threshold = r.IntN(members + 2)
		}
		return q
	}
	n, shared := &fbas.Network{}, set(2)
	for _, key := range keys {
		node := fbas.Node{PublicKey: key}
		if q := set(2); r.IntN(3) == 0 {
			node.QuorumSet = &q
		} else if r.IntN(12) > 0 {
			node.QuorumSet = &shared
		}
		country, isp := string(rune('A'+r.IntN(3))), string(rune('X'+r.IntN(2)))
		node.Country, node.ISP = &country, &isp
		n.Nodes = append(n.Nodes, node)
	}
	for i := range r.IntN(4) {
		n.Organizations = append(n.Organizations, fbas.Organization{Name: string(rune('P' + i%2)), Validators: some(3)})
	}
	return n
}

// reading makes a dispute of a network read with or without the reduction.
func reading(t testing.TB, n *fbas.Network, semantics, mergeBy string, faulty []string) compare.Dispute {
	t.Helper()
	read := witness.Reduce
	if semantics == "raw" {
		read = witness.Raw
	}
	core, err := read(n)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := core.Groups(mergeBy)
	if err != nil {
		t.Fatal(err)
	}
	return compare.Dispute{MergeBy: mergeBy, Faulty: faulty, Core: core, Groups: groups}
}

// answer asks the arbiter for an analysis.
func answer(t testing.TB, a *arbiter.Arbiter, d compare.Dispute, analysis string) *compare.Answer {
	t.Helper()
	truth, err := a.Answer(t.Context(), about(d, analysis))
	if err != nil {
		t.Fatal(err)
	}
	return truth.Answer
}

// sameFamily holds a family against the one that the definition gives, and its
// example against check.
func sameFamily(t *testing.T, d compare.Dispute, f *compare.Family, sets [][]string, check func(members []string) error) {
	t.Helper()
	listed := []string{}
	for _, set := range f.Sets {
		listed = append(listed, fmt.Sprintf("%q", slices.Sorted(slices.Values(set))))
	}
	slices.Sort(listed)
	if want := show(sets); !slices.Equal(listed, want) || f.Total.Int64() != int64(len(sets)) || f.Min != smallest(sets) {
		t.Fatalf("merged by %s: %d sets, least %d: %v, want %v", d.MergeBy, f.Total, f.Min, listed, want)
	}
	if f.None() {
		return
	}
	members := f.Members
	if members == nil {
		members = f.Example
	}
	if err := d.Groups.CheckImage(f.Example, members); err != nil || len(f.Example) != f.Min {
		t.Fatalf("merged by %s, example %v of %d: %v", d.MergeBy, f.Example, f.Min, err)
	}
	if err := check(members); err != nil {
		t.Fatal(err)
	}
}

// held is a dispute whose answers are held against the definitions.
type held struct {
	*testing.T
	compare.Dispute
	naive
	found map[string]int
}

func (h held) quorums(a *arbiter.Arbiter) {
	q, minimal := answer(h, a, h.Dispute, "quorums").Quorums, least(h.naive.quorums())
	sameFamily(h.T, h.Dispute, &q.Family, merge(h.Groups, minimal), h.Core.CheckMinimalQuorum)
	if q.Intersect != (len(minimal) > 0 && !h.apart()) || (q.Disjoint != nil) != h.apart() {
		h.Fatalf("quorums %v intersect: %v, disjoint %v", minimal, q.Intersect, q.Disjoint)
	}
	if q.Disjoint != nil {
		h.found["disjoint"]++
		if err := h.Core.CheckDisjoint(q.Disjoint[0], q.Disjoint[1]); err != nil {
			h.Fatal(err)
		}
	}
	tier, union := answer(h, a, h.Dispute, "top-tier").TopTier, merge(h.Groups, [][]string{slices.Concat(minimal...)})
	if err := h.Groups.CheckTopTier(tier.Members, tier.Quorums); err != nil || tier.Size != smallest(union) {
		h.Fatalf("top tier %v of %v: %v", tier, minimal, err)
	}
}

func (h held) blocking(a *arbiter.Arbiter) {
	b := answer(h, a, h.Dispute, "blocking-sets").Blocking
	sameFamily(h.T, h.Dispute, b, merge(h.Groups, minus(h.blockingSets(), h.Faulty)), func(members []string) error {
		return h.Core.CheckBlocking(members, h.Faulty)
	})
}

func (h held) splitting(a *arbiter.Arbiter) {
	s, minimal := answer(h, a, h.Dispute, "splitting-sets").Splitting, h.splittingSets()
	sameFamily(h.T, h.Dispute, &s.Family, merge(h.Groups, minimal), func(members []string) error {
		h.found["splitting"]++
		return h.Core.CheckSplitting(members, s.Quorums[0], s.Quorums[1])
	})
	if s.Split != (len(minimal) > 0 && len(minimal[0]) == 0) {
		h.Fatalf("split is %v, the splitting sets are %v", s.Split, minimal)
	}
	if len(minimal) > 0 && h.MergeBy != "none" {
		h.found["merged"]++
	}
}

func TestAnswer_EnumerationIsWhatTheDefinitionSays(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 4))
	a := arbiter.New(arbiter.Config{})
	tried, found := 0, map[string]int{}
	for range 1500 {
		semantics := []string{"rust", "raw"}[r.IntN(2)]
		mergeBy := []string{"none", "organization", "country", "isp"}[r.IntN(4)]
		faulty := []string{"n0", "nobody", "n2"}[:r.IntN(4)]
		d := reading(t, wild(r), semantics, mergeBy, faulty)
		if len(d.Core.Keys()) == 0 && tried%10 > 0 {
			continue
		}
		tried++
		h := held{t, d, naively(d.Core), found}
		h.quorums(a)
		h.blocking(a)
		h.splitting(a)
		if got, want := answer(t, a, d, "network").Network, h.network(d.Core, faulty); *got != *want {
			t.Fatalf("network %+v, want %+v", *got, *want)
		}
	}
	t.Logf("tried %d random networks: %v", tried, found)
	if tried < 500 || found["disjoint"] < 50 || found["splitting"] < 200 || found["merged"] < 100 {
		t.Errorf("tried %d networks: %v", tried, found)
	}
}

func TestSplit_EnumerationFindsNodesExactlyWhereThereAreSome(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 4))
	a := arbiter.New(arbiter.Config{})
	split, whole := 0, 0
	for range 1500 {
		semantics := []string{"rust", "raw"}[r.IntN(2)]
		mergeBy := []string{"none", "organization", "country"}[r.IntN(3)]
		d := reading(t, wild(r), semantics, mergeBy, nil)
		if len(d.Core.Keys()) == 0 {
			continue
		}
		all := subsets(d.Core.Keys())
		names, err := d.Groups.Image(all[r.IntN(len(all))])
		if err != nil {
			t.Fatal(err)
		}
		want := slices.ContainsFunc(all, func(set []string) bool {
			return d.Groups.CheckImage(names, set) == nil && naively(d.Core).without(set).apart()
		})
		got, err := a.Split(t.Context(), d, names)
		if err != nil || (got.Quorums != nil) != want {
			t.Fatalf("%v by %s: %+v, %v, want %v", names, mergeBy, got, err, want)
		}
		if !want {
			whole++
			continue
		}
		split++
		if err := d.Groups.CheckSplitting(names, got.Members, got.Quorums[0], got.Quorums[1]); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d sets split", split, split+whole)
	if split < 200 || whole < 200 {
		t.Errorf("%d sets split, %d do not", split, whole)
	}
}
