package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"understudy/internal/precondition"
)

var builtDir string // removed when all tests have run

// built is the command as people build it. This test binary is the command too,
// but with the race detector, which makes the solver ten times slower.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "understudy-test-")
	if err != nil {
		return "", err
	}
	builtDir = dir
	path := filepath.Join(dir, "understudy")
	build := exec.Command("go", "build", "-trimpath", "-o", path, ".") // as make build does, so that its cache serves
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// runDemo runs the demo to its end and reads its summary.
func runDemo(t *testing.T, args ...string) (summary, int) {
	t.Helper()
	scanner := needScanner(t)
	args = append([]string{"demo", "--once", "--json", "--scanner-dir", scanner, "--store", filepath.Join(t.TempDir(), "demo.db")}, args...)
	command, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var s summary
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatalf("summary %q: %v\n%s", out, err, stderr.Bytes())
	}
	if t.Failed() || cmd.ProcessState.ExitCode() != 0 {
		t.Logf("failures %q, standard error:\n%s", s.Failures, stderr.Bytes())
	}
	return s, cmd.ProcessState.ExitCode()
}

// agreed holds a summary to full agreement over so many questions of one scan.
func agreed(t *testing.T, s summary, code, questions int) {
	t.Helper()
	if code != exitOK || s.Asked != questions || s.Compared != questions || s.Agree != questions || s.Scans != 1 {
		t.Errorf("exit %d, asked %d, compared %d, agree %d, scans %d; want 0, then %d three times, one scan",
			code, s.Asked, s.Compared, s.Agree, s.Scans, questions)
	}
	for _, e := range s.Exchanges {
		for _, m := range e.Metrics {
			if m.Outcome != "agree" {
				t.Errorf("%s %s: %s %s, primary %s, candidate %s", e.Analysis, e.Level, m.Metric, m.Outcome, m.Primary, m.Candidate)
			}
		}
	}
}

// holds wants one exchange of the analysis on the level to say the value, on both
// sides.
func holds(t *testing.T, s summary, analysis, level, metric, value string) {
	t.Helper()
	var seen []string
	for _, e := range s.Exchanges {
		for _, m := range e.Metrics {
			if e.Analysis != analysis || e.Level != level || m.Metric != metric {
				continue
			}
			if m.Primary == value && m.Candidate == value {
				return
			}
			seen = append(seen, m.Primary+"|"+m.Candidate)
		}
	}
	t.Errorf("%s %s: %s is %v, want %s on both sides", analysis, level, metric, seen, value)
}

func TestDemo_TheSampleNetworkAgreesWithTheRustScannerInAllEighteenQuestions(t *testing.T) {
	s, code := runDemo(t)
	agreed(t, s, code, 18)
	holds(t, s, "top-tier", "none", "top_tier", "21")
	holds(t, s, "blocking-sets", "none", "min_blocking", "6")
	holds(t, s, "blocking-sets", "none", "min_blocking", "5") // beside the faulty validator
	if s.ServedBy["primary"] != 18 {
		t.Errorf("served by %v, want everything by the primary in stage shadow", s.ServedBy)
	}
}

func TestDemo_TheAdaptersScanWithoutANameIsOneScanOfSeventeenQuestions(t *testing.T) {
	s, code := runDemo(t, "--client", "adapter")
	agreed(t, s, code, 17)
}

func TestDemo_InStageFullTheCandidateAnswersWhatAgrees(t *testing.T) {
	s, code := runDemo(t, "--stage", "full", "--network", filepath.Join("..", "..", "examples", "three-of-four.json"))
	agreed(t, s, code, 18)
	if s.ServedBy["candidate"] != 18 {
		t.Errorf("served by %v, want everything by the candidate", s.ServedBy)
	}
}

func TestDemo_WhereTheRustScannerLosesQuorumsTheDifferenceIsShownAndEverythingCompared(t *testing.T) {
	s, code := runDemo(t, "--network", filepath.Join("..", "..", "examples", "careful-validator.json"))
	if code != exitOK || s.Compared != 18 || s.Differ == 0 {
		t.Errorf("exit %d, compared %d, differ %d; want 0, 18, some", code, s.Compared, s.Differ)
	}
	i := slices.IndexFunc(s.Metrics, func(m metricCount) bool { return m.Metric == "quorum_family" })
	if i < 0 || s.Metrics[i].Differ != 1 || s.Metrics[i].PrimaryWrong != 1 {
		t.Errorf("metrics %v, want quorum_family to differ once, the primary wrong", s.Metrics)
	}
	if s.Verdicts["primary_wrong"] != s.Differ {
		t.Errorf("verdicts %v of %d that differ, want the primary wrong in all", s.Verdicts, s.Differ)
	}
	for _, e := range s.Exchanges {
		for _, m := range e.Metrics {
			if m.Outcome == "agree" {
				continue
			}
			if m.Verdict != "primary_wrong" || len(m.Rulings) == 0 || m.Rulings[0].Sentence == "" || m.Rulings[0].Kind == "" {
				t.Errorf("%s %s: %s is %s, with %+v; want a proof that the primary is wrong", e.Analysis, e.Level, m.Metric, m.Verdict, m.Rulings)
			}
		}
	}
}

