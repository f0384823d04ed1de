package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"understudy/cmd/understudy/internal/backend"
	"understudy/cmd/understudy/internal/workload"
	"understudy/engine/api"
	"understudy/engine/fbas"
	"understudy/rollout"
	"understudy/store"
)

// The rollout as a whole: real processes, a policy that is quick enough to watch,
// and a primary that is always right, so that whatever a client gets beside the
// primary's very bytes must be an agreeing answer.

const quickPolicy = `
soak_shadow: 1s
soak_canary_1: 1s
soak_canary_10: 2s
soak_canary_50: 1s
soak_full: 1h
rate: 0.5
strict_rate: 0.4
first_served: 1
fail_after: 20
self_test_every: 200ms
unavailable: 10s
cooldown: 1s
cooldown_most: 4s
probes: 20
tick: 200ms
evidence_delay: 2s
`

const operatorSecret = "a-secret-of-the-tests"

// rehearsal is a sidecar with the quick policy in front of a right primary.
type rehearsal struct {
	*served
	t        *testing.T
	primary  *httptest.Server
	dir      string
	scans    int
	network  uint64
	webhooks *inboxServer
}

func rehearse(t *testing.T, policy string, more ...string) *rehearsal {
	t.Helper()
	r := &rehearsal{t: t, dir: t.TempDir(), webhooks: newInboxServer(t)}
	r.primary = httptest.NewServer(api.Handler(api.DefaultConfig()))
	t.Cleanup(r.primary.Close)
	replace(t, r.file("policy.yaml"), policy)
	replace(t, r.file("tokens"), "operator ana "+operatorSecret+"\n")
	replace(t, r.file("faults"), "")
	r.served = r.start(more...)
	return r
}

func (r *rehearsal) file(name string) string { return filepath.Join(r.dir, name) }

// start starts the sidecar, on the store of the one before if there was one.
func (r *rehearsal) start(more ...string) *served {
	r.t.Helper()
	return serveFor(r.t, r.primary.URL, append([]string{
		"--store", r.file("understudy.db"), "--policy", r.file("policy.yaml"), "--tokens", r.file("tokens"),
		"--inject", r.file("faults"), "--burst-quiet", "300ms", "--webhook", r.webhooks.url, "--no-arbiter", "--deep-sample", "0", "--variations-per-hour", "0",
		"--serve-patience", "10s", "--compare-budget", "10s", // a loaded machine is no fault of the candidate
	}, more...)...)
}

// scan plays one scan of a network that was not asked about before, and holds
// every answer to what the primary says.
func (r *rehearsal) scan() {
	r.t.Helper()
	var scan backend.Scan
	for {
		drawn := workload.Draw(5, r.network)
		r.network++
		network, err := fbas.Read(drawn.Request, fbas.DefaultLimits())
		if err != nil || drawn.Large || len(network.Nodes) > 12 {
			continue
		}
		if scan, err = backend.Facade(network); err == nil {
			break
		}
	}
	scan.ID = fmt.Sprintf("rehearsal-%d", r.network)
	for _, answer := range (backend.Client{HTTP: http.DefaultClient}).Play(r.t.Context(), r.data, scan) {
		if answer.Err != nil {
			r.t.Errorf("%s of %s: %v", answer.Path, scan.ID, answer.Err)
		}
	}
	r.scans++
}

// until scans until something holds.
func (r *rehearsal) until(what string, holds func(ctlStatus) bool) ctlStatus {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	defer cancel()
	for {
		is := r.status()
		if holds(is) {
			return is
		}
		if ctx.Err() != nil {
			text, _ := json.MarshalIndent(is, "", " ")
			r.t.Fatalf("not within two minutes: %s; it is\n%s", what, text)
		}
		r.scan()
	}
}

// ctlStatus is as much as these tests read of the API's status.
type ctlStatus struct {
	State     rollout.State `json:"state"`
	Gate      rollout.Gate  `json:"gate"`
	Frozen    []string      `json:"frozen"`
	Effective struct {
		ServePercent float64 `json:"serve_percent"`
		Why          string  `json:"why"`
	} `json:"effective"`
}

func (s ctlStatus) at(stage rollout.Stage, condition rollout.Condition) bool {
	return s.State.Position.Stage == stage && s.State.Position.Condition == condition
}

func (r *rehearsal) status() ctlStatus {
	r.t.Helper()
	var is ctlStatus
	out := r.ctl("status", "--json")
	if err := json.Unmarshal([]byte(out), &is); err != nil {
		r.t.Fatalf("status %s: %v", out, err)
	}
	return is
}

