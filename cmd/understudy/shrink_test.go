package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/compare"
	"understudy/compare/shrink"
	"understudy/engine/api"
	"understudy/examples"
)

// oneMixed is a network of organizations of three, everybody asking for k of them,
// but for one validator of one organization, who asks for one more.
func oneMixed(t *testing.T, organizations int) string {
	t.Helper()
	sample := examples.AlmostSymmetric(examples.AlmostSymmetricConfig{Seed: 4, Organizations: organizations, Careful: 1})
	file := filepath.Join(t.TempDir(), "network.json")
	if err := os.WriteFile(file, sample.JSON(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// realScanner runs the Rust scanner as long as the test.
func realScanner(t *testing.T) string {
	t.Helper()
	s, err := startScanner(t.Context(), needScanner(t), io.Discard, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.stop(t.Context()) }) // the context has ended: at once
	return s.url
}

// topTiers are the sizes that the scanner and the engine give.
func topTiers(t *testing.T, scanner string, body []byte) (primary, candidate int) {
	t.Helper()
	size := func(answer io.Reader) int {
		var top struct {
			Size int `json:"top_tier_size"`
		}
		if err := json.NewDecoder(answer).Decode(&top); err != nil {
			t.Fatal(err)
		}
		return top.Size
	}
	response, err := http.Post(scanner+"/analyze/top-tier", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	w := httptest.NewRecorder()
	api.Handler(api.Config{}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/analyze/top-tier", strings.NewReader(string(body))))
	return size(response.Body), size(w.Body)
}

func TestShrink_ThirtyNodesWithOneMixedOrganizationBecomeAtMostEightThatTheRealScannerStillGetsWrong(t *testing.T) {
	scanner := realScanner(t)
	command, err := built()
	if err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "bug.md")
	start := time.Now()
	cmd := exec.Command(command, "shrink", oneMixed(t, 10), "--analysis", "top-tier", "--primary", scanner, "--json", "--report", report)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var found shrinkOutput
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d nodes after %d asks, %s", found.Nodes, found.Asked, time.Since(start))
	if found.StartNodes != 30 || found.Nodes > 8 || !found.Minimal || found.Verdict != compare.VerdictPrimaryWrong || found.Class != "R5" {
		t.Errorf("from %d to %d nodes, minimal %t, %s %s", found.StartNodes, found.Nodes, found.Minimal, found.Verdict, found.Class)
	}
	if primary, candidate := topTiers(t, scanner, found.Request); primary >= candidate {
		t.Errorf("top tier of %d and %d: the defect is gone in %s", primary, candidate, found.Request)
	}
	page, err := os.ReadFile(report)
	if err != nil || !strings.Contains(string(page), "# top-tier, top\\_tier: the primary is proven wrong (R5)") {
		t.Errorf("%v: %s", err, page)
	}
}

func TestShrink_TheTargetIsTheGravestDifferenceUnlessNamed(t *testing.T) {
	metric := func(name string, verdict compare.Verdict, class string) compare.MetricResult {
		return compare.MetricResult{Metric: name, Verdict: verdict, Rulings: []compare.Ruling{{Verdict: verdict, Class: class}}}
	}
	start := compare.Result{Verdict: compare.VerdictUndecided, Metrics: []compare.MetricResult{
		{Metric: "quorum_intersection", Verdict: compare.VerdictAgree},
		metric("min_quorum", compare.VerdictPrimaryWrong, "R5"),
		metric("quorum_family", compare.VerdictUndecided, ""),
	}}
	for _, tc := range []struct {
		command shrinkCommand
		want    shrink.Target
	}{
		{shrinkCommand{}, shrink.Target{Metric: "quorum_family", Verdict: compare.VerdictUndecided}},
		{shrinkCommand{Metric: "min_quorum"}, shrink.Target{Metric: "min_quorum", Verdict: compare.VerdictPrimaryWrong, Class: "R5"}},
		{shrinkCommand{Verdict: "primary_wrong"}, shrink.Target{Metric: "min_quorum", Verdict: compare.VerdictPrimaryWrong, Class: "R5"}},
		{shrinkCommand{Verdict: "primary_wrong", AnyClass: true}, shrink.Target{Metric: "min_quorum", Verdict: compare.VerdictPrimaryWrong}},
	} {
		if got, err := tc.command.target(start); err != nil || got != tc.want {
			t.Errorf("%+v: %v, %v", tc.command, got, err)
		}
	}
	for _, tc := range []struct {
		command shrinkCommand
		want    string
	}{
		{shrinkCommand{Metric: "quorum_intersection"}, "nothing to shrink: the network does not show quorum_intersection; it comes to undecided"},
		{shrinkCommand{Verdict: "candidate_wrong"}, "nothing to shrink: the network does not show candidate_wrong; it comes to undecided"},
	} {
		if _, err := tc.command.target(start); err == nil || err.Error() != tc.want {
			t.Errorf("%+v: %v", tc.command, err)
		}
	}
	failed := compare.Result{Verdict: compare.VerdictPrimaryFailed}
	if got, err := new(shrinkCommand).target(failed); err != nil || got != (shrink.Target{Verdict: compare.VerdictPrimaryFailed}) {
		t.Errorf("%v, %v; want the failure", got, err)
	}
	if _, err := (&shrinkCommand{Verdict: "undecided"}).target(failed); err == nil {
		t.Error("a failure is not undecided")
	}
	if _, err := new(shrinkCommand).target(compare.Result{Verdict: compare.VerdictAgree}); fmt.Sprint(err) != "nothing to shrink: the two sides agree" {
		t.Error(err)
	}
}
