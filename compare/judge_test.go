package compare_test

import (
	"strings"
	"testing"

	"understudy/compare"
)

// mixed is the network of the Rust scanner's defect R5: an organization of three
// of which one validator asks for more than the others.
func mixed() request {
	ask := func(threshold int) *set {
		return &set{Threshold: threshold, Validators: letters("bcd"), InnerQuorumSets: []set{{Threshold: 2, Validators: letters("xyz")}}}
	}
	r := request{Nodes: []node{{"x", ask(4)}}}
	for _, key := range letters("yzbcd") {
		r.Nodes = append(r.Nodes, node{key, ask(3)})
	}
	return r
}

// fields are the parts of an answer.
type fields = map[string]any

func TestJudge_SaysWhoIsWrongByWitness(t *testing.T) {
	three, five := threeOfFour(), mixed()
	merged := threeOfFour()
	merged.MergeBy = "organization"
	split := request{}
	for _, pair := range []string{"ab", "cd"} {
		for _, key := range letters(pair) {
			split.Nodes = append(split.Nodes, node{key, &set{Threshold: 2, Validators: letters(pair)}})
		}
	}
	for _, tc := range []struct {
		name     string
		request  request
		analysis string
		wrong    fields // in place of the right answer's
		metric   string
		sentence string // part of the proof's
		sets     int    // of the witness
	}{
		{
			"a quorum is missing from the whole family", five, "quorums",
			fields{"total_quorums": 1, "sets": [][]string{letters("bcd")}, "example_quorum": letters("bcd")},
			compare.MetricQuorumFamily, "is a minimal quorum; the primary's family of 1 does not have it", 1,
		},
		{
			"fewer quorums than are shown", five, "quorums",
			fields{"total_quorums": 1, "sets": nil},
			compare.MetricQuorumFamily, "different minimal quorums are shown; the primary says that there are 1", 2,
		},
		{
			"a member is missing from the top tier", five, "top-tier",
			fields{"top_tier": letters("bcd"), "top_tier_size": 3, "quorums": nil},
			compare.MetricTopTier, "which the top tier of the primary lacks", 1,
		},
		{
			"a blocking set that does not block", five, "blocking-sets",
			fields{"sets": nil, "example_set": letters("xy")},
			compare.MetricMinBlocking, "does not block", 2,
		},
		{
			"a smaller blocking set exists", three, "blocking-sets",
			fields{"min_size": 3, "example_set": letters("abc"), "total_sets": 4, "sets": nil},
			compare.MetricMinBlocking, "blocks without", 1,
		},
		{
			"none, although there is one", three, "blocking-sets",
			fields{"min_size": 0, "total_sets": 0, "example_set": letters(""), "sets": letters("")},
			compare.MetricMinBlocking, "is a quorum", 1,
		},
		{
			"quorums do not intersect", split, "quorums",
			fields{"quorum_intersection": true, "disjoint_quorums": nil},
			compare.MetricIntersection, "are quorums that share no node; the primary says that quorums intersect", 2,
		},
		{
			"a smaller set splits", three, "splitting-sets",
			fields{"min_size": 3, "total_sets": 6, "example_set": letters("abc"), "quorums": nil, "example_members": nil, "sets": nil},
			compare.MetricMinSplitting, "splits: deleting it leaves two disjoint quorums; the primary says that none has fewer than 3", 3,
		},
		{
			"sets split, none are said to", three, "splitting-sets",
			fields{"min_size": 0, "total_sets": 0, "example_set": letters(""), "quorums": nil, "example_members": nil, "sets": letters("")},
			compare.MetricSplittingFamily, "family of 0 has no set within it", 3,
		},
		{
			"not symmetric", three, "symmetric-top-tier",
			fields{"symmetric_top_tier": nil},
			compare.MetricSymmetric, "every one of {a, b, c, d} has the set", 1,
		},
		{
			"a symmetric top tier by other groups", merged, "symmetric-top-tier",
			fields{"symmetric_top_tier": set{Threshold: 3, Validators: letters("abcd")}},
			compare.MetricSymmetric, "although it is", 1,
		},
		{
			"a contradiction", three, "top-tier",
			fields{"top_tier_size": 5},
			compare.MetricTopTier, "size 5 of 4 members", 0,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			right := newOracle(tc.request).answer(tc.analysis)
			wrong := newOracle(tc.request).answer(tc.analysis)
			for field, value := range tc.wrong {
				if wrong[field] = value; value == nil && field != "symmetric_top_tier" {
					delete(wrong, field)
				}
			}
			q := tc.request.question(tc.analysis)
			got := compare.Compare(q, reply(wrong), reply(right), compare.KindRust)
			m := metricOf(t, got, tc.metric)
			if got.Verdict != compare.VerdictPrimaryWrong || m.Verdict != compare.VerdictPrimaryWrong || len(m.Rulings) != 1 || !got.Serves() {
				t.Fatalf("%+v", got)
			}
			proof := m.Rulings[0].Proof
			if !strings.Contains(proof.Sentence, tc.sentence) || len(proof.Sets) != tc.sets || proof.Check == "" || proof.Kind == "" {
				t.Errorf("proof is %+v, want %q and %d sets", proof, tc.sentence, tc.sets)
			}
			swapped := compare.Compare(q, reply(right), reply(wrong), compare.KindRust)
			if m := metricOf(t, swapped, tc.metric); swapped.Verdict != compare.VerdictCandidateWrong || m.Verdict != compare.VerdictCandidateWrong || swapped.Serves() {
				t.Errorf("swapped: %+v", swapped)
			}
		})
	}
}

