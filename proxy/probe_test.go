package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
	"understudy/rollout/breaker"
)

// probing is a breaker that is half-open, what it has told, and what may be asked
// again: exchange "x" is a question about x to which the primary said answer.
type probing struct {
	breaker *breaker.Breaker
	ticks   chan time.Time
	vary    chan time.Time

	mu      sync.Mutex // guards all below
	at      time.Time
	failed  []string
	passed  int
	missing map[string]bool
	broken  error
	corpus  []string
}

func newProbing(suspects ...string) *probing {
	q := &probing{ticks: make(chan time.Time), vary: make(chan time.Time), at: time.Unix(1_800_000_000, 0), missing: map[string]bool{}}
	q.breaker = breaker.New(breaker.Config{Policy: rollout.DefaultPolicy(), Now: q.now, Hooks: breaker.Hooks{
		ProbeFailed:  func(f rollout.ProbeFailed) { q.locked(func() { q.failed = append(q.failed, f.Reason) }) },
		ProbesPassed: func(rollout.ProbesPassed) { q.locked(func() { q.passed++ }) },
	}})
	q.breaker.Set(breaker.HalfOpen, suspects, true)
	return q
}

func (q *probing) locked(do func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	do()
}

func (q *probing) now() (at time.Time) { q.locked(func() { at = q.at }); return at }

func (q *probing) advance(d time.Duration) { q.locked(func() { q.at = q.at.Add(d) }) }

// told is how many probings failed and passed.
func (q *probing) told() (failed, passed int) {
	q.locked(func() { failed, passed = len(q.failed), q.passed })
	return failed, passed
}

func (q *probing) deps(d *proxy.Deps) {
	d.Breaker, d.ProbeTicks, d.Now = q.breaker, q.ticks, q.now
	d.VariationTicks, d.Vary = q.vary, func([]byte, uint64) ([]byte, string, error) { return nil, "", errors.ErrUnsupported }
	d.Stored = func(_ context.Context, exchange string) (proxy.Stored, bool, error) {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.broken != nil || q.missing[exchange] {
			return proxy.Stored{}, false, q.broken
		}
		return proxy.Stored{
			ID: exchange, Analysis: "quorums", Body: []byte(`{"about":"` + exchange + `"}`),
			Primary: compare.Reply{Status: 200, Body: []byte(answer)},
		}, true, nil
	}
	d.Corpus = func(context.Context, int) (list []string, err error) {
		q.locked(func() { list = append(list, q.corpus...) })
		return list, nil
	}
}

// look lets the proxy look once whether there is something to probe, and returns
// when it has: the same goroutine takes both ticks, and there is nothing to vary.
func (q *probing) look() {
	q.ticks <- time.Time{}
	q.vary <- time.Time{}
}

func with(changes ...func(*proxy.Deps)) func(*proxy.Deps) {
	return func(d *proxy.Deps) {
		for _, change := range changes {
			change(d)
		}
	}
}

func TestHalfOpen_NoUserMeetsTheCandidateAndTheMirrorProbes(t *testing.T) {
	q := newProbing()
	h := start(t, setup{stage: rollout.Full, deps: q.deps, config: func(c *proxy.Config) { c.MirrorWorkers = 1 }})
	for i := range 72 {
		if got := h.ask("top-tier", "{}", "X-Scan-ID", fmt.Sprint(i)); got.servedBy != "primary" {
			t.Fatalf("got %+v", got)
		}
		h.recorded(i + 1)
		if passed := h.metric("breaker_probes_passed"); passed != float64(i+1) {
			t.Fatalf("%v probes passed after %d", passed, i+1)
		}
	}
	if failed, passed := q.told(); failed != 0 || passed != 1 {
		t.Errorf("told %d, %d", failed, passed)
	}
	if got := h.ask("top-tier", "{}"); got.servedBy != "primary" || h.metric("breaker_state", "state", "half_open") != 1 {
		t.Errorf("got %+v", got)
	}
	q.breaker.Set(breaker.Closed, nil, true)
	if got := h.ask("top-tier", "{}", "X-Scan-ID", "closed"); got.servedBy != "candidate" {
		t.Errorf("got %+v", got)
	}
}

