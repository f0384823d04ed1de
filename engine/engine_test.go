package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/engine/fbas"
)

// threeOfFour is the smallest network that survives one failure.
const threeOfFour = `[
	{"publicKey":"a","isp":"Acme, Inc.","quorumSet":{"threshold":3,"validators":["a","b","c","d"]}},
	{"publicKey":"b","isp":"Acme Inc","quorumSet":{"threshold":3,"validators":["a","b","c","d"]}},
	{"publicKey":"c","isp":"Bell","quorumSet":{"threshold":3,"validators":["a","b","c","d"]}},
	{"publicKey":"d","quorumSet":{"threshold":3,"validators":["a","b","c","d"]}}]`

func readNetwork(t testing.TB, text string) *fbas.Network {
	t.Helper()
	network, err := fbas.Read([]byte(text), fbas.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return network
}

func prepare(t testing.TB, text string) *System {
	t.Helper()
	s, err := Prepare(readNetwork(t, text), SemanticsRust)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ExampleSystem_MinimalBlockingSets() {
	network, _ := fbas.Read([]byte(threeOfFour), fbas.DefaultLimits())
	system, _ := Prepare(network, SemanticsRust)
	byNode, _ := system.MinimalBlockingSets(context.Background(), Options{})
	fmt.Println(byNode.MinSize, byNode.Total, byNode.Example)
	byISP, _ := system.MinimalBlockingSets(context.Background(), Options{MergeBy: MergeISP, MaxSets: 10})
	fmt.Println(byISP.MinSize, byISP.Total, byISP.Example, byISP.ExampleMembers, byISP.Sets)
	// Output:
	// 2 6 [a b]
	// 1 2 [Acme Inc] [a b] [[Acme Inc] [Bell d]]
}

func TestMinimalSplittingSets_NamesTheTwoQuorumsTheExampleLeaves(t *testing.T) {
	r, err := prepare(t, threeOfFour).MinimalSplittingSets(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.MinSize != 2 || r.Disjoint || len(r.Quorums[0]) == 0 || len(r.Quorums[1]) == 0 {
		t.Fatalf("%+v", r)
	}
	all := slices.Concat(r.Example, r.Quorums[0], r.Quorums[1])
	slices.Sort(all)
	if len(slices.Compact(all)) != len(r.Example)+len(r.Quorums[0])+len(r.Quorums[1]) {
		t.Errorf("example and quorums overlap: %v %v", r.Example, r.Quorums)
	}
}

func TestIntersection_NamesTwoDisjointQuorums(t *testing.T) {
	s := prepare(t, strings.ReplaceAll(threeOfFour, `"threshold":3`, `"threshold":2`))
	r, err := s.Intersection(t.Context(), Options{})
	if err != nil || !r.HasQuorum || r.Intersects || !r.Complete {
		t.Fatalf("%+v (%v)", r, err)
	}
	for side, quorum := range r.Disjoint {
		var nodes []int
		for _, key := range quorum {
			nodes = append(nodes, slices.Index(s.core.Keys, key))
			if slices.Contains(r.Disjoint[1-side], key) {
				t.Errorf("%s is in both", key)
			}
		}
		if !s.core.IsQuorum(s.core.SetOf(nodes...)) {
			t.Errorf("%v is no quorum", quorum)
		}
	}
}

func TestEveryAnalysis_OfANetworkWithoutQuorumSaysSo(t *testing.T) {
	s := prepare(t, `[{"publicKey":"a","quorumSet":{"threshold":2,"validators":["a"]}}]`)
	ctx := t.Context()
	quorums, err1 := s.MinimalQuorums(ctx, Options{})
	blocking, err2 := s.MinimalBlockingSets(ctx, Options{Faulty: []string{"a"}})
	splitting, err3 := s.MinimalSplittingSets(ctx, Options{})
	top, err4 := s.TopTier(ctx, Options{})
	symmetric, err5 := s.SymmetricTopTier(ctx, Options{})
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	for i, family := range []Family{quorums.Family, blocking, splitting.Family} {
		if family.Outcome != NoSet || !family.Complete || family.Total.Sign() != 0 || family.MinSize != 0 {
			t.Errorf("family %d: %+v", i, family)
		}
	}
	if quorums.Intersection.HasQuorum || quorums.Intersection.Intersects || len(top.Members) != 0 || symmetric.QuorumSet != nil {
		t.Errorf("%+v %+v %+v", quorums.Intersection, top, symmetric)
	}
}

func TestEveryAnalysis_ThatRunsOutOfTimeClaimsNothing(t *testing.T) {
	s := prepare(t, ring(40))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	quorums, err1 := s.MinimalQuorums(ctx, Options{})
	blocking, err2 := s.MinimalBlockingSets(ctx, Options{})
	splitting, err3 := s.MinimalSplittingSets(ctx, Options{})
	network, err4 := s.Network(ctx, Options{})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if blocking.LowerBound != 1 {
		t.Errorf("lower bound %d of blocking sets of a network with a quorum, want 1", blocking.LowerBound)
	}
	for i, family := range []Family{quorums.Family, blocking, splitting.Family} {
		if family.Complete || family.Total != nil || family.Outcome == NoSet {
			t.Errorf("family %d: %+v", i, family)
		}
	}
	if quorums.Intersection.Complete || quorums.Intersection.Intersects || network.Complete {
		t.Errorf("%+v %+v", quorums.Intersection, network)
	}
}

// ring is a network whose families are huge: everybody listens to half of the
// nodes that follow.
func ring(n int) string {
	var nodes []string
	for i := range n {
		var list []string
		for k := range n/2 + 1 {
			list = append(list, fmt.Sprintf(`"n%02d"`, (i+k)%n))
		}
		nodes = append(nodes, fmt.Sprintf(`{"publicKey":"n%02d","quorumSet":{"threshold":%d,"validators":[%s]}}`, i, n/4, strings.Join(list, ",")))
	}
	return "[" + strings.Join(nodes, ",") + "]"
}

// In a circle where everybody needs the next one, each failure leads to one
// more; looking at all nodes again for each of them takes minutes here.
func TestTopTier_OfALongCircleIsFoundInTime(t *testing.T) {
	const n = 2000
	var nodes []string
	for i := range n {
		nodes = append(nodes, fmt.Sprintf(`{"publicKey":"n%d","quorumSet":{"threshold":1,"validators":["n%d"]}}`, i, (i+1)%n))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := prepare(t, "["+strings.Join(nodes, ",")+"]").TopTier(ctx, Options{})
	if err != nil || !r.Complete || len(r.Members) != n {
		t.Errorf("complete %v, %d members (%v)", r.Complete, len(r.Members), err)
	}
}

func TestMinimalQuorums_ListFewerSetsWhereTheyAreLarge(t *testing.T) {
	const n = 400 // any 300 of them; 100,000 lists would take gigabytes
	var keys, nodes []string
	for i := range n {
		keys = append(keys, fmt.Sprintf(`"n%03d"`, i))
	}
	for _, key := range keys {
		nodes = append(nodes, fmt.Sprintf(`{"publicKey":%s,"quorumSet":{"threshold":300,"validators":[%s]}}`, key, strings.Join(keys, ",")))
	}
	r, err := prepare(t, "["+strings.Join(nodes, ",")+"]").MinimalQuorums(t.Context(), Options{MaxSets: 100_000})
	if err != nil || !r.Complete || r.MinSize != 300 || len(r.Sets) != 1_000_000/300 {
		t.Errorf("complete %v, %d members, %d sets listed (%v)", r.Complete, r.MinSize, len(r.Sets), err)
	}
}

func TestNetwork_GivesTheFiguresOfItsParts(t *testing.T) {
	r, err := prepare(t, threeOfFour).Network(t.Context(), Options{Faulty: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	want := NetworkResult{
		HasQuorumIntersection: true, IntersectionDecided: true, HasSymmetricTopTier: true, Complete: true,
		Algorithm: r.Algorithm, SolverCalls: r.SolverCalls,
		Node:         LevelResult{TopTierSize: 4, BlockingSetsMinSize: 2, BlockingSetsFilteredMinSize: 1, SplittingSetsMinSize: 2},
		Organization: LevelResult{TopTierSize: 4, BlockingSetsMinSize: 2, BlockingSetsFilteredMinSize: 1, SplittingSetsMinSize: 2},
		Country:      LevelResult{TopTierSize: 4, BlockingSetsMinSize: 2, BlockingSetsFilteredMinSize: 1, SplittingSetsMinSize: 2},
		ISP:          LevelResult{TopTierSize: 3, BlockingSetsMinSize: 1, BlockingSetsFilteredMinSize: 1, SplittingSetsMinSize: 1},
	}
	if r != want {
		t.Errorf("%+v, want %+v", r, want)
	}
}

func TestOptions_RefuseUnknownNames(t *testing.T) {
	_, err := prepare(t, threeOfFour).TopTier(t.Context(), Options{MergeBy: "planet"})
	if err == nil || !strings.Contains(err.Error(), "none, organization, country, isp") {
		t.Errorf("merge level: %v", err)
	}
	if _, err = Prepare(&fbas.Network{}, "python3"); err == nil || !strings.Contains(err.Error(), "rust, raw") {
		t.Errorf("semantics: %v", err)
	}
}

func TestGroups_OfBrokenOrganizationsFailOnlyWhenAskedFor(t *testing.T) {
	s := prepare(t, `{"nodes":`+threeOfFour+`,"organizations":[{"id":"o"}]}`)
	if _, err := s.TopTier(t.Context(), Options{MergeBy: MergeISP}); err != nil {
		t.Errorf("by ISP: %v", err)
	}
	var wrong *fbas.FieldError
	if _, err := s.TopTier(t.Context(), Options{MergeBy: MergeOrganization}); !errors.As(err, &wrong) {
		t.Errorf("by organization: %v, want a field error", err)
	}
}

func TestPrepare_RefusesAKeyOfTwoNodesWhereOneOfThemIsMeant(t *testing.T) {
	twice := readNetwork(t, `[{"publicKey":"a","quorumSet":{"threshold":2,"validators":["a","b"]}},{"publicKey":"b"},{"publicKey":"a"}]`)
	for _, semantics := range AllSemantics {
		_, err := Prepare(twice, semantics)
		var wrong *fbas.FieldError
		if python := semantics == SemanticsPython; errors.As(err, &wrong) == python || python && err != nil {
			t.Errorf("%s: %v", semantics, err)
		}
	}
}
