package console_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"understudy/compare"
	"understudy/console"
	"understudy/store"
)

// noon is when the tests ask.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// exchanges are three live ones of two scans, the oldest first: both sides agree,
// the primary is proven wrong, the candidate is. A fourth could not be compared.
func exchanges(t *testing.T) []store.Exchange {
	t.Helper()
	proof, err := json.Marshal(compare.Proof{
		Kind: compare.ProofWitness, Check: "minimal quorum", Sentence: "{a, b} is a minimal quorum",
		Sets: []compare.NamedSet{{Name: "quorum", Members: []string{"a", "b"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	live := func(id string, age time.Duration, scan, outcome string) store.Exchange {
		return store.Exchange{
			ID: id, At: noon.Add(-age), Scan: scan, Analysis: "quorums", Level: "whole", MergeBy: "none", Case: "case-" + id,
			ServedBy: "primary", Outcome: outcome, Nodes: 3, SizeClass: "0-9", Path: "/analyze/quorums",
			Primary: store.Side{Status: 200, Latency: 1500 * time.Microsecond}, Candidate: store.Side{Status: 200, Latency: time.Millisecond},
			RequestBody: []byte(`{"nodes":[]}`), PrimaryBody: []byte(`{"min_size":2}`), CandidateBody: []byte("not JSON"),
		}
	}
	agrees, defect, wrong := live("e1", 3*time.Hour, "s1", "agree"), live("e2", 2*time.Hour, "s1", "differ"), live("e3", time.Hour, "s2", "differ")
	agrees.Metrics = []store.Metric{{Name: "min_quorum", Outcome: "agree", Primary: "2", Candidate: "2"}}
	defect.Verdict = "primary_wrong"
	defect.Metrics = []store.Metric{{
		Name: "min_quorum", Outcome: "differ", Verdict: "primary_wrong", Primary: "3", Candidate: "2",
		Rulings: []store.Ruling{{Verdict: "primary_wrong", Class: "R5", ProofKind: "witness", Sentence: "{a, b} is a minimal quorum", Proof: proof}},
	}}
	wrong.Verdict = "candidate_wrong"
	wrong.Metrics = []store.Metric{{
		Name: "min_quorum", Outcome: "differ", Verdict: "candidate_wrong", Primary: "2", Candidate: "3",
		Rulings: []store.Ruling{{Verdict: "candidate_wrong", ProofKind: "witness", Sentence: "{a, b} is a minimal quorum", Proof: proof}},
	}}
	skipped := live("e4", 30*time.Minute, "s2", "skipped")
	skipped.Skip = "encoding"
	return []store.Exchange{agrees, defect, wrong, skipped}
}

// filled is a store with those exchanges.
func filled(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "understudy.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.RecordBatch(t.Context(), exchanges(t)); err != nil {
		t.Fatal(err)
	}
	return s
}

// asker sends requests to an API over a filled store.
type asker struct {
	t   *testing.T
	api http.Handler
}

func newAsker(t *testing.T) asker {
	t.Helper()
	return asker{t, console.API(filled(t), console.Config{Now: func() time.Time { return noon }, Logger: slog.New(slog.DiscardHandler)})}
}

func (a asker) do(method, path string) *httptest.ResponseRecorder {
	a.t.Helper()
	w := httptest.NewRecorder()
	a.api.ServeHTTP(w, httptest.NewRequestWithContext(a.t.Context(), method, path, nil))
	return w
}

// get asks for what must be there, and reads it.
func (a asker) get(path string, into any) {
	a.t.Helper()
	w := a.do(http.MethodGet, path)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		a.t.Fatalf("%s: %d %s: %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		a.t.Fatalf("%s: %v", path, err)
	}
}