func TestSuspects_AreAskedAgainOfTheCandidateOnly(t *testing.T) {
	var asked journal
	q := newProbing("first", "second")
	h := start(t, setup{
		primary: asked.watch("primary", answering(answer)), candidate: asked.watch("candidate", answering(answer)), deps: q.deps,
	})
	q.ticks <- time.Time{}
	h.counts(2, "probes_total", "kind", "suspect", "result", "clean")
	h.eventually("both passed", func() bool { return len(q.breaker.Suspects()) == 0 })
	want := "candidate quorums {\"about\":\"first\"}\ncandidate quorums {\"about\":\"second\"}"
	if asked.all() != want {
		t.Errorf("asked\n%s\nwant\n%s", asked.all(), want)
	}
	s := h.proxy.Breaker()
	if s.State != breaker.HalfOpen || s.ProbesPassed != 0 || len(h.records.all()) != 0 {
		t.Errorf("they are no executions and no exchanges: %+v, %+v", s, h.records.all())
	}
	h.counts(0, "held_bytes")
}

func TestSuspects_OneThatIsNotCleanOrIsWrongFailsTheProbing(t *testing.T) {
	proof := &compare.Proof{Sentence: "{a} blocks already"}
	wrong := judged(compare.VerdictCandidateWrong, compare.Ruling{Verdict: compare.VerdictCandidateWrong, Proof: proof})
	tests := map[string]struct {
		candidate http.HandlerFunc
		deps      func(*proxy.Deps)
		reason    string
	}{
		"an error":      {candidate: failing(500), reason: "suspect x: error: status 500"},
		"its timeout":   {candidate: failing(504), reason: "suspect x: timeout: timeout"},
		"a bad request": {candidate: failing(422), reason: "suspect x: error: status 422"},
		"unservable":    {candidate: answering(`{"unservable":true}`), reason: "suspect x: error: a witness fails"},
		"wrong":         {deps: inTurn(wrong), reason: "suspect x: proven wrong: top_tier: {a} blocks already"},
		"wrong, as the arbiter says": {deps: with(inTurn(judged(compare.VerdictUndecided)), settling(
			func(context.Context, compare.Question, compare.Reply, compare.Reply, compare.PrimaryKind) (compare.Result, error) {
				return wrong, nil
			})), reason: "suspect x: proven wrong: top_tier: {a} blocks already"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := newProbing("x")
			changes := []func(*proxy.Deps){q.deps}
			if test.deps != nil {
				changes = append(changes, test.deps)
			}
			h := start(t, setup{candidate: test.candidate, deps: with(changes...)})
			q.ticks <- time.Time{}
			h.eventually("open", func() bool { return q.breaker.State() == breaker.Open })
			h.eventually("told", func() bool { failed, _ := q.told(); return failed == 1 })
			if q.failed[0] != test.reason {
				t.Errorf("the reason is %q, want %q", q.failed[0], test.reason)
			}
			h.counts(1, "probes_total", "kind", "suspect", "result", "failed")
		})
	}
}

func TestSuspects_AnotherDisagreementIsNoFaultOfTheirs(t *testing.T) {
	for _, verdict := range []compare.Verdict{compare.VerdictAgree, compare.VerdictUndecided, compare.VerdictPrimaryWrong, compare.VerdictInputSkew} {
		q := newProbing("x")
		h := start(t, setup{deps: with(q.deps, inTurn(judged(verdict)))})
		q.ticks <- time.Time{}
		h.counts(1, "probes_total", "kind", "suspect", "result", "clean")
		h.eventually(string(verdict)+" passed", func() bool { return len(q.breaker.Suspects()) == 0 })
	}
}

