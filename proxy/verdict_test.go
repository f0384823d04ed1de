package proxy_test

import (
	"math"
	"net/http"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

// inTurn judges exchange after exchange by the list.
func inTurn(results ...compare.Result) func(*proxy.Deps) {
	next := make(chan compare.Result, len(results))
	for _, r := range results {
		next <- r
	}
	return judging(judge{compare: func(_, _ compare.Reply) compare.Result { return <-next }})
}

func TestAgreement_LeavesOutWhatIsNobodysOrThePrimarysFault(t *testing.T) {
	results := []compare.Result{
		judged(compare.VerdictAgree), judged(compare.VerdictAgree), judged(compare.VerdictAgree),
		judged(compare.VerdictPrimaryWrong, compare.Ruling{Verdict: compare.VerdictPrimaryWrong, Class: "R5"}),
		judged(compare.VerdictPrimaryWrong, compare.Ruling{Verdict: compare.VerdictPrimaryWrong}),
		judged(compare.VerdictInputSkew, compare.Ruling{Verdict: compare.VerdictInputSkew, Finding: "unknown-validator"}),
		judged(compare.VerdictCandidateWrong, compare.Ruling{Verdict: compare.VerdictCandidateWrong}),
		judged(compare.VerdictUndecided),
	}
	h := start(t, setup{deps: inTurn(results...), config: func(c *proxy.Config) { c.MirrorWorkers = 1 }})
	for range results {
		h.ask("top-tier", "{}")
	}
	h.recorded(len(results))
	for verdict, want := range map[compare.Verdict]float64{
		compare.VerdictAgree: 3, compare.VerdictPrimaryWrong: 2, compare.VerdictInputSkew: 1,
		compare.VerdictCandidateWrong: 1, compare.VerdictUndecided: 1,
	} {
		h.counts(want, "verdicts_total", "metric", "top_tier", "verdict", string(verdict))
		if got := h.proxy.Verdicts()[string(verdict)]; float64(got) != want {
			t.Errorf("%d exchanges are %s, want %v", got, verdict, want)
		}
	}
	h.counts(0.6, "agreement_ratio", "metric", "top_tier")
	h.counts(5, "agreement_comparisons", "metric", "top_tier")
	if least := h.metric("agreement_lower_bound", "metric", "top_tier"); math.Abs(least-rollout.WilsonLower(3, 5)) > 1e-9 {
		t.Errorf("the lower bound is %v", least)
	}
	h.counts(1, "defects_total", "class", "R5")
	h.counts(1, "defects_total", "class", "none")
}

func TestRecord_CarriesTheVerdictAndItsProof(t *testing.T) {
	proof := &compare.Proof{Kind: compare.ProofWitness, Check: "quorum", Sentence: "{a, b} is a quorum"}
	h := start(t, setup{deps: inTurn(judged(compare.VerdictPrimaryWrong, compare.Ruling{Verdict: compare.VerdictPrimaryWrong, Proof: proof}))})
	h.ask("top-tier", "{}")
	e := h.recorded(1)[0]
	if e.Source != proxy.SourceLive || e.SizeClass != "0-9" || e.Verdict != "primary_wrong" || e.Skip != "" {
		t.Errorf("recorded %+v", e)
	}
	if m := e.Metrics[0]; m.Verdict != "primary_wrong" || len(m.Rulings) != 1 || m.Rulings[0].Proof != proof {
		t.Errorf("the metric is %+v", m)
	}
}

func TestRecord_EveryEligibleExchangeLeavesExactlyOne(t *testing.T) {
	panics := judging(judge{compare: func(_, _ compare.Reply) compare.Result { panic("boom") }})
	tests := []struct {
		name    string
		setup   setup
		request string
		down    bool // the primary
		skip    string
	}{
		{name: "compared", request: "{}"},
		{name: "the request is too large", request: strings.Repeat("x", 200), setup: setup{config: func(c *proxy.Config) { c.RequestBytes = 100 }}, skip: "too_large"},
		{name: "the answer is too large", request: "{}", setup: setup{config: func(c *proxy.Config) { c.AnswerBytes = 10 }}, skip: "answer_too_large"},
		{name: "no room", request: strings.Repeat("x", 200), setup: setup{config: func(c *proxy.Config) { c.HeldBytes = 100 }}, skip: "memory"},
		{name: "comparing panics", request: "{}", setup: setup{deps: panics}, skip: "panic"},
		{name: "the primary is down", request: "{}", down: true, skip: "primary_unreachable"},
	}
	for _, test := range tests {
		for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full} {
			t.Run(test.name+"/"+stage.String(), func(t *testing.T) {
				test.setup.stage = stage
				h := start(t, test.setup)
				if test.down {
					h.primary.Close()
				}
				got := h.ask("top-tier", test.request)
				h.stop()
				list := h.records.all()
				if len(list) != 1 || list[0].ID != got.header.Get(proxy.HeaderExchange) || list[0].Skip != test.skip {
					t.Fatalf("recorded %+v", list)
				}
				if e := list[0]; test.skip != "" && (e.Outcome != proxy.OutcomeSkipped || e.RequestBody != nil || e.PrimaryBody != nil || e.CandidateBody != nil) {
					t.Errorf("recorded %+v", e)
				}
			})
		}
	}
}

func TestRecord_WhatTheQueueHasNoRoomForIsRecordedAsSkipped(t *testing.T) {
	release := make(chan struct{})
	h := start(t, setup{
		candidate: func(w http.ResponseWriter, r *http.Request) { <-release; answering(answer)(w, r) },
		config:    func(c *proxy.Config) { c.MirrorQueue, c.MirrorWorkers = 1, 1 },
	})
	for range 10 {
		h.ask("top-tier", "{}")
	}
	h.eventually("all were offered", func() bool { // which is after the client has its answer
		return h.metric("mirror_dropped_total", "reason", "queue_full")+h.metric("mirror_queue_length")+h.metric("mirrored_total", "analysis", "top-tier") == 10
	})
	close(release)
	skipped := map[string]int{}
	for _, e := range h.recorded(10) {
		skipped[e.Skip]++
	}
	if skipped["queue_full"] < 8 || skipped[""]+skipped["queue_full"] != 10 {
		t.Errorf("recorded %v", skipped)
	}
}

func TestRecord_WhatIsOutsideTheMirrorShareLeavesNone(t *testing.T) {
	h := start(t, setup{config: func(c *proxy.Config) { c.RequestBytes = 1 }})
	h.set(func(d *rollout.Dials) { d.MirrorPercent = 0 })
	h.ask("top-tier", "{}")
	h.stop()
	if list := h.records.all(); len(list) != 0 {
		t.Errorf("recorded %+v", list)
	}
}
