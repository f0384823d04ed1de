package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
	"understudy/rollout/breaker"
)

// pretty means the same as answer to package compare, and is not the same bytes.
const pretty = `{ "top_tier": ["a", "b"], "top_tier_size": 2 }`

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func TestServe_OnlyAnAnswerThatAgreesAndStandsIsServed(t *testing.T) {
	comes := func(r compare.Result) func(*proxy.Deps) {
		return judging(judge{compare: func(_, _ compare.Reply) compare.Result { return r }})
	}
	mixed := judged(compare.VerdictPrimaryWrong)
	mixed.Verdict = compare.VerdictUndecided // of another metric
	tests := []struct {
		name               string
		primary, candidate http.HandlerFunc
		deps               func(*proxy.Deps)
		rule               func(proxy.ScanContext, *rollout.Dials)
		header             []string
		served             string // why the primary's answer goes out; "": the candidate's does
		because            string // the reason told with the candidate's
	}{
		{name: "it agrees"},
		{name: "it differs, and nothing refutes either side", candidate: answering(`{}`), served: "undecided"},
		{name: "the primary is proven wrong", deps: comes(judged(compare.VerdictPrimaryWrong)), because: "primary_wrong"},
		{name: "the primary is proven wrong and another metric is undecided", deps: comes(mixed), served: "undecided"},
		{name: "it is proven wrong", deps: comes(judged(compare.VerdictCandidateWrong)), served: "candidate_wrong"},
		{name: "the two read the request differently", deps: comes(judged(compare.VerdictInputSkew)), served: "input_skew"},
		{name: "the primary is proven wrong, but a witness of the candidate fails", candidate: answering(`"unservable"`), deps: func(d *proxy.Deps) {
			j := judge{compare: func(_, _ compare.Reply) compare.Result { return judged(compare.VerdictPrimaryWrong) }}
			d.Prepare = func(compare.Question) proxy.Judge { return j }
		}, served: "unservable"},
		{name: "no verdict at all", deps: comes(compare.Result{Outcome: compare.Agree}), served: "undecided"},
		{name: "a witness fails", candidate: answering(`"unservable"`), served: "unservable"},
		{name: "it failed", candidate: status(500, "oops"), served: "failed"},
		{name: "it refuses what the primary takes", candidate: status(422, "no"), served: "failed"},
		{name: "it has no worker free", candidate: status(503, "busy"), served: "unavailable"},
		{name: "it passed its deadline", candidate: status(504, "late"), served: "failed"},
		{name: "the primary failed: no rescue", primary: status(500, "primary is down"), served: "primary_failed"},
		{name: "inconclusive", deps: comes(compare.Result{Outcome: compare.Inconclusive, Verdict: compare.VerdictInconclusive}), served: "undecided"},
		{name: "comparing panics", deps: judging(judge{compare: func(_, _ compare.Reply) compare.Result { panic("boom") }}), served: "undecided"},
		{name: "an encoding nobody undoes", header: []string{"Content-Encoding", "br"}, served: "encoding"},
		{name: "a flag rule takes the request away", rule: func(scan proxy.ScanContext, d *rollout.Dials) {
			if scan.Analysis == "top-tier" {
				d.CeilingPercent = 0
			}
		}, served: "rule"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.candidate == nil {
				test.candidate = answering(pretty)
			}
			if test.primary == nil {
				test.primary = answering(answer)
			}
			h := start(t, setup{stage: rollout.Full, primary: test.primary, candidate: test.candidate, rule: test.rule, deps: test.deps})
			got := h.ask("top-tier", "{}", test.header...)
			if test.served == "" {
				by := "candidate"
				if test.because != "" {
					by += "; reason=" + test.because
				}
				if got.servedBy != by || got.body != pretty || got.status != 200 || got.header.Get("Content-Type") != "application/json" || got.header.Get("Content-Length") != strconv.Itoa(len(pretty)) {
					t.Errorf("got %+v", got)
				}
				if e := h.recorded(1)[0]; e.ServedBy != "candidate" || e.Reason != test.because || e.Skip != "" {
					t.Errorf("recorded %+v", e)
				}
				h.counts(1, "requests_total", "analysis", "top-tier", "served_by", "candidate", "reason", test.because)
				return
			}
			if got.servedBy != "primary; reason="+test.served || got.body == pretty {
				t.Errorf("got %+v", got)
			}
			h.counts(1, "requests_total", "analysis", "top-tier", "served_by", "primary", "reason", test.served)
			if h.stop(); h.metric("held_bytes") != 0 {
				t.Error("bodies are held")
			}
		})
	}
}