func TestSuspects_OneThatIsNotStoredAnyMoreCountsAsPassed(t *testing.T) {
	q := newProbing("gone", "there")
	q.missing["gone"] = true
	h := start(t, setup{deps: q.deps})
	q.ticks <- time.Time{}
	h.eventually("passed", func() bool { return len(q.breaker.Suspects()) == 0 })
	if h.log.count("not stored any more") != 1 || h.log.count("exchange=gone") != 1 {
		t.Error("want a line about it in the log")
	}
	nothing := newProbing("x")
	h = start(t, setup{deps: with(nothing.deps, func(d *proxy.Deps) { d.Stored = nil })})
	nothing.ticks <- time.Time{}
	h.eventually("passed", func() bool { return len(nothing.breaker.Suspects()) == 0 })
}

func TestSuspects_WaitForAStoreThatFails(t *testing.T) {
	q := newProbing("x")
	q.broken = errors.New("disk on fire")
	h := start(t, setup{deps: q.deps})
	q.look()
	q.look()
	if left := q.breaker.Suspects(); len(left) != 1 || h.log.count("disk on fire") != 1 {
		t.Errorf("left are %v, %d lines", left, h.log.count("disk on fire"))
	}
	q.locked(func() { q.broken = nil })
	q.ticks <- time.Time{}
	h.eventually("passed", func() bool { return len(q.breaker.Suspects()) == 0 })
}

func TestSuspects_WaitForAFreeWorker(t *testing.T) {
	var busy atomic.Bool
	busy.Store(true)
	q := newProbing("x")
	h := start(t, setup{deps: q.deps, candidate: func(w http.ResponseWriter, r *http.Request) {
		if busy.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		answering(answer)(w, r)
	}})
	q.ticks <- time.Time{}
	h.counts(1, "probes_total", "kind", "suspect", "result", "nothing")
	if len(q.breaker.Suspects()) != 1 {
		t.Error("it passed")
	}
	busy.Store(false)
	q.ticks <- time.Time{}
	h.eventually("passed", func() bool { return len(q.breaker.Suspects()) == 0 })
}

func TestSuspects_AreAskedThoughClientsNeverEnd(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	q := newProbing("x")
	h := start(t, setup{deps: q.deps, candidate: answering(answer), primary: func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-release
		answering(answer)(w, r)
	}})
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.ask("top-tier", "{}")
	}()
	<-asked
	q.ticks <- time.Time{}
	h.eventually("passed", func() bool { return len(q.breaker.Suspects()) == 0 })
	close(release)
	<-done
}

func TestProbing_LeavesTheCandidateAloneWhereNothingIsToBeProbed(t *testing.T) {
	for name, prepare := range map[string]func(*harness, *probing){
		"mirror 0": func(h *harness, _ *probing) { h.set(func(d *rollout.Dials) { d.MirrorPercent = 0 }) },
		"mode off": func(h *harness, _ *probing) { h.set(func(d *rollout.Dials) { d.Mode = rollout.ModeOff }) },
		"closed":   func(_ *harness, q *probing) { q.breaker.Set(breaker.Closed, nil, false) },
		"open":     func(_ *harness, q *probing) { q.breaker.Set(breaker.Open, []string{"x"}, false) },
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			q := newProbing("x")
			q.corpus = []string{"y"}
			h := start(t, setup{deps: q.deps, candidate: func(http.ResponseWriter, *http.Request) { asked.Add(1) }})
			prepare(h, q)
			q.advance(2 * time.Minute)
			q.look()
			if asked.Load() != 0 {
				t.Error("it was asked")
			}
		})
	}
}

func TestProbing_CloseEndsItInTheMiddleOfACall(t *testing.T) {
	begun := make(chan struct{})
	q := newProbing("x")
	h := start(t, setup{deps: q.deps, candidate: slowOnce("about", begun, answering(answer))})
	q.ticks <- time.Time{}
	<-begun
	h.stop()
	if failed, _ := q.told(); failed != 0 || len(q.breaker.Suspects()) != 1 {
		t.Error("our own end counted")
	}
	h.counts(0, "held_bytes")
}

