package proxy_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

// allowing gives every request the same leave.
func allowing(a proxy.Allowed) func(*proxy.Deps) {
	return func(d *proxy.Deps) {
		d.Allow = func(context.Context, proxy.ScanContext) proxy.Allowed { return a }
	}
}

const critical = `{"critical_sets":[["a"]],"min_size":1,"total_sets":1}`

// lacking is a primary that knows no analysis of the engine's own.
func lacking(asked *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		status(http.StatusNotImplemented, "not implemented here")(w, r)
	}
}

func TestCandidateOnly_WhatThePrimaryLacksTheCandidateAnswersByLeaveAlone(t *testing.T) {
	for _, analysis := range []string{"history-critical", "data-quality"} {
		for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Canary10, rollout.Complete} {
			t.Run(analysis+" in "+stage.String(), func(t *testing.T) {
				var asked atomic.Int64
				h := start(t, setup{
					stage: stage, primary: lacking(&asked), candidate: answering(critical), deps: allowing(proxy.Allowed{CandidateOnly: true}),
				})
				got := h.ask(analysis, "{}")
				if got.status != 200 || got.body != critical || got.servedBy != "candidate; reason=candidate_only" || got.header.Get(proxy.HeaderExchange) == "" {
					t.Errorf("got %+v", got)
				}
				if got.header.Get("Content-Type") != "application/json" || asked.Load() != 0 {
					t.Errorf("content type %q, the primary was asked %d times", got.header.Get("Content-Type"), asked.Load())
				}
				h.counts(1, "requests_total", "analysis", analysis, "served_by", "candidate", "reason", "candidate_only")
				if h.stop(); len(h.records.all()) != 0 || h.metric("held_bytes") != 0 || h.total("exchanges_total") != 0 {
					t.Errorf("recorded %+v", h.records.all())
				}
			})
		}
	}
}

func TestCandidateOnly_WithoutLeaveThePrimarySaysWhatItLikes(t *testing.T) {
	tests := []struct {
		name    string
		dials   func(*rollout.Dials)
		leave   bool
		headers bool
	}{
		{name: "the flag is off", dials: func(*rollout.Dials) {}, headers: true},
		{name: "mode off", dials: func(d *rollout.Dials) { d.Mode = rollout.ModeOff }, leave: true},
		{name: "stage off", dials: func(d *rollout.Dials) { d.Stage = rollout.Off }, leave: true},
		{name: "mode dry_run changes nothing for clients", dials: func(d *rollout.Dials) { d.Mode = rollout.ModeDryRun }, leave: true, headers: true},
		{name: "the kill switch is thrown", dials: func(d *rollout.Dials) { d.Enabled = false }, leave: true, headers: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var candidate, primary atomic.Int64
			h := start(t, setup{
				primary:   lacking(&primary),
				candidate: func(http.ResponseWriter, *http.Request) { candidate.Add(1) },
				deps:      allowing(proxy.Allowed{CandidateOnly: test.leave}),
			})
			h.set(test.dials)
			got := h.ask("history-critical", "{}")
			if got.status != http.StatusNotImplemented || got.body != "not implemented here" || primary.Load() != 1 || candidate.Load() != 0 {
				t.Errorf("got %+v; primary %d, candidate %d", got, primary.Load(), candidate.Load())
			}
			if _, marked := got.header[http.CanonicalHeaderKey(proxy.HeaderServedBy)]; marked != test.headers {
				t.Errorf("headers are %v", got.header)
			}
		})
	}
}

func TestCandidateOnly_ARuleMayLookAtTheBody(t *testing.T) {
	var asked atomic.Int64
	h := start(t, setup{primary: lacking(&asked), candidate: answering(critical), deps: func(d *proxy.Deps) {
		d.Allow = func(_ context.Context, scan proxy.ScanContext) proxy.Allowed {
			if scan.Analysis != "history-critical" || scan.ScanKey != "s" || scan.Client == "" {
				t.Errorf("asked about %+v", scan)
			}
			return proxy.Allowed{CandidateOnly: scan.MergeBy != "isp" && scan.NodeCount < 2}
		}
	}})
	for body, want := range map[string]int{
		`{"merge_by":"isp"}`: 501, `{"nodes":[{},{}]}`: 501, `{"nodes":[{}]}`: 200, `{"merge_by":"country"}`: 200,
	} {
		if got := h.ask("history-critical", body, "X-Scan-ID", "s"); got.status != want {
			t.Errorf("%s: got %+v", body, got)
		}
	}
}