func TestServe_AnErrorOfThePrimaryWaitsForNobody(t *testing.T) {
	release := make(chan struct{})
	h := start(t, setup{
		stage:     rollout.Full,
		primary:   func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) },
		candidate: func(w http.ResponseWriter, r *http.Request) { <-release; answering(answer)(w, r) },
	})
	if got := h.ask("top-tier", "{}"); got.status != http.StatusTeapot || got.servedBy != "primary; reason=primary_failed" {
		t.Errorf("got %+v", got)
	}
	close(release)
	if e := h.recorded(1)[0]; e.Outcome != "primary_failed" || e.Reason != "primary_failed" {
		t.Errorf("recorded %+v", e)
	}
}

func TestServe_AnAnswerInAnEncodingNobodyUndoesSaysSo(t *testing.T) {
	h := start(t, setup{stage: rollout.Full, primary: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "zstd")
		answering(answer)(w, r)
	}})
	if got := h.ask("top-tier", "{}"); got.servedBy != "primary; reason=encoding" || got.body != answer {
		t.Errorf("got %+v", got)
	}
	if e := h.recorded(1)[0]; e.Skip != "encoding" || e.Reason != "encoding" {
		t.Errorf("recorded %+v", e)
	}
}

func TestServe_ALateCandidateIsStillComparedAndRecorded(t *testing.T) {
	release := make(chan struct{})
	h := start(t, setup{
		stage:     rollout.Full,
		candidate: func(w http.ResponseWriter, r *http.Request) { <-release; answering(answer)(w, r) },
		config:    func(c *proxy.Config) { c.ServePatience = time.Millisecond },
	})
	if got := h.ask("top-tier", "{}"); got.servedBy != "primary; reason=late" || got.body != answer {
		t.Errorf("got %+v", got)
	}
	h.counts(1, "added_wait_seconds")
	close(release)
	if e := h.recorded(1)[0]; e.Outcome != "agree" || e.ServedBy != "primary" || e.Reason != "late" {
		t.Errorf("recorded %+v", e)
	}
}

func TestServe_ASlowVerdictLeavesThePrimarysAnswer(t *testing.T) {
	release := make(chan struct{})
	h := start(t, setup{
		stage:  rollout.Full,
		config: func(c *proxy.Config) { c.CompareBudget = time.Millisecond },
		deps: judging(judge{compare: func(primary, candidate compare.Reply) compare.Result {
			<-release
			return sameBodies(primary, candidate)
		}}),
	})
	if got := h.ask("top-tier", "{}"); got.servedBy != "primary; reason=undecided" {
		t.Errorf("got %+v", got)
	}
	close(release)
	if e := h.recorded(1)[0]; e.Outcome != "agree" || e.Reason != "undecided" {
		t.Errorf("recorded %+v", e)
	}
}

func TestServe_BothSidesAreAskedAtTheSameTime(t *testing.T) {
	primary, candidate := make(chan struct{}), make(chan struct{})
	h := start(t, setup{
		stage:     rollout.Full,
		primary:   func(w http.ResponseWriter, r *http.Request) { close(primary); <-candidate; answering(answer)(w, r) },
		candidate: func(w http.ResponseWriter, r *http.Request) { close(candidate); <-primary; answering(answer)(w, r) },
	})
	if got := h.ask("top-tier", "{}"); got.servedBy != "candidate" {
		t.Errorf("got %+v", got)
	}
}