// ctl runs a command that must do.
func (r *rehearsal) ctl(args ...string) string {
	r.t.Helper()
	out, err := r.tryCtl(args...)
	if err != nil {
		r.t.Fatalf("ctl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (r *rehearsal) tryCtl(args ...string) (string, error) {
	cmd := exec.CommandContext(r.t.Context(), "understudy", append(append([]string{"ctl"}, args...), "--ops", r.ops)...)
	cmd.Env = append(os.Environ(), "UNDERSTUDY_TOKEN="+operatorSecret, "GORACE=atexit_sleep_ms=0")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// holdToTruth looks at every exchange that the candidate answered: it must agree.
func (r *rehearsal) holdToTruth(leastServed int) {
	r.t.Helper()
	from, err := store.Open(r.t.Context(), r.file("understudy.db"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer from.Close()
	served := 0
	err = eachExchange(r.t.Context(), from, store.Filter{Source: store.SourceLive}, func(e store.Exchange) bool {
		if e.ServedBy == "candidate" {
			served++
			if e.Verdict != "agree" {
				r.t.Errorf("exchange %s was answered by the candidate and the verdict is %q: %s", e.ID, e.Verdict, e.Note)
			}
		}
		return true
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if served < leastServed {
		r.t.Errorf("the candidate answered %d exchanges of %d scans, want %d or more", served, r.scans, leastServed)
	}
}

// kinds are the changes in the history, oldest first.
func (r *rehearsal) kinds() []string {
	r.t.Helper()
	var history struct {
		Records []struct {
			Change rollout.Change `json:"change"`
		} `json:"records"`
	}
	out := r.ctl("history", "--json")
	if err := json.Unmarshal([]byte(out), &history); err != nil {
		r.t.Fatalf("history %s: %v", out, err)
	}
	var kinds []string
	for _, record := range history.Records {
		if kind := record.Change.Kind; kind != rollout.ChangeVersion { // whenever the primary is asked for it
			kinds = append(kinds, string(kind))
		}
	}
	return kinds
}

// inboxServer takes webhooks.
type inboxServer struct {
	url string

	mu    sync.Mutex // guards texts
	texts []string
}

func newInboxServer(t *testing.T) *inboxServer {
	t.Helper()
	in := &inboxServer{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		in.mu.Lock()
		defer in.mu.Unlock()
		in.texts = append(in.texts, string(body))
	}))
	t.Cleanup(server.Close)
	in.url = server.URL + "/hook"
	return in
}

func (in *inboxServer) heard(word string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, text := range in.texts {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

func TestRollout_EvidenceLeadsToFullAndAKilledSidecarGoesOnWhereItWas(t *testing.T) {
	r := rehearse(t, strings.Replace(quickPolicy, "soak_canary_10: 2s", "soak_canary_10: 6s", 1))
	is := r.until("canary_10", func(s ctlStatus) bool {
		return s.at(rollout.Canary10, rollout.Normal) && s.State.Progress.Soak > time.Second
	})
	if _, err := r.tryCtl("promote"); err == nil {
		t.Error("promoted in the middle of a soak")
	}
	r.signal(syscall.SIGKILL)
	<-r.ended
	r.served = r.start()
	if now := r.status(); !now.at(rollout.Canary10, rollout.Normal) || now.State.Progress.Soak < is.State.Progress.Soak {
		t.Errorf("after a restart at %s with a soak of %s, it was %s", now.State.Position.Stage, now.State.Progress.Soak, is.State.Progress.Soak)
	}
	r.until("full", func(s ctlStatus) bool { return s.at(rollout.Full, rollout.Normal) && s.Effective.ServePercent == 100 })
	for range 3 {
		r.scan()
	}
	r.ctl("history", "--verify")
	if kinds := strings.Join(r.kinds(), " "); strings.Count(kinds, "promoted") != 4 {
		t.Errorf("the history is %s, want four promotions", kinds)
	}
	eventually(t, "the webhook hears of full", func() bool { return r.webhooks.heard(`"full"`) })
	r.signal(syscall.SIGTERM)
	<-r.ended
	r.holdToTruth(3 * 18)
}

func TestRollout_EachFaultOfTheCandidateTripsAndNoClientMeetsIt(t *testing.T) {
	r := rehearse(t, quickPolicy)
	r.until("canary_50", func(s ctlStatus) bool { return s.at(rollout.Canary50, rollout.Normal) })
	for _, fault := range []struct {
		name, inject string
		trigger      string
	}{
		{"every answer is an error", "error 1\n", "errors_in_a_row"},
		{"one answer in three is wrong", "wrong 0.3\n", "wrong_answer"},
		{"half of the answers can't be served", "unservable 0.5\n", ""},
		{"it is gone", "gone\n", ""},
	} {
		stage := r.status().State.Position.Stage
		replace(t, r.file("faults"), fault.inject)
		is := r.until(fault.name, func(s ctlStatus) bool { return s.State.Position.Condition != rollout.Normal })
		trips := is.State.Position.Trips
		if last := trips[len(trips)-1]; fault.trigger != "" && last.Trigger != fault.trigger {
			t.Errorf("%s: tripped by %s, want %s", fault.name, last.Trigger, fault.trigger)
		}
		if is.Effective.ServePercent != 0 {
			t.Errorf("%s: %s", fault.name, is.Effective.Why)
		}
		if out := r.ctl("explain"); !strings.Contains(out, string(is.State.Position.Condition)) {
			t.Errorf("%s: explain does not say %s:\n%s", fault.name, is.State.Position.Condition, out)
		}
		if is.State.Position.Condition == rollout.Aborted {
			break // the third trip of the week
		}
		replace(t, r.file("faults"), "")
		is = r.until("normal again", func(s ctlStatus) bool { return s.State.Position.Condition == rollout.Normal })
		if is.State.Position.Stage >= stage && stage > rollout.Shadow {
			t.Errorf("%s: entered again at %s, it was at %s", fault.name, is.State.Position.Stage, stage)
		}
	}
	if is := r.status(); is.State.Position.Condition != rollout.Aborted {
		t.Errorf("after three trips it is %s", is.State.Position.Condition)
	}
	r.ctl("history", "--verify")
	replace(t, r.file("faults"), "") // else it trips in shadow before anybody looks
	r.scan()
	r.ctl("reset", "--reason", "the faults were ours")
	if is := r.status(); !is.at(rollout.Shadow, rollout.Normal) {
		t.Errorf("after the reset: %+v", is.State.Position)
	}
	eventually(t, "the webhook hears of the trips", func() bool { return r.webhooks.heard("tripped") && r.webhooks.heard("aborted") })
	r.holdToTruth(1)
}

func TestRollout_PeopleHoldOverrideAndResume(t *testing.T) {
	r := rehearse(t, quickPolicy)
	r.ctl("hold", "--reason", "not today")
	r.ctl("override", "100", "--for", "1m", "--reason", "try it")
	if is := r.status(); is.Effective.ServePercent != 100 {
		t.Errorf("under an override of 100: %s", is.Effective.Why)
	}
	r.scan()
	if out, err := r.tryCtl("override", "101", "--for", "1m", "--reason", "more"); err == nil || !strings.Contains(out, "0 to 100") {
		t.Errorf("an override of 101: %v\n%s", err, out)
	}
	r.ctl("override", "off", "--reason", "enough")
	if is := r.status(); is.Effective.ServePercent != 0 || !is.State.Position.Held {
		t.Errorf("after the override: %+v", is)
	}
	r.ctl("resume", "--reason", "today")
	var report bytes.Buffer
	report.WriteString(r.ctl("report"))
	if !strings.Contains(report.String(), "shadow") {
		t.Errorf("the report says\n%s", report.String())
	}
	want := "held override override_ended resumed report"
	if kinds := strings.Join(r.kinds(), " "); !strings.Contains(kinds, want) {
		t.Errorf("the history is %s, want it to hold %s", kinds, want)
	}
	r.holdToTruth(18)
}

func TestRollout_ACandidateThatIsGoneTripsWithoutAnyClientAndARestartRemembersIt(t *testing.T) {
	r := rehearse(t, strings.Replace(quickPolicy, "cooldown: 1s\ncooldown_most: 4s", "cooldown: 1h\ncooldown_most: 8h", 1), "--stage", "canary_10")
	if is := r.status(); !is.at(rollout.Canary10, rollout.Normal) || is.Effective.ServePercent != 10 {
		t.Fatalf("to begin with: %s", is.Effective.Why)
	}
	replace(t, r.file("faults"), "gone\n")
	var tripped ctlStatus
	eventually(t, "it trips", func() bool {
		tripped = r.status()
		return tripped.State.Position.Condition == rollout.Tripped
	})
	if trips := tripped.State.Position.Trips; len(trips) != 1 || trips[0].Trigger != rollout.TriggerSelfTest {
		t.Errorf("tripped by %+v", trips)
	}
	if tripped.Effective.ServePercent != 0 {
		t.Errorf("it still serves: %s", tripped.Effective.Why)
	}
	r.signal(syscall.SIGKILL)
	<-r.ended
	replace(t, r.file("faults"), "")
	r.served = r.start("--stage", "canary_10")
	is := r.status()
	if !is.at(rollout.Canary10, rollout.Tripped) || !is.State.Position.Until.Equal(tripped.State.Position.Until) || is.Effective.ServePercent != 0 {
		t.Errorf("after a restart: %+v, serves %v", is.State.Position, is.Effective.ServePercent)
	}
	r.scan() // the mirror goes on
	r.ctl("history", "--verify")
	r.holdToTruth(0)
}
