package compare_test

import (
	"bytes"
	"strings"
	"testing"

	"understudy/compare"
)

func TestCompare_AFailureIsNeverAgreement(t *testing.T) {
	r := threeOfFour()
	good := newOracle(r).answer("blocking-sets")
	ok := reply(good)
	with := func(field string, v any) compare.Reply {
		answer := newOracle(r).answer("blocking-sets")
		answer[field] = v
		return reply(answer)
	}
	for _, tc := range []struct {
		name, why          string
		primary, candidate compare.Reply
		want               compare.Outcome
		reason             string
	}{
		{"both answer", "", ok, ok, compare.Agree, ""},
		{"primary 500", "whatever its body says", compare.Reply{Status: 500, Body: ok.Body}, ok, compare.PrimaryFailed, "status 500"},
		{"candidate 504", "", ok, compare.Reply{Status: 504}, compare.CandidateFailed, "status 504"},
		{"candidate 201", "only 200 is an answer", ok, compare.Reply{Status: 201, Body: ok.Body}, compare.CandidateFailed, "status 201"},
		{"candidate times out", "even with a body", ok, compare.Reply{Failure: compare.FailureTimeout, Status: 200, Body: ok.Body}, compare.CandidateFailed, "timeout"},
		{"both refuse", "two 422 are no agreement", compare.Reply{Status: 422}, compare.Reply{Status: 422}, compare.BothFailed, "primary: failed: status 422; candidate: failed: status 422"},
		{"no answer at all", "", compare.Reply{}, compare.Reply{}, compare.BothFailed, "status 0"},
		{"candidate not JSON", "", ok, compare.Reply{Status: 200, Body: []byte("<html>")}, compare.CandidateFailed, "shape: the answer is not JSON"},
		{"candidate cut off", "", ok, compare.Reply{Status: 200, Body: ok.Body[:len(ok.Body)-1]}, compare.CandidateFailed, "shape"},
		{"candidate not UTF-8", "two keys could become one", ok, compare.Reply{Status: 200, Body: bytes.Replace(ok.Body, []byte(`"a"`), []byte("\"\xff\""), 1)}, compare.CandidateFailed, "not UTF-8"},
		{"candidate a list", "", ok, compare.Reply{Status: 200, Body: []byte("[]")}, compare.CandidateFailed, "the answer: want an object"},
		{"mistyped size", "", ok, with("min_size", "2"), compare.CandidateFailed, "shape: min_size: want a whole number"},
		{"fractional size", "", ok, with("min_size", 2.5), compare.CandidateFailed, "min_size"},
		{"null example", "null is no list", with("example_set", nil), ok, compare.PrimaryFailed, "example_set: want a list of strings"},
		{"null in the example", "null is no name", ok, with("example_set", []any{"a", nil}), compare.CandidateFailed, "example_set[1]: want a string"},
		{"candidate incomplete", "a budget is no error", ok, with("complete", false), compare.Inconclusive, "budget"},
		{"primary incomplete", "", with("complete", false), ok, compare.Inconclusive, "budget"},
		{"incomplete and nothing else", "the search may not know more", ok, compare.Reply{Status: 200, Body: []byte(`{"complete":false,"lower_bound":2}`)}, compare.Inconclusive, "budget"},
		{"incomplete against a failure", "the failure is what counts", compare.Reply{Status: 500}, with("complete", false), compare.PrimaryFailed, "status 500"},
		{"complete is no truth", "", ok, with("complete", "yes"), compare.CandidateFailed, "complete: want true or false"},
		{"complete", "", ok, with("complete", true), compare.Agree, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := compare.Compare(r.question("blocking-sets"), tc.primary, tc.candidate, compare.KindRust)
			if got.Outcome != tc.want || !strings.Contains(got.Reason, tc.reason) {
				t.Errorf("%s because %q, want %s because %q (%s)", got.Outcome, got.Reason, tc.want, tc.reason, tc.why)
			}
		})
	}
}

func TestCompare_TellsNoSuchSetFromTheEmptySet(t *testing.T) {
	// min_size is 0 for both.
	none := map[string]any{"min_size": 0, "total_sets": 0, "example_set": []string{}, "has_split": false}
	empty := map[string]any{"min_size": 0, "total_sets": 1, "example_set": []string{}, "has_split": true}
	q := subjects()["disjoint"].question("splitting-sets")
	got := compare.Compare(q, reply(none), reply(empty), compare.KindRust)
	if got.Outcome != compare.Differ || got.Metrics[0].Primary != "none" || got.Metrics[0].Candidate != "0" {
		t.Errorf("%+v", got)
	}
}

func TestCompare_ReadsTotalsOfTheRustScannerOnly(t *testing.T) {
	r := threeOfFour()
	q := r.question("blocking-sets")
	rust := newOracle(r).answer("blocking-sets")
	python := map[string]any{"min_size": 2, "total_sets": 1, "example_set": []string{"a", "x, Inc"}, "execution_time_ms": 1}
	if got := compare.Compare(q, reply(python), reply(rust), compare.KindPython); got.Outcome != compare.Agree || len(got.Metrics) != 1 {
		t.Errorf("python's constant total counts: %+v", got)
	}
	if got := compare.Compare(q, reply(python), reply(rust), compare.KindRust); got.Outcome != compare.Differ {
		t.Errorf("rust's total does not count: %+v", got)
	}
	uncounted := newOracle(r).answer("blocking-sets")
	uncounted["total_sets"] = -1
	got := compare.Compare(q, reply(rust), reply(uncounted), compare.KindRust)
	if got.Outcome != compare.Agree || len(got.Metrics) != 1 || got.Metrics[0].Metric != compare.MetricMinBlocking {
		t.Errorf("a total of -1 is compared: %+v", got)
	}
}