func TestServe_CompleteAsksThePrimaryOnlyOnFallback(t *testing.T) {
	tests := []struct {
		name           string
		candidate      http.HandlerFunc
		servedBy, body string
		primaryAsked   int64
		outcome        string
	}{
		{"servable", answering(pretty), "candidate", pretty, 0, proxy.OutcomeUncompared},
		{"unservable", answering(`"unservable"`), "primary; reason=unservable", answer, 1, "differ"},
		{"failed", status(500, ""), "primary; reason=failed", answer, 1, "candidate_failed"},
		{"no worker free", status(503, ""), "primary; reason=unavailable", answer, 1, "candidate_failed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var asked atomic.Int64
			h := start(t, setup{stage: rollout.Complete, candidate: test.candidate, primary: func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				answering(answer)(w, r)
			}})
			got := h.ask("top-tier", "{}")
			if got.servedBy != test.servedBy || got.body != test.body || asked.Load() != test.primaryAsked {
				t.Errorf("got %+v, the primary was asked %d times", got, asked.Load())
			}
			if e := h.recorded(1)[0]; e.Outcome != test.outcome {
				t.Errorf("recorded %+v", e)
			}
		})
	}
}

func TestServe_ACompleteStageSurvivesAPrimaryThatIsDown(t *testing.T) {
	h := start(t, setup{stage: rollout.Complete})
	h.primary.Close()
	if got := h.ask("top-tier", "{}"); got.servedBy != "candidate" || got.body != answer {
		t.Errorf("got %+v", got)
	}
}

func TestServe_ALoweredDialTakesTheRestOfTheScan(t *testing.T) {
	h := start(t, setup{stage: rollout.Full})
	if got := h.ask("top-tier", `{"max_sets":1}`, "X-Scan-ID", "s"); got.servedBy != "candidate" {
		t.Fatalf("got %+v", got)
	}
	h.set(func(d *rollout.Dials) { d.Enabled = false })
	if got := h.ask("top-tier", "2", "X-Scan-ID", "s"); got.servedBy != "primary; reason=mixed" {
		t.Errorf("got %+v", got)
	}
	h.set(func(d *rollout.Dials) { d.Enabled = true })
	if got := h.ask("top-tier", "3", "X-Scan-ID", "s"); got.servedBy != "primary; reason=mixed" {
		t.Errorf("raising the dial again brought the scan back: %+v", got)
	}
	if got := h.ask("top-tier", "4", "X-Scan-ID", "another"); got.servedBy != "candidate" {
		t.Errorf("another scan got %+v", got)
	}
	h.stop()
	for _, e := range h.records.all() {
		if want := e.Scan == "s" && string(e.RequestBody) != `{"max_sets":1}`; want && !e.Mixed {
			t.Errorf("recorded %+v", e)
		}
	}
}

func TestServe_RaisingADialLeavesARunningScanAlone(t *testing.T) {
	h := start(t, setup{stage: rollout.Shadow})
	h.ask("top-tier", `{"n":1}`, "X-Scan-ID", "s")
	h.set(func(d *rollout.Dials) { d.Stage = rollout.Full })
	if got := h.ask("top-tier", "2", "X-Scan-ID", "s"); got.servedBy != "primary" {
		t.Errorf("got %+v", got)
	}
}

func TestServe_AnOpenBreakerSendsTheNextRequestToThePrimaryAndKeepsMirroring(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	h := start(t, setup{stage: rollout.Full, candidate: func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		answering(answer)(w, r)
	}})
	for i := range 3 {
		h.ask("top-tier", "{}", "X-Scan-ID", fmt.Sprint(i))
	}
	h.eventually("tripped", func() bool { return h.proxy.BreakerState() == breaker.Open })
	h.recorded(3) // they come to the record behind the answers
	broken.Store(false)
	got := h.ask("top-tier", "{}", "X-Scan-ID", "next")
	if got.servedBy != "primary" || h.metric("breaker_state", "state", "open") != 1 || h.metric("effective_percent", "dial", "serve") != 0 {
		t.Errorf("got %+v", got)
	}
	if e := h.recorded(4)[3]; e.Scan != "next" || e.Outcome != "agree" {
		t.Errorf("recorded %+v", e)
	}
	if s := h.proxy.Breaker(); s.Last == nil || s.Last.Trigger != rollout.TriggerErrorRun || len(s.Last.Exchanges) != 3 || !slices.Contains(s.Last.Exchanges, h.records.all()[0].ID) {
		t.Errorf("snapshot is %+v", s)
	}
	if h.log.count("the breaker is open") != 1 {
		t.Error("want one line in the log")
	}
}
