package proxy_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/engine/api"
	"understudy/proxy"
	"understudy/rollout"
	"understudy/rollout/breaker"
)

// known is what the engine answers in a self-test.
const known = `{"min_size":2,"total_sets":6,"example_set":["a","b"],"execution_time_ms":0}`

func ticking(ticks <-chan time.Time) func(*proxy.Deps) {
	return func(d *proxy.Deps) { d.SelfTestTicks = ticks }
}

func TestSelfTest_TheEnginePassesItAndItIsNoExecution(t *testing.T) {
	ticks := make(chan time.Time)
	engine := api.Handler(api.Config{Logger: slog.New(slog.DiscardHandler)})
	h := start(t, setup{deps: ticking(ticks), candidate: engine.ServeHTTP})
	ticks <- time.Time{}
	h.counts(1, "self_tests_total", "result", "passed")
	if h.executions() != 0 || len(h.records.all()) != 0 {
		t.Errorf("%d executions, recorded %+v", h.executions(), h.records.all())
	}
	if h.metric("breaker_last_success_timestamp_seconds") == 0 || h.metric("breaker_probes_passed") != 0 {
		t.Error("the breaker's numbers are not there")
	}
}

func TestSelfTest_LooksAtTheAnswerAndNotOnlyAtItsStatus(t *testing.T) {
	tests := map[string]struct {
		candidate http.HandlerFunc
		passes    bool
	}{
		"what is known":                {answering(known), true},
		"the other order":              {answering(`{"min_size":2,"total_sets":6,"example_set":["d","a"]}`), true},
		"a scanner that looks for one": {answering(`{"min_size":2,"total_sets":1,"example_set":["a","b"]}`), true},
		"an error":                     {failing(500), false},
		"an error that looks well": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, known)
		}, false},
		"another answer":                 {answering(answer), false},
		"a wrong number":                 {answering(strings.Replace(known, `"min_size":2`, `"min_size":3`, 1)), false},
		"a wrong family":                 {answering(strings.Replace(known, "6", "5", 1)), false},
		"a wrong example":                {answering(strings.Replace(known, `["a","b"]`, `["a","x"]`, 1)), false},
		"a short example":                {answering(strings.Replace(known, `["a","b"]`, `["a","a"]`, 1)), false},
		"an answer that is not complete": {answering(strings.Replace(known, "{", `{"complete":false,`, 1)), false},
		"an answer that is no JSON":      {answering("<html>"), false},
		"an answer that is too large":    {answering(known + strings.Repeat(" ", 1<<20)), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ticks := make(chan time.Time)
			h := start(t, setup{deps: ticking(ticks), candidate: test.candidate, config: func(c *proxy.Config) { c.CandidateBytes = 1 << 20 }})
			ticks <- time.Time{}
			result := map[bool]string{true: "passed", false: "failed"}[test.passes]
			h.counts(1, "self_tests_total", "result", result)
			if failed := h.proxy.Breaker().FailedSelfTests; (failed == 0) != test.passes {
				t.Errorf("%d failed", failed)
			}
		})
	}
}

func TestSelfTest_FourFailuresOpenTheBreaker(t *testing.T) {
	ticks := make(chan time.Time)
	h := start(t, setup{deps: ticking(ticks), candidate: failing(500)})
	for i := range 4 {
		if h.proxy.BreakerState() != breaker.Closed {
			t.Fatalf("open after %d", i)
		}
		ticks <- time.Time{}
		h.counts(float64(i+1), "self_tests_total", "result", "failed")
	}
	h.eventually("open", func() bool { return h.proxy.BreakerState() == breaker.Open })
	if last := h.proxy.Breaker().Last; last.Trigger != rollout.TriggerSelfTest {
		t.Errorf("it said %+v", last)
	}
	if h.log.count("failed its self-test") != 1 {
		t.Error("want one line in the log")
	}
}

func TestSelfTest_OwnSaturationIsNeitherSuccessNorFailure(t *testing.T) {
	hangs := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not see the caller go
		<-r.Context().Done()
	}
	soon := func(c *proxy.Config) { c.SelfTestDeadline = 20 * time.Millisecond }
	tests := map[string]struct {
		candidate http.HandlerFunc
		saturated func() bool
		result    string
	}{
		"a 503":                                     {failing(503), nil, "saturated"},
		"a 503 while all work":                      {failing(503), func() bool { return true }, "saturated"},
		"a 503 though nobody works":                 {failing(503), func() bool { return false }, "failed"},
		"no answer in time while all work":          {hangs, func() bool { return true }, "saturated"},
		"no answer in time though nobody works":     {hangs, func() bool { return false }, "failed"},
		"no answer in time, and nobody knows of it": {hangs, nil, "failed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ticks := make(chan time.Time)
			h := start(t, setup{candidate: test.candidate, config: soon, deps: func(d *proxy.Deps) {
				ticking(ticks)(d)
				d.Saturated = test.saturated
			}})
			ticks <- time.Time{}
			h.counts(1, "self_tests_total", "result", test.result)
			drained := func() bool { return h.proxy.Breaker().FailedSelfTests == 1 }
			if test.result == "failed" {
				h.eventually("told", drained)
			} else if drained() {
				t.Error("it counted")
			}
		})
	}
}