func metricOf(t *testing.T, r compare.Result, name string) compare.MetricResult {
	t.Helper()
	for _, m := range r.Metrics {
		if m.Metric == name {
			return m
		}
	}
	t.Fatalf("no metric %s in %+v", name, r)
	return compare.MetricResult{}
}

func TestJudge_BothVerdictsStandWhereBothAreRefuted(t *testing.T) {
	q := threeOfFour().question("blocking-sets")
	one := reply(fields{"min_size": 1, "total_sets": 4, "example_set": letters("a")})
	three := reply(fields{"min_size": 3, "total_sets": 4, "example_set": letters("abc")})
	m := metricOf(t, compare.Compare(q, one, three, compare.KindRust), compare.MetricMinBlocking)
	if len(m.Rulings) != 2 || m.Rulings[0].Verdict != compare.VerdictPrimaryWrong || m.Rulings[1].Verdict != compare.VerdictCandidateWrong {
		t.Errorf("%+v", m)
	}
}

func TestJudge_NamesTheDefectThatFits(t *testing.T) {
	repeated := request{}
	for _, key := range letters("abc") {
		repeated.Nodes = append(repeated.Nodes, node{key, &set{Threshold: 3, Validators: letters("aabc")}})
	}
	none := fields{"min_size": 0, "total_sets": 0, "example_set": letters("")}
	for _, tc := range []struct {
		name     string
		request  request
		analysis string
		wrong    fields
		metric   string
		class    string
	}{
		{"a repeated validator, blocking", repeated, "blocking-sets", none, compare.MetricMinBlocking, "R1"},
		{"a repeated validator, top tier", repeated, "top-tier", fields{"top_tier": letters(""), "top_tier_size": 0}, compare.MetricTopTier, "R6"},
		{"sets of an organization differ", mixed(), "top-tier", fields{"top_tier": letters("bcd"), "top_tier_size": 3}, compare.MetricTopTier, "R5"},
		{
			"asymmetric, sets missed", mixed(), "splitting-sets",
			fields{"min_size": 0, "total_sets": 0, "example_set": letters(""), "has_split": false},
			compare.MetricMinSplitting, "R4",
		},
		{"symmetric and sound", threeOfFour(), "blocking-sets", none, compare.MetricMinBlocking, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := compare.Compare(tc.request.question(tc.analysis), reply(tc.wrong), reply(newOracle(tc.request).answer(tc.analysis)), compare.KindRust)
			m := metricOf(t, got, tc.metric)
			if m.Verdict != compare.VerdictPrimaryWrong || m.Rulings[0].Class != tc.class {
				t.Errorf("%+v", m)
			}
		})
	}
}

func TestJudge_NobodyIsWrongAboutWhatTheTwoReadDifferently(t *testing.T) {
	ghost := request{}
	for _, key := range letters("abc") {
		ghost.Nodes = append(ghost.Nodes, node{key, &set{Threshold: 2, Validators: append(letters("abc"), "ghost")}})
	}
	two := fields{"min_size": 2, "total_sets": 1, "example_set": letters("ab")}
	one := fields{"min_size": 1, "total_sets": 3, "example_set": letters("a")}
	option := func(name string, value any) compare.Question {
		body := fields{"nodes": threeOfFour().Nodes, name: value}
		return compare.Question{Analysis: "blocking-sets", Body: encode(body)}
	}
	for _, tc := range []struct {
		name    string
		q       compare.Question
		kind    compare.PrimaryKind
		finding string
	}{
		{"an unknown validator is free to the Python service", ghost.question("blocking-sets"), compare.KindPython, "unknown-validator"},
		{"another semantics", option("semantics", "python"), compare.KindRust, "semantics"},
		{"cleaned first", option("clean", true), compare.KindRust, "clean"},
		{"groups by a field", option("merge_by", "field:homeDomain"), compare.KindRust, "merge_by"},
		{"the Python service does not merge", option("merge_by", "country"), compare.KindPython, "merge_by"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := metricOf(t, compare.Compare(tc.q, reply(one), reply(two), tc.kind), compare.MetricMinBlocking)
			if m.Verdict != compare.VerdictInputSkew || m.Rulings[0].Finding != tc.finding || m.Rulings[0].Proof.Sentence == "" {
				t.Errorf("%+v", m)
			}
		})
	}
}
