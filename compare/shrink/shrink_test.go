package shrink_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/compare/edit"
	"understudy/compare/shrink"
)

var target = shrink.Target{Metric: compare.MetricTopTier, Verdict: compare.VerdictCandidateWrong}

// shows is an ask whose target shows where a rule holds.
func shows(rule func(*edit.Network) bool) shrink.Ask {
	return func(_ context.Context, body []byte) (compare.Result, error) {
		n, err := edit.Read(body)
		if err != nil {
			return compare.Result{}, err
		}
		m := compare.MetricResult{Metric: target.Metric, Verdict: compare.VerdictAgree}
		if rule(n) {
			m.Verdict = target.Verdict
			m.Rulings = []compare.Ruling{{Verdict: target.Verdict}}
		}
		return compare.Result{Metrics: []compare.MetricResult{m}, Nodes: len(n.Nodes)}, nil
	}
}

// symmetric is a network of organizations of three, each validator of which asks
// for k of them.
func symmetric(organizations, k int) string {
	var set, nodes, entries []string
	for i := range organizations {
		keys := fmt.Sprintf(`"o%dv1", "o%dv2", "o%dv3"`, i, i, i)
		set = append(set, `{"threshold": 2, "validators": [`+keys+`]}`)
		entries = append(entries, fmt.Sprintf(`{"id": "o%d", "name": "Org %d", "validators": [%s]}`, i, i, keys))
	}
	for i := range organizations {
		for j := 1; j <= 3; j++ {
			nodes = append(nodes, fmt.Sprintf(`{"publicKey": "o%dv%d", "name": "N", "isp": "I%d", "x": 1, "quorumSet": {"threshold": %d, "validators": [], "innerQuorumSets": [%s]}}`,
				i, j, i, k, strings.Join(set, ",")))
		}
	}
	return fmt.Sprintf(`{"nodes": [%s], "organizations": [%s], "faulty_nodes": ["o0v1"], "include_sets": true, "extra": 1}`, strings.Join(nodes, ","), strings.Join(entries, ","))
}

func has(n *edit.Network, keys ...string) bool {
	for _, key := range keys {
		if !slices.Contains(n.Keys(), key) {
			return false
		}
	}
	return true
}

// names says whether some list of the node has the member.
func names(n *edit.Network, node, member string) (found bool) {
	for i := range n.Nodes {
		if n.Nodes[i].Key == node && n.Nodes[i].Set != nil {
			n.Nodes[i].Set.Lists(func(s *edit.Set) { found = found || slices.Contains(s.Validators, member) })
		}
	}
	return found
}