func TestCandidateOnly_FailuresAreProblemDocumentsAndRefusalsPass(t *testing.T) {
	refusal := `{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"nodes: is missing"}`
	tests := []struct {
		name      string
		candidate http.HandlerFunc
		status    int
		detail    string
	}{
		{"it refuses the question", status(422, refusal), 422, "nodes: is missing"},
		{"it crashed", status(500, "oops"), 502, "the engine gave no answer: it answered with status 500"},
		{"it says why", status(502, `{"detail":"engine worker ended: killed"}`), 502, "engine worker ended: killed"},
		{"no worker is free", status(503, ""), 503, "no time for the analysis"},
		{"its deadline passed", status(504, `{"detail":"the analysis did not end within 45s"}`), 504, "the analysis did not end within 45s"},
		{"no JSON", answering("<html>"), 502, "it answered with status 200"},
		{"another success", status(204, ""), 502, "it answered with status 204"},
		{"it broke off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 502, "reset"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, setup{candidate: test.candidate, deps: allowing(proxy.Allowed{CandidateOnly: true})})
			for i := range 5 { // would trip the breaker if they were executions
				got := h.ask("data-quality", "{}", "X-Scan-ID", string(rune('a'+i)))
				var problem struct {
					Type, Title, Detail string
					Status              int
				}
				if err := json.Unmarshal([]byte(got.body), &problem); err != nil || problem.Status != test.status || !strings.Contains(problem.Detail, test.detail) {
					t.Fatalf("got %+v, %v", got, err)
				}
				if got.status != test.status || got.header.Get("Content-Type") != "application/problem+json" || got.servedBy != "candidate; reason=candidate_only" {
					t.Fatalf("got %+v", got)
				}
				if retry := got.header.Get("Retry-After"); (retry != "") != (test.status == 503) {
					t.Fatalf("Retry-After is %q", retry)
				}
			}
			if h.metric("effective_percent", "dial", "mirror") != 100 || h.metric("breaker_state", "state", "closed") != 1 {
				t.Error("the breaker heard of it")
			}
		})
	}
}

func TestCandidateOnly_ATrippedBreakerIsNoReasonToRefuse(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	h := start(t, setup{
		candidate: func(w http.ResponseWriter, r *http.Request) {
			if broken.Load() {
				status(500, "")(w, r)
				return
			}
			answering(critical)(w, r)
		},
		deps: allowing(proxy.Allowed{CandidateOnly: true}),
	})
	for _, scan := range []string{"a", "b", "c"} {
		h.ask("top-tier", "{}", "X-Scan-ID", scan)
	}
	h.counts(0, "breaker_state", "state", "closed")
	broken.Store(false)
	if got := h.ask("history-critical", "{}"); got.status != 200 {
		t.Errorf("got %+v", got)
	}
}

func TestCandidateOnly_BodiesAreBounded(t *testing.T) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = io.WriteString(zip, `{"nodes":[]}`)
	_ = zip.Close()
	var saw atomic.Value
	h := start(t, setup{
		candidate: func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			saw.Store(string(body) + r.Header.Get("Content-Encoding"))
			answering(critical)(w, r)
		},
		config: func(c *proxy.Config) { c.RequestBytes, c.CandidateBytes = 1000, 100 },
		deps:   allowing(proxy.Allowed{CandidateOnly: true}),
	})
	if got := h.ask("data-quality", packed.String(), "Content-Encoding", "gzip"); got.status != 200 || saw.Load() != `{"nodes":[]}` {
		t.Errorf("got %+v, the candidate saw %v", got, saw.Load())
	}
	for _, test := range []struct {
		body, encoding string
		status         int
	}{{strings.Repeat("x", 1001), "", 413}, {"{}", "br", 415}, {"{", "gzip", 415}} {
		if got := h.ask("data-quality", test.body, "Content-Encoding", test.encoding); got.status != test.status || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d bytes, encoding %q: got %+v", len(test.body), test.encoding, got)
		}
	}
	tight := start(t, setup{config: func(c *proxy.Config) { c.HeldBytes = 1 }, deps: allowing(proxy.Allowed{CandidateOnly: true})})
	if got := tight.ask("data-quality", `{"nodes":[]}`); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("got %+v", got)
	}
}

func TestCandidateOnly_NetworkIsLackedByPythonOnly(t *testing.T) {
	tests := []struct {
		kind               compare.PrimaryKind
		answer             string
		status             int
		servedBy           string
		primaryWasNotAsked bool
	}{
		{compare.KindRust, `{"node":{}}`, 501, "primary", false},
		{compare.KindPython, `{"node":{}}`, 200, "candidate; reason=candidate_only", true},
		{compare.KindPython, `{"node":{},"complete":false}`, 504, "candidate; reason=candidate_only", true},
	}
	for _, test := range tests {
		var asked atomic.Int64
		h := start(t, setup{
			primary: lacking(&asked), candidate: answering(test.answer),
			config: func(c *proxy.Config) { c.PrimaryKind = test.kind }, deps: allowing(proxy.Allowed{CandidateOnly: true}),
		})
		got := h.ask("network", "{}")
		if got.status != test.status || got.servedBy != test.servedBy || (asked.Load() == 0) != test.primaryWasNotAsked {
			t.Errorf("%s: got %+v", test.kind, got)
		}
		h.stop()
	}
}

func TestCandidateOnly_AnIncompleteAnswerOfTheEnginesOwnSaysSoItself(t *testing.T) {
	cut := `{"critical_sets":[],"min_size":1,"total_sets":-1,"complete":false,"lower_bound":1}`
	h := start(t, setup{candidate: answering(cut), deps: allowing(proxy.Allowed{CandidateOnly: true})})
	if got := h.ask("history-critical", "{}"); got.status != 200 || got.body != cut {
		t.Errorf("got %+v", got)
	}
}

func TestCandidateOnly_TheCallEndsWithItsClient(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	h := start(t, setup{
		candidate: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			close(begun)
			<-r.Context().Done()
			close(ended)
		},
		deps: allowing(proxy.Allowed{CandidateOnly: true}),
	})
	ctx, leave := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, h.front.URL+"/analyze/history-critical", strings.NewReader("{}"))
	go func() { <-begun; leave() }()
	if res, err := http.DefaultClient.Do(r); err == nil {
		_ = res.Body.Close()
		t.Error("an answer came")
	}
	<-ended
}
