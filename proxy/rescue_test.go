package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

var rescue = allowing(proxy.Allowed{Rescue: true})

// cut is a primary that breaks off in the middle of its answer.
func cut(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"top_tier":`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// reset and headOnly break off before and behind the head of the answer.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func headOnly(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Length", "1000")
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestRescue_AServableAnswerGoesOutWhereThePrimaryFails(t *testing.T) {
	failures := []struct {
		name    string
		primary http.HandlerFunc
		status  int
		failure string
	}{
		{"500", status(500, "oops"), 500, ""},
		{"503", status(503, ""), 503, ""},
		{"it resets", reset, 0, "reset"},
		{"it resets behind the head", headOnly, 0, "reset"},
		{"nobody listens", nil, 0, "refused"},
	}
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Canary1, rollout.Full} {
		for _, test := range failures {
			t.Run(fmt.Sprintf("%s, %s", stage, test.name), func(t *testing.T) {
				h := start(t, setup{stage: stage, primary: test.primary, deps: rescue})
				if test.primary == nil {
					h.primary.Close()
				}
				got := h.ask("top-tier", "{}")
				if got.status != 200 || got.body != answer || got.servedBy != "candidate; reason=rescue" || got.header.Get("Content-Type") != "application/json" {
					t.Errorf("got %+v", got)
				}
				e := h.recorded(1)[0]
				if e.Outcome != "primary_failed" || e.Verdict != "primary_failed" || e.ServedBy != "candidate" || e.Reason != "rescue" || e.Skip != "" {
					t.Errorf("recorded %+v", e)
				}
				if e.Primary.Status != test.status || e.Primary.Failure != test.failure {
					t.Errorf("of the primary is recorded %+v", e.Primary)
				}
				h.counts(1, "requests_total", "analysis", "top-tier", "served_by", "candidate", "reason", "rescue")
				if h.stop(); len(h.records.all()) != 1 || h.metric("held_bytes") != 0 {
					t.Errorf("%d records, %v bytes held", len(h.records.all()), h.metric("held_bytes"))
				}
				if test.status == 0 && test.failure == "refused" && h.proxy.PrimaryReachable() {
					t.Error("the primary counts as reachable")
				}
			})
		}
	}
}

func TestRescue_AnAnswerThatBreaksOffLaterIsRescuedOnlyWhereItWasHeldBack(t *testing.T) {
	h := start(t, setup{stage: rollout.Full, primary: cut, deps: rescue})
	if got := h.ask("top-tier", "{}"); got.status != 200 || got.servedBy != "candidate; reason=rescue" || got.body != answer {
		t.Errorf("got %+v", got)
	}
	if e := h.recorded(1)[0]; e.Outcome != "primary_failed" || e.Reason != "rescue" {
		t.Errorf("recorded %+v", e)
	}
	streaming := start(t, setup{primary: cut, deps: rescue})
	res, err := http.Post(streaming.front.URL+"/analyze/top-tier", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, err := io.ReadAll(res.Body); err == nil || string(body) != `{"top_tier":` {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestRescue_WithoutAServableAnswerTheClientGetsWhatThePrimaryDid(t *testing.T) {
	unhappy := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Of", "primary")
		status(502, "upstream is gone")(w, r)
	}
	candidates := []struct {
		name      string
		candidate http.HandlerFunc
		outcome   string
	}{
		{"it fails too", status(500, ""), "both_failed"},
		{"a witness fails", answering(`"unservable"`), "primary_failed"},
		{"it has no worker free", status(503, ""), "both_failed"},
	}
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full, rollout.Complete} {
		for _, test := range candidates {
			t.Run(fmt.Sprintf("%s, %s", stage, test.name), func(t *testing.T) {
				var asked atomic.Int64
				h := start(t, setup{stage: stage, primary: unhappy, deps: rescue, candidate: func(w http.ResponseWriter, r *http.Request) {
					asked.Add(1)
					test.candidate(w, r)
				}})
				got := h.ask("top-tier", "{}")
				if got.status != 502 || got.body != "upstream is gone" || got.header.Get("X-Of") != "primary" || !strings.HasPrefix(got.servedBy, "primary") {
					t.Errorf("got %+v", got)
				}
				if e := h.recorded(1)[0]; e.Outcome != test.outcome || e.ServedBy != "primary" || e.Reason == "rescue" {
					t.Errorf("recorded %+v", e)
				}
				if h.stop(); len(h.records.all()) != 1 || asked.Load() != 1 || h.metric("held_bytes") != 0 {
					t.Errorf("%d records, the candidate was asked %d times", len(h.records.all()), asked.Load())
				}
			})
		}
	}
}

func TestRescue_IsLeftAlone(t *testing.T) {
	tests := []struct {
		name  string
		allow proxy.Allowed
		dials func(*rollout.Dials)
		body  string
	}{
		{name: "without the flag", dials: func(*rollout.Dials) {}},
		{name: "in mode off", allow: proxy.Allowed{Rescue: true}, dials: func(d *rollout.Dials) { d.Mode = rollout.ModeOff }},
		{name: "in stage off", allow: proxy.Allowed{Rescue: true}, dials: func(d *rollout.Dials) { d.Stage = rollout.Off }},
		{name: "in mode dry_run", allow: proxy.Allowed{Rescue: true}, dials: func(d *rollout.Dials) { d.Mode = rollout.ModeDryRun }},
		{name: "with the kill switch thrown", allow: proxy.Allowed{Rescue: true}, dials: func(d *rollout.Dials) { d.Enabled = false }},
		{name: "while tripped", allow: proxy.Allowed{Rescue: true}, dials: func(d *rollout.Dials) { d.Condition = rollout.Tripped }},
		{name: "where the request is too large to be held", allow: proxy.Allowed{Rescue: true}, dials: func(*rollout.Dials) {}, body: strings.Repeat("x", 2000)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, setup{primary: status(500, "oops"), deps: allowing(test.allow), config: func(c *proxy.Config) { c.RequestBytes = 1000 }})
			h.set(test.dials)
			if got := h.ask("top-tier", test.body); got.status != 500 || got.body != "oops" || strings.HasPrefix(got.servedBy, "candidate") {
				t.Errorf("got %+v", got)
			}
			if h.stop(); h.metric("held_bytes") != 0 || h.metric("requests_total", "analysis", "top-tier", "served_by", "candidate", "reason", "rescue") != 0 {
				t.Error("something was rescued, or is held")
			}
		})
	}
}

func TestRescue_AnOpenBreakerLeavesThePrimarysError(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	h := start(t, setup{primary: status(500, "oops"), deps: rescue, candidate: func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			status(500, "")(w, r)
			return
		}
		answering(answer)(w, r)
	}})
	for i := range 3 {
		h.ask("top-tier", "{}", "X-Scan-ID", fmt.Sprint(i))
	}
	h.counts(0, "breaker_state", "state", "closed") // a rescue is an execution
	broken.Store(false)
	if got := h.ask("top-tier", "{}", "X-Scan-ID", "next"); got.status != 500 || got.servedBy != "primary" {
		t.Errorf("got %+v", got)
	}
}

func TestRescue_AHealthyPrimaryIsNotDisturbed(t *testing.T) {
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full} {
		var trailer http.Header
		h := start(t, setup{stage: stage, deps: rescue, primary: func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			trailer = r.Trailer
			w.Header().Set("X-Of", string(body))
			answering(answer)(w, r)
		}})
		if got := h.ask("top-tier", "{}"); got.status != 200 || got.body != answer {
			t.Errorf("got %+v", got)
		}
		if e := h.recorded(1)[0]; e.Outcome != "agree" || e.Reason != "" || trailer != nil {
			t.Errorf("recorded %+v", e)
		}
		if got := h.ask("top-tier", "not found", "X-Scan-ID", "x"); got.status != 200 {
			t.Errorf("got %+v", got)
		}
		h.stop()
	}
}

func TestRescue_A4xxIsAnAnswerAndNoFailure(t *testing.T) {
	h := start(t, setup{primary: status(422, "nodes: missing"), deps: rescue})
	if got := h.ask("top-tier", "{}"); got.status != 422 || got.servedBy != "primary" {
		t.Errorf("got %+v", got)
	}
}

func TestRescue_ARefusalByBothIsNoExecution(t *testing.T) {
	h := start(t, setup{candidate: status(422, "no"), deps: rescue})
	h.primary.Close()
	for i := range 5 {
		if got := h.ask("top-tier", "{}", "X-Scan-ID", fmt.Sprint(i)); got.status != 502 {
			t.Errorf("got %+v", got)
		}
	}
	h.recorded(5)
	h.counts(1, "breaker_state", "state", "closed")
}

func TestRescue_APrimaryThatHangsFailsByTimeoutAndIsPreferredIfItComesFirst(t *testing.T) {
	hang := func(release <-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-release:
				answering(answer)(w, r)
			case <-r.Context().Done():
			}
		}
	}
	soon := func(c *proxy.Config) { c.RescueAfter = time.Millisecond }
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full} {
		t.Run("hangs in "+stage.String(), func(t *testing.T) {
			h := start(t, setup{stage: stage, primary: hang(nil), candidate: answering(pretty), config: soon, deps: rescue})
			if got := h.ask("top-tier", "{}"); got.servedBy != "candidate; reason=rescue" || got.body != pretty {
				t.Errorf("got %+v", got)
			}
			if e := h.recorded(1)[0]; e.Outcome != "primary_failed" || e.Primary.Failure != "timeout" || e.Reason != "rescue" {
				t.Errorf("recorded %+v", e)
			}
		})
	}
	t.Run("comes first", func(t *testing.T) {
		primary, candidate := make(chan struct{}), make(chan struct{})
		h := start(t, setup{primary: hang(primary), config: soon, deps: rescue, candidate: func(w http.ResponseWriter, r *http.Request) {
			close(primary)
			<-candidate
			answering(pretty)(w, r)
		}})
		if got := h.ask("top-tier", "{}"); got.servedBy != "primary" || got.body != answer {
			t.Errorf("got %+v", got)
		}
		close(candidate)
		if e := h.recorded(1)[0]; e.Outcome != "agree" || e.ServedBy != "primary" || e.Reason != "" {
			t.Errorf("recorded %+v", e)
		}
	})
	t.Run("comes after an unservable candidate", func(t *testing.T) {
		checked := make(chan struct{})
		h := start(t, setup{
			primary: hang(checked), config: soon,
			deps: func(d *proxy.Deps) {
				rescue(d)
				judging(judge{servable: func(compare.Reply) error { defer close(checked); return io.EOF }})(d)
			},
		})
		if got := h.ask("top-tier", "{}"); got.servedBy != "primary" || got.body != answer {
			t.Errorf("got %+v", got)
		}
		h.recorded(1)
	})
}

func TestRescue_NobodyIsRescuedWhoHasLeft(t *testing.T) {
	var asked atomic.Int64
	begun := make(chan struct{})
	h := start(t, setup{
		deps: rescue,
		primary: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			close(begun)
			<-r.Context().Done()
		},
		candidate: func(http.ResponseWriter, *http.Request) { asked.Add(1) },
	})
	ctx, leave := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, h.front.URL+"/analyze/top-tier", strings.NewReader("{}"))
	go func() { <-begun; leave() }()
	if res, err := http.DefaultClient.Do(r); err == nil {
		_ = res.Body.Close()
	}
	if e := h.recorded(1)[0]; e.Skip != "incomplete" || asked.Load() != 0 {
		t.Errorf("recorded %+v; the candidate was asked %d times", e, asked.Load())
	}
}