// A top tier shows its quorums, so the proof is there in time; a count of sets is
// left to the arbiter, and until it has spoken the primary's answer goes out.
func TestDemo_InStageFullTheCandidateAnswersWhatItIsProvenRightAboutAtOnce(t *testing.T) {
	s, code := runDemo(t, "--stage", "full", "--network", filepath.Join("..", "..", "examples", "careful-validator.json"))
	if code != exitOK || s.Compared != 18 {
		t.Errorf("exit %d, compared %d; want 0, 18", code, s.Compared)
	}
	want := map[string]string{"top-tier": "candidate", "quorums": "primary", "blocking-sets": "primary"}
	for _, e := range s.Exchanges {
		if by := want[e.Analysis]; by != "" && (e.ServedBy != by || e.Verdict != "primary_wrong") {
			t.Errorf("%s %s was answered by the %s, verdict %s; want the %s, primary_wrong", e.Analysis, e.Level, e.ServedBy, e.Verdict, by)
		}
	}
}

func TestDemo_TheLiveSnapshotAgreesWithTheRustScannerOnEveryLevel(t *testing.T) {
	s, code := runDemo(t, "--network", precondition.SharedData(t, "radar-snapshot-2025-11-13.json"))
	agreed(t, s, code, 18)
	holds(t, s, "top-tier", "none", "top_tier", "21")
	holds(t, s, "blocking-sets", "none", "min_blocking", "6")
	holds(t, s, "blocking-sets", "none", "blocking_family", "945")
	holds(t, s, "splitting-sets", "none", "min_splitting", "3")
	holds(t, s, "splitting-sets", "none", "splitting_family", "945")
	holds(t, s, "quorums", "whole", "quorum_intersection", "yes")
	holds(t, s, "quorums", "whole", "min_quorum", "10")
	holds(t, s, "quorums", "whole", "quorum_family", "5103")
	holds(t, s, "symmetric-top-tier", "whole", "symmetric_top_tier", "symmetric")
	levels := make(map[string]int)
	for _, e := range s.Exchanges {
		levels[e.Level]++
	}
	for _, level := range []string{"none", "organization", "country", "isp"} {
		if levels[level] != 4 {
			t.Errorf("%d questions on level %s, want 4", levels[level], level)
		}
	}
}

func TestDemo_TheRecordedScanIsOneScanOfSeventeenComparisonsInFullAgreement(t *testing.T) {
	s, code := runDemo(t, "--requests", precondition.SharedData(t, "recorded-scan"))
	agreed(t, s, code, 17)
}

func TestDemo_ASignalInTheMiddleOfTheScansEndsThemAsIncomplete(t *testing.T) {
	asked := make(chan struct{}, 100)
	primary := primaryWith(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		io.WriteString(w, topTierAnswer)
	})
	cmd := exec.Command("understudy", "demo", "--once", "--client", "adapter", "--scans", "2", "--primary", primary.URL, "--store", filepath.Join(t.TempDir(), "demo.db"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its code is in ProcessState
	if code := cmd.ProcessState.ExitCode(); code != exitIncomplete || stderr.String() != "understudy: incomplete: ended in the middle of the scans\n" {
		t.Errorf("code %d, want %d; %s", code, exitIncomplete, stderr.String())
	}
}

func TestDemo_VaryAsksEachScanButTheFirstAboutAnotherNetwork(t *testing.T) {
	c := demoCommand{Client: "facade", Vary: true}
	first, _, err := c.scan(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{command: &c}
	seen := map[string]bool{}
	for n := range uint64(4) {
		scan, err := d.another(first, n)
		if err != nil {
			t.Fatal(err)
		}
		body := string(scan.Questions[0].Body)
		if scan.Len() != first.Len() || seen[body] || (n == 0) != (body == string(first.Questions[0].Body)) {
			t.Errorf("scan %d has %d questions, about a network that was asked about before: %v", n, scan.Len(), seen[body])
		}
		seen[body] = true
	}
	c.Vary = false
	if scan, err := d.another(first, 3); err != nil || string(scan.Questions[0].Body) != string(first.Questions[0].Body) {
		t.Errorf("without --vary the network is another one: %v", err)
	}
}
