package proxy_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
	"understudy/rollout/breaker"
)

func failing(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// guarded gives the proxy a breaker as a controller would.
func guarded(b *breaker.Breaker) func(*proxy.Deps) {
	return func(d *proxy.Deps) { d.Breaker = b }
}

func TestExecution_MirroredAndServedOnesCountAndWhatSaysNothingDoesNot(t *testing.T) {
	tests := []struct {
		name               string
		primary, candidate http.HandlerFunc
		counted, bad       int // bad: counted as errors
	}{
		{name: "an answer", counted: 1},
		{name: "an error", candidate: failing(500), counted: 1, bad: 1},
		{name: "an unservable answer", candidate: answering(`{"unservable":true}`), counted: 1, bad: 1},
		{name: "its own saturation", candidate: failing(503)},
		{name: "a bad question", primary: failing(422), candidate: failing(422)},
		{name: "a question that it alone finds bad", candidate: failing(422), counted: 1, bad: 1},
		{name: "an error of the primary only", primary: failing(500), counted: 1},
	}
	for _, test := range tests {
		for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full} {
			t.Run(test.name+" in "+stage.String(), func(t *testing.T) {
				h := start(t, setup{stage: stage, primary: test.primary, candidate: test.candidate})
				h.ask("top-tier", "{}")
				h.recorded(1)
				if tally := h.proxy.Breaker().Tallies[0]; tally.Of != test.counted || tally.Bad != test.bad {
					t.Errorf("counted %+v", tally)
				}
			})
		}
	}
}

func TestExecution_TheTimeInTheQueueIsNotItsOwn(t *testing.T) {
	policy := rollout.DefaultPolicy()
	policy.Slow = time.Millisecond
	b := breaker.New(breaker.Config{Policy: policy})
	h := start(t, setup{deps: guarded(b), candidate: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Engine-Queue-Ms", "3600000")
		answering(answer)(w, r)
	}})
	h.ask("top-tier", "{}")
	h.recorded(1)
	if s := b.Snapshot(); s.Tallies[0].Of != 1 || s.Tallies[3].Bad != 0 {
		t.Errorf("counted %+v", s.Tallies)
	}
}

func TestExecution_AClientThatGoesAwayIsNoFaultOfTheCandidate(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	h := start(t, setup{stage: rollout.Complete, candidate: func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-release
		answering(answer)(w, r)
	}})
	ctx, cancel := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, h.front.URL+"/analyze/top-tier", strings.NewReader("{}"))
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if res, err := http.DefaultClient.Do(r); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-asked
	cancel()
	<-gone
	close(release)
	h.recorded(1)
	if tally := h.proxy.Breaker().Tallies[0]; tally.Bad != 0 {
		t.Errorf("counted %+v", tally)
	}
}

func TestExecution_OurOwnEndIsNoFaultOfTheCandidate(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	h := start(t, setup{candidate: func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		select {
		case <-r.Context().Done():
		case <-release:
		}
	}})
	defer close(release)
	h.ask("top-tier", "{}")
	<-asked
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = h.proxy.Close(ended)
	if s := h.proxy.Breaker(); s.Tallies[0].Of != 0 {
		t.Errorf("counted %+v", s.Tallies)
	}
}

func convicting() func(*proxy.Deps) {
	proof := &compare.Proof{Kind: compare.ProofWitness, Sentence: "{a} blocks already"}
	return judging(judge{compare: func(_, _ compare.Reply) compare.Result {
		return judged(compare.VerdictCandidateWrong, compare.Ruling{Verdict: compare.VerdictCandidateWrong, Proof: proof})
	}})
}

func TestWrongAnswer_OneOpensTheBreakerWhereClientsMayBeServed(t *testing.T) {
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full} {
		for _, guard := range []bool{false, true} {
			t.Run(fmt.Sprint(stage, " guard ", guard), func(t *testing.T) {
				b := breaker.New(breaker.Config{Policy: rollout.DefaultPolicy()})
				b.Set(breaker.Closed, nil, guard)
				h := start(t, setup{stage: stage, deps: func(d *proxy.Deps) { convicting()(d); d.Breaker = b }})
				h.ask("top-tier", "{}")
				e := h.recorded(1)[0]
				if b.Closed() == guard {
					t.Fatalf("closed %v", b.Closed())
				}
				if last := b.Snapshot().Last; guard && (last.Trigger != rollout.TriggerWrongAnswer || last.Exchanges[0] != e.ID ||
					last.Reason != "wrong_answer: top-tier: top_tier: {a} blocks already") {
					t.Errorf("it said %+v", last)
				}
			})
		}
	}
}

func TestWrongAnswer_CountsFromDeepExchangesVariationsAndTheArbiterToo(t *testing.T) {
	proof := &compare.Proof{Kind: compare.ProofTwoSolvers, Sentence: "both solvers say 3"}
	wrong := judged(compare.VerdictCandidateWrong, compare.Ruling{Verdict: compare.VerdictCandidateWrong, Proof: proof})
	agrees := judged(compare.VerdictAgree)
	ticks := make(chan time.Time)
	tests := []struct {
		name    string
		deps    func(*proxy.Deps)
		config  func(*proxy.Config)
		ask     func(h *harness)
		records int
		source  string
	}{
		{"deep", inTurn(agrees, wrong), deepest, func(h *harness) { h.ask("quorums", "{}") }, 2, proxy.SourceDeep},
		{
			"variation", func(d *proxy.Deps) { inTurn(agrees, wrong, agrees, agrees, agrees)(d); varying(ticks)(d) }, nil,
			func(h *harness) { h.ask("top-tier", validators(3)); h.recorded(1); ticks <- time.Time{} }, 5, proxy.SourceVariation,
		},
		{
			"arbiter", func(d *proxy.Deps) {
				inTurn(judged(compare.VerdictUndecided))(d)
				settling(func(context.Context, compare.Question, compare.Reply, compare.Reply, compare.PrimaryKind) (compare.Result, error) {
					return wrong, nil
				})(d)
			}, nil, func(h *harness) { h.ask("top-tier", "{}") }, 1, proxy.SourceLive,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := breaker.New(breaker.Config{Policy: rollout.DefaultPolicy()})
			b.Set(breaker.Closed, nil, true)
			h := start(t, setup{config: test.config, deps: func(d *proxy.Deps) { test.deps(d); d.Breaker = b }})
			test.ask(h)
			e := bySource(h.recorded(test.records), test.source)[0]
			if last := b.Snapshot().Last; b.Closed() || last.Trigger != rollout.TriggerWrongAnswer || last.Exchanges[0] != e.ID {
				t.Errorf("it said %+v, want %s", last, e.ID)
			}
		})
	}
}

func TestWrongAnswer_WithoutProofIsNone(t *testing.T) {
	b := breaker.New(breaker.Config{Policy: rollout.DefaultPolicy()})
	b.Set(breaker.Closed, nil, true)
	h := start(t, setup{deps: func(d *proxy.Deps) {
		inTurn(judged(compare.VerdictCandidateWrong, compare.Ruling{Verdict: compare.VerdictCandidateWrong}))(d)
		d.Breaker = b
	}})
	h.ask("top-tier", "{}")
	h.recorded(1)
	if !b.Closed() {
		t.Errorf("it said %+v", b.Snapshot().Last)
	}
}
