package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"understudy/internal/precondition"
)

func TestServe_APrimaryThatIsGoneIs502UntilItIsBackAndTheSidecarStaysReady(t *testing.T) {
	primary := primaryAt(t, "127.0.0.1:0")
	address := primary.Listener.Addr().String()
	primary.Close()
	s := serveFor(t, "http://"+address)
	if log := s.logged(); !strings.Contains(log, "the primary is not reachable; requests get 502 until it is") {
		t.Errorf("nothing in the log about the primary at start:\n%s", log)
	}
	if status, _, _ := s.ask("/analyze/top-tier"); status != http.StatusBadGateway {
		t.Errorf("status %d without a primary, want 502", status)
	}
	if r := s.readyz(); r.PrimaryReachable {
		t.Errorf("readyz %+v, want the primary unreachable", r)
	}

	primaryAt(t, address)
	status, servedBy, exchange := s.ask("/analyze/top-tier")
	if status != http.StatusOK || servedBy != "primary" {
		t.Errorf("status %d by %q with the primary back, want 200 by primary", status, servedBy)
	}
	if e := s.outcome(exchange); e.Outcome != "agree" {
		t.Errorf("outcome %q, want agree", e.Outcome)
	}
	if r := s.readyz(); !r.PrimaryReachable {
		t.Errorf("readyz %+v, want the primary reachable", r)
	}
}

func TestServe_AKilledWorkerIsReplacedAndNoClientNotices(t *testing.T) {
	s := serveFor(t, primaryAt(t, "127.0.0.1:0").URL, "--no-arbiter")
	workers := childrenOf(t, s.cmd.Process.Pid)
	if len(workers) != 1 {
		t.Fatalf("children %v, want one worker", workers)
	}
	if err := syscall.Kill(workers[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if status, servedBy, _ := s.ask("/analyze/top-tier"); status != http.StatusOK || servedBy != "primary" {
		t.Errorf("status %d by %q, want 200 by primary", status, servedBy)
	}
	eventually(t, "a new worker is up", func() bool {
		r := s.readyz()
		return r.Workers.Alive == 1 && r.Workers.Restarts["crash"] == 1
	})
	if _, _, exchange := s.ask("/analyze/top-tier"); s.outcome(exchange).Outcome != "agree" {
		t.Errorf("the new worker's exchange %+v, want agree", s.outcome(exchange))
	}
}

func TestServe_WorkersEndWithAKilledSidecar(t *testing.T) {
	s := serveFor(t, primaryAt(t, "127.0.0.1:0").URL)
	workers := childrenOf(t, s.cmd.Process.Pid)
	if len(workers) != 2 {
		t.Errorf("children %v, want a worker and the arbiter", workers)
	}
	s.signal(syscall.SIGKILL)
	<-s.ended
	for _, pid := range workers {
		eventually(t, fmt.Sprintf("worker %d has ended", pid), func() bool { return gone(pid) })
	}
}

// childrenOf lists the children of a process.
func childrenOf(t testing.TB, pid int) []int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil || len(lists) == 0 {
		precondition.Missing(t, "the children of a process can not be listed here")
	}
	var children []int
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // a thread that has ended
		}
		for _, field := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, child)
		}
	}
	return children
}

// gone holds for a process that has ended, collected by its new parent or not.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

// flagFile writes a flag file with the ceiling and the kill switch.
func flagFile(t *testing.T, path string, ceiling int, enabled bool) {
	t.Helper()
	text := fmt.Sprintf(`{"flags": {
	  "understudy.serve_ceiling_percent": {"state": "ENABLED", "variants": {"v": %d}, "defaultVariant": "v"},
	  "understudy.enabled": {"state": "ENABLED", "variants": {"v": %v}, "defaultVariant": "v"}}}`, ceiling, enabled)
	replace(t, path, text)
}

