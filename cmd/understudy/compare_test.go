package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/compare"
)

func TestScannerSide_NamesEachWayToFail(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/base/analyze/slow":
			<-r.Context().Done()
		case "/base/analyze/reset":
			panic(http.ErrAbortHandler)
		case "/base/analyze/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/base/analyze/late":
			w.WriteHeader(http.StatusGatewayTimeout)
		default:
			w.Write([]byte("{}"))
		}
	}))
	defer server.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, tc := range []struct {
		base, path, failure string
		status              int
	}{
		{server.URL, "/analyze/top-tier", "", 200},
		{server.URL, "/analyze/slow", compare.FailureTimeout, 0},
		{server.URL, "/analyze/reset", compare.FailureReset, 0},
		{server.URL, "/analyze/busy", compare.FailureUnavailable, 503},
		{server.URL, "/analyze/late", compare.FailureTimeout, 504},
		{gone.URL, "/analyze/top-tier", compare.FailureRefused, 0},
	} {
		base, err := url.Parse(tc.base + "/base/")
		if err != nil {
			t.Fatal(err)
		}
		most := time.Minute
		if tc.path == "/analyze/slow" {
			most = 20 * time.Millisecond
		}
		s := &scannerSide{base: base, transport: http.DefaultTransport, most: most}
		if reply := s.ask(t.Context(), question{path: tc.path}); reply.Failure != tc.failure || reply.Status != tc.status {
			t.Errorf("%s: %q status %d, want %q status %d", tc.path, reply.Failure, reply.Status, tc.failure, tc.status)
		}
	}
}

func TestConclusion_AWrongCandidateComesBeforeWhatIsMissing(t *testing.T) {
	metric := func(verdict compare.Verdict) compare.Result {
		return compare.Result{Outcome: compare.Differ, Metrics: []compare.MetricResult{{Verdict: verdict}}}
	}
	for _, tc := range []struct {
		name    string
		results []compare.Result
		code    int
	}{
		{"agree", []compare.Result{metric(compare.VerdictAgree)}, exitOK},
		{"the primary is wrong", []compare.Result{metric(compare.VerdictPrimaryWrong)}, exitOK},
		{"read differently", []compare.Result{metric(compare.VerdictInputSkew)}, exitOK},
		{"undecided", []compare.Result{metric(compare.VerdictAgree), metric(compare.VerdictUndecided)}, exitIncomplete},
		{"a side failed", []compare.Result{metric(compare.VerdictAgree), {Outcome: compare.PrimaryFailed}}, exitIncomplete},
		{"inconclusive", []compare.Result{metric(compare.VerdictAgree), {Outcome: compare.Inconclusive}}, exitIncomplete},
		{"nothing", nil, exitIncomplete},
		{"all at once", []compare.Result{{Outcome: compare.BothFailed}, metric(compare.VerdictUndecided), metric(compare.VerdictCandidateWrong)}, exitFailed},
	} {
		var total conclusion
		for _, r := range tc.results {
			total.add(r)
		}
		if code := exitCode(total.exit()); code != tc.code {
			t.Errorf("%s: exit code %d, want %d", tc.name, code, tc.code)
		}
	}
}

func TestReplayReport_ShowsTheGravestDifferenceHoweverManyThereAre(t *testing.T) {
	r := newReplayReport(&compareCommand{}, 30)
	for i := range 30 {
		verdict := compare.VerdictPrimaryWrong
		if i == 29 {
			verdict = compare.VerdictCandidateWrong
		}
		result := compare.Result{Outcome: compare.Differ, Verdict: verdict, Metrics: []compare.MetricResult{{Metric: compare.MetricTopTier, Verdict: verdict, Outcome: compare.Differ}}}
		r.add(&subjectReport{Source: fmt.Sprint(i), Verdict: verdict, Comparisons: []comparison{{judged: judged{"top-tier", result}}}})
	}
	r.finish()
	var out strings.Builder
	r.show(&out, false)
	shown, rest := strings.Index(out.String(), "29: top-tier"), strings.Index(out.String(), "and 10 more differences")
	if shown < 0 || rest < shown || strings.Index(out.String(), "0: top-tier") < shown {
		t.Errorf("the candidate's error is not the first difference:\n%s", out.String())
	}
}