func TestReplay_BringsTheCleanExecutionsTogetherWithoutAnyClient(t *testing.T) {
	var asked journal
	q := newProbing("x")
	q.corpus = []string{"one", "two", "gone", "three"}
	q.missing["gone"] = true
	h := start(t, setup{candidate: asked.watch("candidate", answering(answer)), deps: q.deps})
	q.advance(time.Minute - 1)
	q.look()
	if strings.Contains(asked.all(), "one") {
		t.Fatal("replayed before the minute was over")
	}
	q.advance(1)
	for range 71 {
		q.look()
	}
	if _, passed := q.told(); passed != 0 || h.metric("breaker_probes_passed") != 71 {
		t.Errorf("%v probes passed", h.metric("breaker_probes_passed"))
	}
	q.look()
	if _, passed := q.told(); passed != 1 {
		t.Error("72 clean replays did not pass")
	}
	if n := strings.Count(asked.all(), `{"about":"two"}`); n != 24 {
		t.Errorf("one of three was asked %d times of 72", n)
	}
	if q.breaker.Closed() || len(h.records.all()) != 0 {
		t.Error("a replay is no exchange, and closing is the controller's")
	}
}

func TestReplay_TakesWhatIsBuiltInWhereNothingIsStored(t *testing.T) {
	builtin := []proxy.Stored{
		{Analysis: "top-tier", Body: []byte(`{"built":"in"}`)},
		{Analysis: "quorums", Body: []byte(`{"built":"in"}`)},
	}
	fails := func(context.Context, int) ([]string, error) { return nil, errors.New("no list") }
	for name, change := range map[string]func(*proxy.Deps){
		"an empty corpus":    func(*proxy.Deps) {},
		"no corpus":          func(d *proxy.Deps) { d.Corpus = nil },
		"a store that fails": func(d *proxy.Deps) { d.Corpus = fails },
		"all gone": func(d *proxy.Deps) {
			d.Corpus = func(context.Context, int) ([]string, error) { return []string{"a", "b"}, nil }
			d.Stored = nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			var asked journal
			q := newProbing()
			h := start(t, setup{
				candidate: asked.watch("candidate", answering(answer)),
				deps:      with(q.deps, func(d *proxy.Deps) { d.Builtin = builtin }, change),
			})
			q.advance(2 * time.Minute)
			for range 3 {
				q.look()
			}
			h.counts(3, "probes_total", "kind", "replay", "result", "clean")
			want := "candidate top-tier {\"built\":\"in\"}\ncandidate quorums {\"built\":\"in\"}\ncandidate top-tier {\"built\":\"in\"}"
			if asked.all() != want {
				t.Errorf("asked\n%s", asked.all())
			}
		})
	}
}

func TestReplay_AFailedOneFailsTheProbing(t *testing.T) {
	q := newProbing()
	q.corpus = []string{"one"}
	var broken atomic.Bool
	h := start(t, setup{deps: q.deps, candidate: func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		answering(answer)(w, r)
	}})
	q.advance(2 * time.Minute)
	q.ticks <- time.Time{}
	h.counts(1, "probes_total", "kind", "replay", "result", "clean")
	broken.Store(true)
	q.ticks <- time.Time{}
	h.eventually("told", func() bool { failed, _ := q.told(); return failed == 1 })
	if want := "execution one of scan replay-2: error, after 1 clean ones of 72"; q.failed[0] != want {
		t.Errorf("the reason is %q, want %q", q.failed[0], want)
	}
}

func TestReplay_WaitsUntilNoClientHasComeForAMinute(t *testing.T) {
	q := newProbing()
	q.corpus = []string{"one"}
	h := start(t, setup{deps: q.deps})
	q.advance(2 * time.Minute)
	h.ask("top-tier", "{}")
	h.recorded(1)
	q.advance(59 * time.Second)
	q.look()
	if n := h.metric("probes_total", "kind", "replay", "result", "clean"); n != 0 {
		t.Fatalf("%v replays", n)
	}
	q.advance(time.Second)
	q.ticks <- time.Time{}
	h.counts(1, "probes_total", "kind", "replay", "result", "clean")
}