func replace(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func TestServe_AFlagFileThatIsEditedBrokenOrRemovedDoesWhatTheDesignSays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flags.json")
	flagFile(t, path, 100, true)
	s := serveFor(t, primaryAt(t, "127.0.0.1:0").URL, "--stage", "full", "--flags", path, "--serve-patience", "1m", "--compare-budget", "1m")
	by := func(want string) {
		t.Helper()
		if _, servedBy, _ := s.ask("/analyze/top-tier"); !strings.HasPrefix(servedBy, want) {
			t.Errorf("served by %q, want %s; %+v", servedBy, want, s.readyz())
		}
	}
	by("candidate")

	flagFile(t, path, 100, false) // the kill switch
	eventually(t, "the kill switch works", func() bool { return s.readyz().ServePercent == 0 })
	by("primary")

	flagFile(t, path, 100, true)
	eventually(t, "the kill switch is back", func() bool { return s.readyz().ServePercent == 100 })

	replace(t, path, `{"flags": `) // never replaces good flags
	eventually(t, "the flags are stale", func() bool { return s.readyz().Flags == "stale" })
	if r := s.readyz(); r.ServePercent != 100 || r.FlagsProblem == "" {
		t.Errorf("readyz %+v, want the last good values and the problem", r)
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the file is missed", func() bool { return strings.Contains(s.readyz().FlagsProblem, "no such file") })
	if r := s.readyz(); r.Flags != "stale" || r.ServePercent != 100 {
		t.Errorf("readyz %+v, want the last good values", r)
	}

	flagFile(t, path, 0, true)
	eventually(t, "the new file counts", func() bool { r := s.readyz(); return r.Flags == "fresh" && r.ServePercent == 0 })
}

func TestServe_WithoutAFlagFileThatWasEverGoodNothingIsServedByTheCandidate(t *testing.T) {
	s := serveFor(t, primaryAt(t, "127.0.0.1:0").URL, "--stage", "full", "--flags", filepath.Join(t.TempDir(), "missing.json"))
	status, servedBy, exchange := s.ask("/analyze/top-tier")
	if status != http.StatusOK || servedBy != "primary" {
		t.Errorf("status %d by %q, want 200 by primary", status, servedBy)
	}
	if e := s.outcome(exchange); e.Outcome != "agree" {
		t.Errorf("outcome %q, want the mirror to go on", e.Outcome)
	}
	if r := s.readyz(); r.Flags != "defaults" || r.FlagsProblem == "" {
		t.Errorf("readyz %+v, want defaults with a problem", r)
	}
}

func TestServe_ACandidateThatIsGoneLeavesTheSidecarReadyAndTheClientsServed(t *testing.T) {
	gone := primaryAt(t, "127.0.0.1:0")
	gone.Close()
	s := serveFor(t, primaryAt(t, "127.0.0.1:0").URL, "--candidate", gone.URL, "--stage", "full")
	status, servedBy, exchange := s.ask("/analyze/top-tier")
	if status != http.StatusOK || !strings.HasPrefix(servedBy, "primary") {
		t.Errorf("status %d by %q, want 200 by primary", status, servedBy)
	}
	if e := s.outcome(exchange); e.Outcome != "candidate_failed" || e.Candidate.Failure != "refused" {
		t.Errorf("outcome %q, candidate %+v; want candidate_failed, refused", e.Outcome, e.Candidate)
	}
	s.readyz()
}

func TestServe_ATerminationLetsTheRequestAndItsCopyFinish(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	primary := primaryWith(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-release
		io.WriteString(w, topTierAnswer)
	})
	s := serveFor(t, primary.URL)
	type answer struct {
		status   int
		exchange string
	}
	answers := make(chan answer, 1)
	go func() {
		response, err := http.Post(s.data+"/analyze/top-tier", "application/json", strings.NewReader(threeOfFour))
		if err != nil {
			answers <- answer{}
			return
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
		answers <- answer{response.StatusCode, response.Header.Get("X-Understudy-Exchange")}
	}()
	<-arrived
	s.signal(syscall.SIGTERM)
	eventually(t, "readiness is taken back", func() bool {
		response, err := http.Get(s.ops + "/readyz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusServiceUnavailable
	})
	close(release)
	a := <-answers
	<-s.ended
	if a.status != http.StatusOK || s.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("status %d, exit code %d; want 200, 0", a.status, s.cmd.ProcessState.ExitCode())
	}
	if e := s.outcome(a.exchange); e.Outcome != "agree" {
		t.Errorf("outcome %q, want agree", e.Outcome)
	}
}

func TestServe_TheOperationsPlaneHasMetricsAndLivenessAndNothingOfTheDataPlane(t *testing.T) {
	s := serveFor(t, primaryAt(t, "127.0.0.1:0").URL)
	_, _, exchange := s.ask("/analyze/top-tier")
	s.outcome(exchange)
	for path, want := range map[string]string{
		"/livez":            `"alive"`,
		"/metrics":          "understudy_verdicts_total{metric=\"top_tier\",verdict=\"agree\"} 1\n",
		"/readyz":           "\"agree\": 1",
		"/analyze/top-tier": "404 page not found",
	} {
		response, err := http.Get(s.ops + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %v, %.200s; want %s", path, err, body, want)
		}
	}
	if response, err := http.Get(s.data + "/metrics"); err != nil {
		t.Error(err)
	} else {
		defer response.Body.Close()
		if body, _ := io.ReadAll(response.Body); string(body) != topTierAnswer {
			t.Errorf("data plane /metrics says %.100s, want what the primary says", body)
		}
	}
}

func TestServe_ADefectOfThePrimaryIsInTheLedgerWithItsProof(t *testing.T) {
	const tooSmall = `{"top_tier": ["a", "b", "c"], "top_tier_size": 3, "execution_time_ms": 1, "cache_hit": false}`
	primary := primaryWith(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, tooSmall) })
	s := serveFor(t, primary.URL)
	for range 2 {
		_, _, exchange := s.ask("/analyze/top-tier")
		if e := s.outcome(exchange); e.Verdict != "primary_wrong" {
			t.Fatalf("verdict %q, want primary_wrong: %+v", e.Verdict, e)
		}
	}
	response, err := http.Get(s.ops + "/api/v1/defects")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"verdict":"primary_wrong"`, `"metric":"top_tier"`, `"count":2`, `which the top tier of the primary lacks`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in the ledger: %s", want, body)
		}
	}
}