func TestCompare_ReadsThePythonServiceAsItMeansIt(t *testing.T) {
	none := subjects()["no quorum"]
	for _, tc := range []struct {
		name, why, analysis string
		request             request
		python              map[string]any
		want                compare.Outcome
	}{
		{
			"no quorum", "it says that quorums intersect where there are none", "quorums", none,
			map[string]any{"min_size": 0, "total_quorums": 1, "example_quorum": []string{}, "quorum_intersection": true},
			compare.Inconclusive,
		},
		{
			"least quorum", "it never looks for one", "quorums", threeOfFour(),
			map[string]any{"min_size": 0, "total_quorums": 1, "example_quorum": []string{}, "quorum_intersection": true},
			compare.Agree,
		},
		{
			"intersection", "this it does decide", "quorums", threeOfFour(),
			map[string]any{"min_size": 0, "total_quorums": 1, "example_quorum": []string{}, "quorum_intersection": false},
			compare.Differ,
		},
		{
			"nothing to block", "0 is also none", "blocking-sets", none,
			map[string]any{"min_size": 0, "total_sets": 1, "example_set": []string{}},
			compare.Agree,
		},
		{
			"nothing splits", "has_split tells", "splitting-sets", none,
			map[string]any{"min_size": 0, "total_sets": 1, "example_set": []string{}, "has_split": false},
			compare.Agree,
		},
		{
			"split already", "has_split tells", "splitting-sets", none,
			map[string]any{"min_size": 0, "total_sets": 1, "example_set": []string{"b"}, "has_split": true},
			compare.Differ,
		},
		{
			"splitting example", "it shows the second quorum instead, with names", "splitting-sets", threeOfFour(),
			map[string]any{"min_size": 2, "total_sets": 1, "example_set": []string{"b (Foo", "Inc)"}, "has_split": true},
			compare.Agree,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			candidate := reply(newOracle(tc.request).answer(tc.analysis))
			got := compare.Compare(tc.request.question(tc.analysis), reply(tc.python), candidate, compare.KindPython)
			if got.Outcome != tc.want {
				t.Errorf("%+v, want %s: %s", got, tc.want, tc.why)
			}
		})
	}
}

func TestCompare_OneNumberOfOneLevelMakesANetworkAnswerDiffer(t *testing.T) {
	r := threeOfFour()
	right, wrong := newOracle(r).answer("network"), newOracle(r).answer("network")
	wrong["isp"] = map[string]any{"topTierSize": 4, "blockingSetsMinSize": 2, "blockingSetsFilteredMinSize": 1, "splittingSetsMinSize": 2}
	got := compare.Compare(r.question("network"), reply(right), reply(wrong), compare.KindRust)
	for _, m := range got.Metrics {
		if m.Metric == compare.MetricMinBlocking && (m.Outcome != compare.Differ || m.Primary != "isp filtered 2" || m.Candidate != "isp filtered 1") {
			t.Errorf("%+v", m)
		}
		if m.Metric != compare.MetricMinBlocking && m.Outcome != compare.Agree {
			t.Errorf("%+v", m)
		}
	}
	if got.Outcome != compare.Differ {
		t.Error(got.Outcome)
	}
}

func TestCompare_NeverAgreesOnARequestThatItCannotRead(t *testing.T) {
	answer := reply(newOracle(threeOfFour()).answer("top-tier"))
	for name, body := range map[string]string{
		"not JSON":       `{`,
		"no nodes":       `{}`,
		"duplicate keys": `{"nodes":[{"publicKey":"a"},{"publicKey":"a"}]}`,
		"bad faulty":     `{"nodes":[],"faulty_nodes":"a"}`,
		"unknown merge":  `{"nodes":[],"merge_by":"planet"}`,
		"semantics":      `{"nodes":[],"semantics":"python"}`,
		"cleaned":        `{"nodes":[],"clean":true}`,
		"organizations":  `{"nodes":[],"organizations":"x","merge_by":"organization"}`,
	} {
		q := compare.Question{Analysis: "top-tier", Body: []byte(body)}
		if got := compare.Compare(q, answer, answer, compare.KindRust); got.Outcome != compare.Inconclusive || got.Skip != compare.SkipRequest || got.Case == "" {
			t.Errorf("%s: %+v", name, got)
		}
		if compare.Servable(q, answer) == nil {
			t.Errorf("%s: servable", name)
		}
	}
}

func TestCompare_LeavesOtherAnalysesAlone(t *testing.T) {
	got := compare.Compare(threeOfFour().question("history-critical"), reply(1), reply(1), compare.KindRust)
	if got.Outcome != compare.Inconclusive || got.Skip != compare.SkipAnalysis {
		t.Errorf("%+v", got)
	}
}

func TestCompare_ValuesStayShort(t *testing.T) {
	r := threeOfFour()
	wrong := newOracle(r).answer("top-tier")
	long := strings.Repeat("ä", 5000)
	wrong["top_tier"] = []string{long, long, "c"}
	wrong["top_tier_size"] = 3
	got := compare.Compare(r.question("top-tier"), reply(newOracle(r).answer("top-tier")), reply(wrong), compare.KindRust)
	if m := got.Metrics[0]; len(m.Candidate) > 310 || !strings.HasPrefix(m.Primary, "4 (only here: a, b, d)") {
		t.Errorf("%+v", m)
	}
}
