package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"understudy/compare"
)

// inProcess is an arbiter's process without the process.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

func answering(body string) compare.Reply {
	return compare.Reply{Status: http.StatusOK, Body: []byte(body), Latency: time.Millisecond}
}

// That nothing of size 1 splits 3 of 4 can't be shown by a set.
var (
	splitting = compare.Question{Analysis: "splitting-sets", Body: []byte(threeOfFour)}
	tooSmall  = answering(`{"min_size":1,"total_sets":6,"example_set":["a"],"has_split":false,"execution_time_ms":1}`)
	right     = answering(`{"min_size":2,"total_sets":6,"example_set":["a","b"],"has_split":false,"execution_time_ms":1}`)
)

func TestArbitrate_SettlesWhatNoWitnessDoes(t *testing.T) {
	if r := compare.Compare(splitting, tooSmall, right, compare.KindRust); r.Verdict != compare.VerdictUndecided && r.Verdict != compare.VerdictPrimaryWrong {
		t.Fatalf("the witnesses say %+v", r)
	}
	s := settler{inProcess{arbitrateHandler(newArbiter(), http.NotFoundHandler())}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := s.settle(ctx, splitting, tooSmall, right, compare.KindRust)
	if err != nil || r.Verdict != compare.VerdictPrimaryWrong {
		t.Fatalf("%v, %+v", err, r)
	}
	r, err = s.settle(ctx, splitting, right, tooSmall, compare.KindRust)
	if err != nil || r.Verdict != compare.VerdictCandidateWrong {
		t.Errorf("the other way round: %v, %+v", err, r)
	}
}

func TestArbitrate_WhatGoesWrongIsAnError(t *testing.T) {
	tests := map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"it is gone":       {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "worker ended", http.StatusBadGateway) }, "502 Bad Gateway: worker ended"},
		"it says nonsense": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{") }, "read what the arbiter says"},
	}
	for name, test := range tests {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := settler{inProcess{test.handler}}.settle(ctx, splitting, tooSmall, right, compare.KindRust)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		cancel()
	}
	if _, err := (settler{}).settle(t.Context(), splitting, tooSmall, right, compare.KindRust); err == nil {
		t.Error("a call without a deadline is taken")
	}
}

func TestArbitrate_LeavesAnalysesToTheEngineAndRefusesNonsense(t *testing.T) {
	handler := arbitrateHandler(newArbiter(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	for path, want := range map[string]int{"/analyze/quorums": http.StatusTeapot, arbitratePath: http.StatusBadRequest} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader("{")))
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}

// blind is an arbiter that never comes to an answer.
type blind struct{}

func (blind) Answer(ctx context.Context, _ compare.Dispute) (compare.Truth, error) {
	<-ctx.Done()
	return compare.Truth{}, compare.ErrUnsettled
}

func (blind) Split(context.Context, compare.Dispute, []string) (compare.Split, error) {
	return compare.Split{}, errors.ErrUnsupported
}

func TestArbitrate_TheBudgetEndsBeforeTheCallersTime(t *testing.T) {
	var budget time.Duration
	inner := arbitrateHandler(blind{}, http.NotFoundHandler())
	s := settler{inProcess{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var a arbitration
		_ = json.Unmarshal(body, &a)
		budget = a.Budget
		a.Budget = time.Millisecond
		body, _ = json.Marshal(a)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		inner.ServeHTTP(w, r)
	})}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if _, err := s.settle(ctx, splitting, tooSmall, right, compare.KindRust); err != nil {
		t.Error(err)
	}
	if budget > 55*time.Minute || budget < 50*time.Minute {
		t.Errorf("the budget is %s", budget)
	}
}

func TestServe_WhatNoWitnessSettlesTheArbiterDoes(t *testing.T) {
	primary := primaryWith(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) { w.Write(tooSmall.Body) })
	s := serveFor(t, primary.URL)
	_, _, exchange := s.ask("/analyze/splitting-sets")
	e := s.outcome(exchange)
	if e.Verdict != "primary_wrong" || e.SizeClass != "0-9" || e.Source != "live" {
		t.Errorf("recorded %+v", e)
	}
	for _, m := range e.Metrics {
		for _, r := range m.Rulings {
			var proof compare.Proof
			if err := json.Unmarshal(r.Proof, &proof); err != nil || string(proof.Kind) != r.ProofKind || proof.Sentence != r.Sentence || r.Sentence == "" {
				t.Errorf("%s: %v, ruling %+v with proof %s", m.Name, err, r, r.Proof)
			}
		}
	}
	if r := s.readyz(); r.Arbiter == nil || r.Arbiter.Alive != 1 || r.Verdicts["primary_wrong"] != 1 {
		t.Errorf("readyz %+v", r)
	}
}