func TestSameValues_EvidenceAndOrderAreNoValues(t *testing.T) {
	const family = `{"min_size":2,"total_sets":2,"example_set":["a","b"],"has_split":false,"sets":[["a","b"],["c","d"]],"execution_time_ms":1}`
	for _, tc := range []struct {
		name, analysis, a, b, differs string
	}{
		{"another example", "blocking-sets", family, `{"min_size":2,"total_sets":2,"example_set":["c","d"],"sets":[["d","c"],["b","a"]]}`, ""},
		{"another set", "blocking-sets", family, `{"min_size":2,"total_sets":2,"example_set":["a","b"],"sets":[["a","b"],["c","e"]]}`, "blocking_family"},
		{"another size", "splitting-sets", family, strings.Replace(family, `"min_size":2`, `"min_size":1`, 1), "min_splitting"},
		{"split", "splitting-sets", family, strings.Replace(family, "false", "true", 1), "min_splitting"},
		{"one more", "blocking-sets", family, strings.Replace(family, `"total_sets":2`, `"total_sets":3`, 1), "blocking_family"},
		{"no count", "blocking-sets", family, strings.Replace(family, `"total_sets":2`, `"total_sets":-1`, 1), "blocking_family"},
		{"order", "top-tier", `{"top_tier":["a","b"],"top_tier_size":2}`, `{"top_tier":["b","a"],"top_tier_size":2}`, ""},
		{"member", "top-tier", `{"top_tier":["a","b"],"top_tier_size":2}`, `{"top_tier":["a","c"],"top_tier_size":2}`, "top_tier"},
		{"quorum set", "symmetric-top-tier", `{"symmetric_top_tier":null}`, `{"symmetric_top_tier":{"threshold":1,"validators":["a"]}}`, "symmetric_top_tier"},
	} {
		same := sameValues(tc.analysis, [2]compare.Reply{{Status: 200, Body: []byte(tc.a)}, {Status: 200, Body: []byte(tc.b)}})
		if same == nil {
			t.Fatalf("%s: can't be read", tc.name)
		}
		for metric, is := range same {
			if is == (metric == tc.differs) {
				t.Errorf("%s: %s the same: %v", tc.name, metric, is)
			}
		}
	}
	if sameValues("top-tier", [2]compare.Reply{{Status: 500}, {Status: 200, Body: []byte("{}")}}) != nil {
		t.Error("a failed answer has values")
	}
}

// runCompare runs the command as people build it.
func runCompare(t *testing.T, args ...string) (report replayReport, code int) {
	t.Helper()
	command, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command, append([]string{"compare", "--json"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%q: %v\n%s", out, err, stderr.Bytes())
	}
	return report, cmd.ProcessState.ExitCode()
}

func TestCompare_OfTheRealScannerEveryDifferenceOnTheExamplesIsProvenItsOwn(t *testing.T) {
	scanner, err := startScanner(t.Context(), needScanner(t), t.Output(), logSettings{}.logger(t.Output()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := scanner.stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	examples := filepath.Join("..", "..", "examples")
	report, code := runCompare(t, "--primary", scanner.url, "--include-sets",
		filepath.Join(examples, "careful-validator.json"), filepath.Join(examples, "three-of-four.json"), filepath.Join(examples, "already-split.json"))
	if code != exitOK || report.Questions != 54 || report.Verdicts["primary_wrong"] == 0 || report.Verdicts["agree"]+report.Verdicts["primary_wrong"] != 54 {
		t.Errorf("exit code %d, %d questions, verdicts %v", code, report.Questions, report.Verdicts)
	}
	classes := make(map[string]bool)
	for _, s := range report.Subjects {
		for _, c := range s.Comparisons {
			for _, m := range c.Metrics {
				for _, r := range m.Rulings {
					if r.Proof == nil || r.Proof.Sentence == "" {
						t.Errorf("%s %s %s: %s without a proof", s.Source, c.Analysis, m.Metric, r.Verdict)
					}
					classes[r.Class] = true
				}
			}
		}
	}
	if !classes["R5"] {
		t.Errorf("classes %v, want R5 among them: the scanner loses quorums of careful-validator.json", classes)
	}
	noise, code := runCompare(t, "--primary", scanner.url, "--noise", filepath.Join(examples, "careful-validator.json"))
	if code != exitOK || noise.Noise == nil || !noise.Noise.Repeatable || noise.Noise.Asked != 18 {
		t.Errorf("exit code %d, noise %+v", code, noise.Noise)
	}
}