func TestSelfTest_TheCandidateIsLeftAloneWhenOperatorsWantIt(t *testing.T) {
	for name, change := range map[string]func(*rollout.Dials){
		"mode off":  func(d *rollout.Dials) { d.Mode = rollout.ModeOff },
		"stage off": func(d *rollout.Dials) { d.Stage = rollout.Off },
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			ticks := make(chan time.Time)
			h := start(t, setup{deps: ticking(ticks), candidate: func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				answering(known)(w, r)
			}})
			h.set(change)
			for range 3 {
				ticks <- time.Time{} // the one before is over
			}
			if asked.Load() != 0 {
				t.Error("it was asked")
			}
			h.set(func(d *rollout.Dials) { d.Mode, d.Stage = rollout.ModeDryRun, rollout.Shadow })
			ticks <- time.Time{}
			h.eventually("asked again", func() bool { return h.metric("self_tests_total", "result", "passed") > 0 })
		})
	}
}

func TestSelfTest_SideWorkGivesWayOnceItWasStarved(t *testing.T) {
	ticks, begun := make(chan time.Time), make(chan struct{})
	var busy atomic.Bool
	h := start(t, setup{
		config: func(c *proxy.Config) { c.DeepSample, c.SelfTestDeadline = 1, time.Minute },
		deps:   func(d *proxy.Deps) { ticking(ticks)(d); d.Saturated = busy.Load },
		candidate: slowOnce("include_sets", begun, func(w http.ResponseWriter, r *http.Request) {
			if busy.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			answering(known)(w, r)
		}),
	})
	h.ask("quorums", "{}")
	<-begun // side work holds the only worker
	busy.Store(true)
	ticks <- time.Time{}
	h.counts(1, "self_tests_total", "result", "saturated")
	h.counts(0, "side_exchanges_total", "source", "deep", "result", "interrupted")
	busy.Store(false)
	ticks <- time.Time{}
	h.counts(1, "self_tests_total", "result", "passed")
	h.counts(1, "side_exchanges_total", "source", "deep", "result", "interrupted")
}

func TestSelfTest_CloseEndsItInTheMiddleOfACall(t *testing.T) {
	ticks, begun := make(chan time.Time), make(chan struct{})
	h := start(t, setup{deps: ticking(ticks), candidate: slowOnce("threshold", begun, answering(known))})
	ticks <- time.Time{}
	<-begun
	h.stop()
	if h.total("self_tests_total") != 0 || h.proxy.Breaker().FailedSelfTests != 0 {
		t.Error("our own end counted")
	}
}

// roundTrip is a candidate in memory, so that time can be virtual.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func saying(status int, body string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		w.WriteHeader(status)
		_, _ = w.WriteString(body)
		res := w.Result()
		res.Request = r
		return res, nil
	}
}

// virtual starts a proxy, without a client or a primary, inside a synctest bubble.
func virtual(t *testing.T, dials func() rollout.Dials, candidate roundTrip) *proxy.Proxy {
	config := proxy.DefaultConfig()
	config.Primary, _ = url.Parse("http://primary")
	p, err := proxy.New(config, proxy.Deps{
		Dials:              func(context.Context, proxy.ScanContext) rollout.Dials { return dials() },
		Candidate:          &url.URL{Scheme: "http", Host: "candidate"},
		CandidateTransport: candidate, Registerer: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(context.Background()) })
	return p
}

func shadowed() rollout.Dials {
	return rollout.Dials{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, Stage: rollout.Shadow}
}

// opens checks that the breaker opens exactly then, counted from now, by trigger.
func opens(t *testing.T, p *proxy.Proxy, after time.Duration, trigger string) {
	t.Helper()
	time.Sleep(after - 1)
	synctest.Wait()
	if s := p.Breaker(); s.State != breaker.Closed {
		t.Fatalf("too early: %+v", s.Last)
	}
	time.Sleep(time.Nanosecond)
	synctest.Wait()
	if s := p.Breaker(); s.State != breaker.Open || s.Last.Trigger != trigger {
		t.Fatalf("it is %s, by %+v", s.State, s.Last)
	}
}

func TestUnavailable_ACandidateThatStopsAnsweringTripsInAMinute(t *testing.T) {
	for name, test := range map[string]struct {
		candidate roundTrip
		after     time.Duration
	}{
		"it refuses": {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, 60 * time.Second},
		"it hangs":   {func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }, 65 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opens(t, virtual(t, shadowed, test.candidate), test.after, rollout.TriggerSelfTest)
			})
		})
	}
}

func TestUnavailable_TheTimerEndsExactly300SecondsAfterTheLastSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var busy atomic.Bool
		p := virtual(t, shadowed, func(r *http.Request) (*http.Response, error) {
			if busy.Load() {
				return saying(503, "")(r) // neither success nor failure
			}
			return saying(200, known)(r)
		})
		time.Sleep(time.Hour) // self-tests pass
		synctest.Wait()
		busy.Store(true)
		opens(t, p, 300*time.Second, rollout.TriggerUnavailable)
	})
}

func TestUnavailable_TimeInWhichNobodyAsksDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var off atomic.Bool
		off.Store(true)
		dials := func() rollout.Dials {
			d := shadowed()
			if off.Load() {
				d.Mode = rollout.ModeOff
			}
			return d
		}
		p := virtual(t, dials, saying(503, ""))
		time.Sleep(24*time.Hour + 7*time.Second)
		synctest.Wait()
		if s := p.Breaker(); s.State != breaker.Closed {
			t.Fatalf("it tripped: %+v", s.Last)
		}
		off.Store(false)
		opens(t, p, 293*time.Second, rollout.TriggerUnavailable) // it rested last 7 s ago
	})
}
