package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"understudy/compare"
	"understudy/store"
)

// cannedScanner is scanner VARIABLE DIR: a scanner that answers a question about
// top-tier with DIR/top-tier.json, every second time with DIR/top-tier-again.json
// where there is such a file. Its URL goes into the variable.
func cannedScanner(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: scanner VARIABLE DIR")
	}
	dir := ts.MkAbs(args[1])
	var mu sync.Mutex // guards asked
	asked := make(map[string]int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		analysis := path.Base(r.URL.Path)
		mu.Lock()
		asked[analysis]++
		second := asked[analysis]%2 == 0
		mu.Unlock()
		if again, err := os.ReadFile(filepath.Join(dir, analysis+"-again.json")); err == nil && second {
			w.Write(again)
			return
		}
		answer, err := os.ReadFile(filepath.Join(dir, analysis+".json"))
		if err != nil {
			http.Error(w, "no answer", http.StatusServiceUnavailable)
			return
		}
		w.Write(answer)
	}))
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL)
}

// fillStore is fill-store FILE: a store with what four questions came to. In
// aa01 both sides agree, in bb02 the primary is proven wrong, in bb03 the
// candidate is, dd04 could not be compared. The last two are of today, the first
// two of two days ago.
func fillStore(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fill-store FILE")
	}
	ctx := context.Background()
	s, err := store.Open(ctx, ts.MkAbs(args[0]))
	ts.Check(err)
	const least, another, more = `{"min_size":2,"total_sets":6,"example_set":["a","b"]}`, `{"min_size":2,"total_sets":6,"example_set":["c","d"]}`,
		`{"min_size":3,"total_sets":6,"example_set":["a","b","c"]}`
	now := time.Now()
	skipped := comparedExchange("dd04", now.Add(-time.Hour), "s2", least, least)
	skipped.Outcome, skipped.Verdict, skipped.Skip, skipped.Metrics = "skipped", "inconclusive", "encoding", nil
	ts.Check(s.RecordBatch(ctx, []store.Exchange{
		comparedExchange("aa01", now.Add(-50*time.Hour), "s1", least, another),
		comparedExchange("bb02", now.Add(-49*time.Hour), "s1", more, least),
		comparedExchange("bb03", now.Add(-2*time.Hour), "s2", least, more),
		skipped,
	}))
	ts.Check(s.Close())
}

// comparedExchange is an exchange about the blocking sets of three-of-four, as
// the sidecar stores it.
func comparedExchange(id string, at time.Time, scan, primary, candidate string) store.Exchange {
	reply := func(body string) compare.Reply { return compare.Reply{Status: http.StatusOK, Body: []byte(body)} }
	r := compare.Compare(compare.Question{Analysis: "blocking-sets", Body: []byte(threeOfFour)}, reply(primary), reply(candidate), compare.KindRust)
	e := store.Exchange{
		ID: id, At: at, Scan: scan, Analysis: "blocking-sets", Level: r.Level, MergeBy: r.MergeBy, Case: r.Case, ServedBy: "primary", Reason: "stage",
		Outcome: string(r.Outcome), Verdict: string(r.Verdict), Nodes: r.Nodes, SizeClass: compare.SizeClass(r.Nodes), Path: "/analyze/blocking-sets",
		Primary: store.Side{Status: 200, Latency: 3 * time.Millisecond}, Candidate: store.Side{Status: 200, Latency: time.Millisecond},
		RequestBody: []byte(threeOfFour), PrimaryBody: []byte(primary), CandidateBody: []byte(candidate), KeepBodies: true,
	}
	for _, m := range r.Metrics {
		stored := store.Metric{Name: m.Metric, Outcome: string(m.Outcome), Verdict: string(m.Verdict), Primary: m.Primary, Candidate: m.Candidate}
		for _, ruling := range m.Rulings {
			one := store.Ruling{Verdict: string(ruling.Verdict), Class: ruling.Class, Finding: ruling.Finding}
			if ruling.Proof != nil {
				one.ProofKind, one.Sentence = string(ruling.Proof.Kind), ruling.Proof.Sentence
				one.Proof, _ = json.Marshal(ruling.Proof) // strings
			}
			stored.Rulings = append(stored.Rulings, one)
		}
		e.Metrics = append(e.Metrics, stored)
	}
	return e
}
