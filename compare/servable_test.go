package compare_test

import (
	"errors"
	"strings"
	"testing"

	"understudy/compare"
)

func TestServable_RefusesWhatMustNotReachAClient(t *testing.T) {
	r := threeOfFour()
	merged := subjects()["merged"]
	for _, tc := range []struct {
		name     string
		request  request
		analysis string
		alter    func(map[string]any)
		want     string // "": servable
	}{
		{"right", r, "blocking-sets", func(map[string]any) {}, ""},
		{"no evidence but the example", r, "splitting-sets", func(a map[string]any) { delete(a, "quorums"); delete(a, "example_members"); delete(a, "sets") }, ""},
		{"incomplete", r, "blocking-sets", func(a map[string]any) { a["complete"] = false }, "budget"},
		{"size of another set", r, "blocking-sets", func(a map[string]any) { a["min_size"] = 3 }, "example has 2 members, not min_size 3"},
		{"does not block", r, "blocking-sets", func(a map[string]any) { a["example_set"] = []string{"a"}; a["min_size"] = 1 }, "{a} does not block"},
		{"not minimal", r, "blocking-sets", func(a map[string]any) { a["example_set"] = letters("abc"); a["min_size"] = 3 }, "blocks without"},
		{"not in the core", r, "quorums", func(a map[string]any) { a["example_quorum"] = letters("abx") }, `"x" is not in the core`},
		{"no quorum at all", r, "quorums", func(a map[string]any) {
			a["min_size"], a["total_quorums"], a["example_quorum"], a["quorum_intersection"], a["sets"], a["example_members"] = 0, 0, []string{}, false, [][]string{}, nil
		}, "is a quorum"},
		{"quorums that share a node", r, "quorums", func(a map[string]any) {
			a["quorum_intersection"] = false
			a["disjoint_quorums"] = [][]string{letters("abc"), letters("bcd")}
		}, "b is in both quorums"},
		{"does not split", r, "splitting-sets", func(a map[string]any) { a["quorums"] = [][]string{letters("c"), letters("cd")} }, "c is in both quorums"},
		{"claims to be split", r, "splitting-sets", func(a map[string]any) { a["has_split"] = true }, "has_split"},
		{"members of another group", merged, "blocking-sets", func(a map[string]any) { a["example_members"] = letters("cd") }, "is reported as {c, d}, not as {AB}"},
		{"members that do not block", merged, "blocking-sets", func(a map[string]any) { a["example_members"] = letters("a") }, "{a} does not block"},
		{"merged splitting without its members", merged, "splitting-sets", func(a map[string]any) { delete(a, "example_members") }, "not its own members"},
		{"merged splitting of nodes in no group", merged, "splitting-sets", func(a map[string]any) {
			a["example_set"], a["min_size"], a["quorums"], a["sets"] = letters("cd"), 2, [][]string{letters("a"), letters("b")}, nil
			delete(a, "example_members")
		}, ""},
		{"a member too many", r, "top-tier", func(a map[string]any) { a["top_tier"] = letters("abcda"); a["top_tier_size"] = 5 }, "more than 1 times"},
		{"a wrong set in the list", r, "blocking-sets", func(a map[string]any) {
			a["sets"] = [][]string{letters("ab"), letters("ac"), letters("ad"), letters("bc"), letters("bd"), letters("cde")}
		}, `"e" is not in the core`},
		{"not symmetric", r, "symmetric-top-tier", func(a map[string]any) { a["symmetric_top_tier"] = set{Threshold: 2, Validators: letters("abcd")} }, "although it is 3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			answer := newOracle(tc.request).answer(tc.analysis)
			tc.alter(answer)
			err := compare.Servable(tc.request.question(tc.analysis), reply(answer))
			switch {
			case tc.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tc.want != "" && (!errors.Is(err, compare.ErrNotServable) || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("error is %v, want one with %q", err, tc.want)
			}
		})
	}
}

func TestServable_NeedsAnAnswer(t *testing.T) {
	q := threeOfFour().question("top-tier")
	for _, r := range []compare.Reply{{}, {Status: 500}, {Status: 200}, {Failure: compare.FailureTimeout}} {
		if !errors.Is(compare.Servable(q, r), compare.ErrNotServable) {
			t.Errorf("%+v is servable", r)
		}
	}
	if !errors.Is(compare.Servable(threeOfFour().question("data-quality"), reply(map[string]any{})), compare.ErrAnalysis) {
		t.Error("an analysis without a neutral form is servable")
	}
}