func TestShrink_WhatTheRuleNeedsIsAllThatIsLeft(t *testing.T) {
	rule := func(n *edit.Network) bool {
		return has(n, "o1v2", "o4v3") && names(n, "o1v2", "o4v3")
	}
	got, err := shrink.Shrink(t.Context(), []byte(symmetric(8, 6)), target, shows(rule), shrink.Options{KeepNames: true})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
"nodes": [
{"publicKey": "o1v2", "quorumSet": {"threshold": 1, "validators": ["o4v3"], "innerQuorumSets": []}},
{"publicKey": "o4v3"}],
"include_sets": true
}
`
	if string(got.Body) != want {
		t.Errorf("got %s", got.Body)
	}
	if !got.Minimal || got.Nodes != 2 || got.Members != 1 || got.StartNodes != 24 || got.StartMembers != 24*32 || got.Result.Nodes != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestShrink_ShortNamesFollowOrganizationsAndOnlyWhereTheTargetStillShows(t *testing.T) {
	three := func(n *edit.Network) bool { return len(n.Nodes) >= 3 && len(n.Organizations) > 0 }
	got, err := shrink.Shrink(t.Context(), []byte(symmetric(2, 2)), target, shows(three), shrink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := edit.Read(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if keys := n.Keys(); !slices.Equal(keys, []string{"a", "b", "c"}) && !slices.Equal(keys, []string{"a1", "a2", "a3"}) {
		t.Errorf("keys %v, want short ones", keys)
	}
	for name, old := range got.Names {
		if !strings.HasPrefix(old, "o") || len(name) > 2 {
			t.Errorf("%s was %s", name, old)
		}
	}
	byName := func(n *edit.Network) bool { return has(n, "o0v1") }
	got, err = shrink.Shrink(t.Context(), []byte(symmetric(2, 2)), target, shows(byName), shrink.Options{})
	if err != nil || got.Names != nil || !strings.Contains(string(got.Body), "o0v1") {
		t.Errorf("%v: %s, want the name kept that shows it", err, got.Body)
	}
}

func TestShrink_WhatDoesNotShowTheTargetAtTheStartIsAClearError(t *testing.T) {
	never := shows(func(*edit.Network) bool { return false })
	_, err := shrink.Shrink(t.Context(), []byte(symmetric(2, 2)), target, never, shrink.Options{})
	if !errors.Is(err, shrink.ErrNotShown) || !strings.Contains(err.Error(), "want candidate_wrong on top_tier, got agree") {
		t.Errorf("got %v", err)
	}
	failing := func(context.Context, []byte) (compare.Result, error) {
		return compare.Result{}, errors.New("no answer")
	}
	if _, err = shrink.Shrink(t.Context(), []byte(symmetric(2, 2)), target, failing, shrink.Options{}); !errors.Is(err, shrink.ErrNotShown) || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("got %v", err)
	}
	if _, err = shrink.Shrink(t.Context(), []byte(`{"nodes": 3}`), target, never, shrink.Options{}); err == nil || !strings.Contains(err.Error(), "nodes: must be an array") {
		t.Errorf("got %v", err)
	}
}

func TestShrink_AnAskThatFailsDoesNotShowIt(t *testing.T) {
	needs := shows(func(n *edit.Network) bool { return has(n, "o0v1") })
	ask := func(ctx context.Context, body []byte) (compare.Result, error) {
		if !strings.Contains(string(body), "o1v1") {
			return compare.Result{}, errors.New("a side fell over")
		}
		return needs(ctx, body)
	}
	got, err := shrink.Shrink(t.Context(), []byte(symmetric(4, 3)), target, ask, shrink.Options{KeepNames: true})
	if err != nil || got.Nodes != 2 || !strings.Contains(string(got.Body), "o1v1") {
		t.Errorf("%v: %s; want the second key kept", err, got.Body)
	}
}

func TestShrink_NothingIsAskedTwiceAndTheSameAnswersLeadTheSameWay(t *testing.T) {
	var first []string
	for round := range 2 {
		var bodies []string
		rule := shows(func(n *edit.Network) bool { return len(n.Nodes) >= 2 && n.Nodes[0].Set != nil })
		ask := func(ctx context.Context, body []byte) (compare.Result, error) {
			bodies = append(bodies, string(body))
			return rule(ctx, body)
		}
		steps := 0
		got, err := shrink.Shrink(t.Context(), []byte(symmetric(5, 4)), target, ask, shrink.Options{Progress: func(shrink.Step) { steps++ }})
		if err != nil || got.Asked != len(bodies) || steps != len(bodies) {
			t.Fatalf("%v: asked %d, told %d, saw %d", err, got.Asked, steps, len(bodies))
		}
		if round == 0 {
			first = bodies
		} else if !slices.Equal(first, bodies) {
			t.Error("the second search went another way")
		}
		if sorted := slices.Sorted(slices.Values(bodies)); len(slices.Compact(sorted)) != len(bodies) {
			t.Error("something was asked twice")
		}
	}
}

func TestShrink_WhereAsksOrTimeEndTheSmallestSoFarIsTheResult(t *testing.T) {
	rule := func(n *edit.Network) bool { return has(n, "o3v3") }
	got, err := shrink.Shrink(t.Context(), []byte(symmetric(6, 4)), target, shows(rule), shrink.Options{MaxAsks: 4})
	if err != nil || got.Minimal || got.Stopped != "asks" || got.Asked != 4 || got.Nodes >= got.StartNodes {
		t.Errorf("%v: %+v", err, got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	progress := func(s shrink.Step) {
		if s.Asked == 5 {
			cancel()
		}
	}
	got, err = shrink.Shrink(ctx, []byte(symmetric(6, 4)), target, shows(rule), shrink.Options{Progress: progress})
	if err != nil || got.Minimal || got.Stopped != "time" || got.Asked != 5 || got.Nodes >= got.StartNodes {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestShrink_ADefectDoesNotTurnIntoAnotherOneOfLessNodes(t *testing.T) {
	ask := func(_ context.Context, body []byte) (compare.Result, error) {
		n, err := edit.Read(body)
		if err != nil {
			return compare.Result{}, err
		}
		class := "R3"
		if len(n.Nodes) >= 5 {
			class = "R5"
		}
		ruling := compare.Ruling{Verdict: compare.VerdictPrimaryWrong, Class: class}
		return compare.Result{Metrics: []compare.MetricResult{{Metric: "top_tier", Verdict: ruling.Verdict, Rulings: []compare.Ruling{ruling}}}}, nil
	}
	for class, nodes := range map[string]int{"R5": 5, "": 0} {
		want := shrink.Target{Metric: "top_tier", Verdict: compare.VerdictPrimaryWrong, Class: class}
		got, err := shrink.Shrink(t.Context(), []byte(symmetric(3, 2)), want, ask, shrink.Options{})
		if err != nil || got.Nodes != nodes {
			t.Errorf("class %q: %v, %d nodes, want %d", class, err, got.Nodes, nodes)
		}
	}
}

// TestShrink_TheResultOfAnyRuleShowsItIsOneMinimalAndNeverLarger draws networks
// and rules about them, and looks for a single step that the search missed.
func TestShrink_TheResultOfAnyRuleShowsItIsOneMinimalAndNeverLarger(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 1))
		body := randomNetwork(random)
		rule := randomRule(random, body)
		ask := shows(rule)
		got, err := shrink.Shrink(t.Context(), []byte(body), target, ask, shrink.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		small, err := edit.Read(got.Body)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !rule(small) || !target.Shown(got.Result) || !got.Minimal {
			t.Fatalf("seed %d: does not show it: %s", seed, got.Body)
		}
		if got.Nodes > got.StartNodes || got.Members > got.StartMembers {
			t.Fatalf("seed %d: larger: %+v", seed, got)
		}
		if missed := smaller(small, rule); missed != "" {
			t.Fatalf("seed %d: one step less still shows it\n%s\nfrom %s", seed, missed, got.Body)
		}
	}
}

func randomNetwork(random *rand.Rand) string {
	n := &edit.Network{}
	count := 3 + random.IntN(6)
	set := func(inner int) *edit.Set {
		s := &edit.Set{Threshold: random.IntN(4)}
		for range random.IntN(4) {
			s.Validators = append(s.Validators, fmt.Sprintf("k%d", random.IntN(count+1)))
		}
		for range inner {
			s.Inner = append(s.Inner, edit.Set{Threshold: 1 + random.IntN(2), Validators: []string{fmt.Sprintf("k%d", random.IntN(count)), "k0"}})
		}
		return s
	}
	for i := range count {
		node := edit.Node{Key: fmt.Sprintf("k%d", i)}
		if random.IntN(5) > 0 {
			node.Set = set(random.IntN(3))
		}
		n.Nodes = append(n.Nodes, node)
	}
	for i := range random.IntN(3) {
		n.Organizations = append(n.Organizations, edit.Organization{Validators: []string{fmt.Sprintf("k%d", i), fmt.Sprintf("k%d", i+1)}})
	}
	return string(n.Bytes())
}

// randomRule is about counts that names do not change; it holds for body.
func randomRule(random *rand.Rand, body string) func(*edit.Network) bool {
	features := func(n *edit.Network) [5]int {
		f := [5]int{0: len(n.Nodes), 4: len(n.Organizations)}
		n.Lists(func(s *edit.Set) {
			f[1] += s.Members()
			f[2] += len(s.Inner)
			f[3] = max(f[3], s.Threshold)
		})
		return f
	}
	n, err := edit.Read([]byte(body))
	if err != nil {
		panic(err)
	}
	least := features(n)
	for i := range least {
		least[i] = random.IntN(least[i] + 1)
	}
	odd := random.IntN(3) == 0
	whole := features(n)
	return func(n *edit.Network) bool {
		f := features(n)
		for i := range f {
			if f[i] < least[i] {
				return false
			}
		}
		return !odd || f[0]%2 == whole[0]%2
	}
}

// smaller takes each node, member and organization away, in each way, and lowers
// each threshold: written without the steps of the search.
func smaller(n *edit.Network, rule func(*edit.Network) bool) string {
	check := func(change func(*edit.Network)) string {
		c := n.Clone()
		change(c)
		if rule(c) {
			return string(c.Bytes())
		}
		return ""
	}
	var found []string
	for _, loss := range []edit.Loss{edit.Keep, edit.Lower, edit.Scale} {
		for i := range n.Nodes {
			found = append(found, check(func(c *edit.Network) { c.Remove(loss, i) }))
		}
		at := 0
		n.Lists(func(s *edit.Set) {
			for member := range s.Members() {
				found = append(found, check(func(c *edit.Network) { nth(c, at).RemoveMember(loss, member) }))
			}
			if like := s.String(); s.Threshold > 1 { // in all equal lists: two sets that differ are no simpler than one
				found = append(found, check(func(c *edit.Network) {
					c.Lists(func(other *edit.Set) {
						if other.String() == like {
							other.Threshold--
						}
					})
				}))
			}
			at++
		})
	}
	for i := range n.Organizations {
		found = append(found, check(func(c *edit.Network) { c.Organizations = slices.Delete(c.Organizations, i, i+1) }))
	}
	return strings.Join(slices.DeleteFunc(found, func(s string) bool { return s == "" }), "\n")
}

func nth(n *edit.Network, at int) (list *edit.Set) {
	n.Lists(func(s *edit.Set) {
		if at == 0 {
			list = s
		}
		at--
	})
	return list
}
