package proxy_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/engine/worker"
	"understudy/proxy"
	"understudy/rollout"
	"understudy/rollout/breaker"
)

const refusal = `{"title":"Unprocessable Entity","status":422,"detail":"engine workers died of this network"}`

// poisoned is a pool whose workers died of what is asked about a.
func poisoned(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if !strings.Contains(string(body), `"a"`) {
		_, _ = io.WriteString(w, answer)
		return
	}
	w.Header().Set(worker.RefusedHeader, worker.Poisonous)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusUnprocessableEntity)
	_, _ = io.WriteString(w, refusal)
}

const aboutA = `{"nodes":["a"]}`

func TestPoisonous_CopyIsRecordedAsNotComparedAndIsNoExecution(t *testing.T) {
	h := start(t, setup{candidate: poisoned})
	if got := h.ask("top-tier", aboutA); got.body != answer || got.servedBy != "primary" {
		t.Errorf("got %+v", got)
	}
	if e := h.recorded(1)[0]; e.Outcome != proxy.OutcomeSkipped || e.Skip != "poisonous" {
		t.Errorf("recorded %+v", e)
	}
	h.counts(1, "mirror_skipped_total", "reason", "poisonous")
	if h.executions() != 0 {
		t.Error("the breaker counted it")
	}
}

func TestPoisonous_QuestionInTheServeShareGetsThePrimarysAnswerWithTheReason(t *testing.T) {
	for _, stage := range []rollout.Stage{rollout.Full, rollout.Complete} {
		h := start(t, setup{stage: stage, candidate: poisoned})
		if got := h.ask("top-tier", aboutA); got.status != 200 || got.body != answer || got.servedBy != "primary; reason=poisonous" {
			t.Errorf("%s: got %+v", stage, got)
		}
		if e := h.recorded(1)[0]; e.Outcome != proxy.OutcomeSkipped || e.Skip != "poisonous" || e.Reason != "poisonous" {
			t.Errorf("%s: recorded %+v", stage, e)
		}
		h.counts(1, "requests_total", "analysis", "top-tier", "served_by", "primary", "reason", "poisonous")
		if h.executions() != 0 {
			t.Errorf("%s: the breaker counted it", stage)
		}
	}
}

func TestPoisonous_NothingIsRescuedAndTheClientGetsWhatThePrimaryDid(t *testing.T) {
	h := start(t, setup{candidate: poisoned, primary: status(500, "oops"), deps: rescue})
	if got := h.ask("top-tier", aboutA); got.status != 500 || got.body != "oops" {
		t.Errorf("got %+v", got)
	}
}

func TestPoisonous_AnalysisThatThePrimaryLacksGetsTheRefusal(t *testing.T) {
	h := start(t, setup{candidate: poisoned, deps: allowing(proxy.Allowed{CandidateOnly: true})})
	got := h.ask("data-quality", aboutA)
	if got.status != 422 || got.body != refusal || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %+v", got)
	}
}

func TestPoisonous_OnlyThePoolsWordForItCounts(t *testing.T) {
	for name, candidate := range map[string]http.HandlerFunc{
		"a 422 without the header": status(422, refusal),
		"another status": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(worker.RefusedHeader, worker.Poisonous)
			w.WriteHeader(http.StatusInternalServerError)
		},
		"another word": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(worker.RefusedHeader, "tired")
			w.WriteHeader(http.StatusUnprocessableEntity)
		},
	} {
		h := start(t, setup{candidate: candidate})
		h.ask("top-tier", aboutA)
		if e := h.recorded(1)[0]; e.Outcome != "candidate_failed" || h.executions() != 1 {
			t.Errorf("%s: recorded %+v, %d executions", name, e, h.executions())
		}
	}
}

func TestPoisonous_SuspectStaysOneAndTheOthersAreAsked(t *testing.T) {
	q := newProbing("a", "b")
	h := start(t, setup{deps: q.deps, candidate: poisoned})
	q.ticks <- time.Time{}
	h.eventually("b passed", func() bool { return len(q.breaker.Suspects()) == 1 })
	h.counts(1, "probes_total", "kind", "suspect", "result", "nothing")
	if left := q.breaker.Suspects(); left[0] != "a" || q.breaker.State() != breaker.HalfOpen {
		t.Errorf("left are %v, the breaker is %s", left, q.breaker.State())
	}
}

func TestSelfTest_AsksAboutAnotherNetworkEachTime(t *testing.T) {
	var mu sync.Mutex // guards asked
	asked := map[string]bool{}
	ticks := make(chan time.Time)
	h := start(t, setup{deps: ticking(ticks), candidate: func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		_, nodes, _ := strings.Cut(string(body), `"nodes":`)
		asked[nodes] = true
		_, _ = io.WriteString(w, known)
	}})
	for range 3 {
		ticks <- time.Time{}
	}
	h.counts(3, "self_tests_total", "result", "passed")
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != 3 {
		t.Errorf("%d networks in 3 self-tests", len(asked))
	}
}
