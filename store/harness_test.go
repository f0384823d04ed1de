package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		children[os.Getenv(childWorkVariable)](path)
		return
	}
	goleak.VerifyTestMain(m)
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC)

// differing is an exchange that says of every field something; the candidate is wrong about the top
// tier.
func differing(id string) Exchange {
	return Exchange{
		ID: id, At: noon, Source: "live", Scan: "scan-1", Client: "b0a7", Repeat: true, Mixed: true, Overlong: true, Note: "the candidate was late",
		Analysis: "top-tier", Level: "whole", MergeBy: "none", Case: "c0ffee",
		ServedBy: "primary", Reason: "stage_shadow", Outcome: "differ", Verdict: "candidate_wrong", Skip: "none", Nodes: 21, SizeClass: "10-29",
		Primary:   Side{Status: 200, Latency: 1500 * time.Millisecond},
		Candidate: Side{Status: 0, Failure: "timeout", Latency: 45 * time.Second},
		Metrics: []Metric{
			{Name: "top_tier", Outcome: "differ", Verdict: "candidate_wrong", Primary: "21", Candidate: "20", Rulings: []Ruling{refuted("candidate_wrong")}},
			{Name: "min_quorum", Outcome: "agree", Verdict: "agree", Primary: "10", Candidate: "10"},
		},
		Path: "/analyze/top-tier?x=%2F", ContentType: "application/json",
		RequestBody: []byte(`{"nodes":[]}`), PrimaryBody: []byte(`{"size":21}`), CandidateBody: []byte{},
	}
}

// refuted is a ruling with a proof.
func refuted(verdict string) Ruling {
	return Ruling{
		Verdict: verdict, Class: "R5", Finding: "unknown_validator", ProofKind: "witness", Sentence: "{a, b} is a quorum.",
		Proof: []byte(`{"kind":"witness","check":"quorum","sentence":"{a, b} is a quorum."}`),
	}
}

func agreeing(id string) Exchange {
	e := differing(id)
	e.Outcome, e.Verdict = "agree", "agree"
	e.Metrics = []Metric{{Name: "top_tier", Outcome: "agree", Verdict: "agree", Primary: "21", Candidate: "21"}}
	return e
}

// judged is an exchange about a case, later than noon, whose one metric, the top tier, has these
// rulings. Its bodies are its own.
func judged(id, caseDigest string, after time.Duration, verdicts ...string) Exchange {
	e := agreeing(id)
	e.At, e.Case, e.Scan = noon.Add(after), caseDigest, id
	e.Repeat, e.Mixed, e.Overlong, e.Note, e.Skip = false, false, false, "", ""
	e.RequestBody, e.PrimaryBody, e.CandidateBody = []byte("request "+id), []byte("primary "+id), []byte("candidate "+id)
	for _, v := range verdicts {
		m := &e.Metrics[0]
		e.Outcome, m.Outcome, e.Verdict, m.Verdict = "differ", "differ", v, v
		if v != "undecided" {
			m.Rulings = append(m.Rulings, refuted(v))
		}
	}
	return e
}

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func openNew(t *testing.T) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "store.db"))
}

// openClocked opens a store whose time is what the pointer says.
func openClocked(t *testing.T) (*Store, *time.Time) {
	t.Helper()
	now := noon
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), WithClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, &now
}

func record(t *testing.T, s *Store, exchanges ...Exchange) {
	t.Helper()
	if err := s.RecordBatch(t.Context(), exchanges); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *Store, table string) int {
	t.Helper()
	var n int
	if err := s.reader.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// disagreement is the one that a case has about the top tier with that verdict.
func disagreement(t *testing.T, s *Store, caseDigest, verdict string) Disagreement {
	t.Helper()
	d, err := s.Disagreement(t.Context(), disagreementID(caseDigest, "top_tier", verdict))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// checkWhole fails the test unless what the tables say about each other is true.
func checkWhole(t testing.TB, s *Store) {
	t.Helper()
	for _, c := range []struct{ what, query string }{
		{"broken pages", `SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'`},
		{"references to nothing", `SELECT COUNT(*) FROM pragma_foreign_key_check`},
		{"bodies that no exchange holds", `SELECT COUNT(*) FROM bodies b WHERE NOT EXISTS (SELECT 1 FROM exchanges
			WHERE b.digest IN (request_body, primary_body, candidate_body))`},
		{"disagreements counted less often than seen", `SELECT COUNT(*) FROM disagreements d WHERE seen <
			(SELECT COUNT(*) FROM sightings s WHERE s.disagreement_id = d.id)`},
		{"open disagreements whose exchanges are gone", `SELECT COUNT(*) FROM disagreements d WHERE opens_at = 0 AND closed_at = 0 AND approved_at = 0 AND
			(SELECT COUNT(*) FROM exchanges e WHERE e.id IN (d.first_exchange, d.last_exchange)) < (CASE WHEN d.first_exchange = d.last_exchange THEN 1 ELSE 2 END)`},
		{"metrics of a dispute without a sighting", `SELECT COUNT(*) FROM metrics m JOIN exchanges e ON e.id = m.exchange_id JOIN disagreements d
			ON d.case_digest = e.case_digest AND d.metric = m.name AND d.verdict = m.verdict
			WHERE NOT EXISTS (SELECT 1 FROM sightings s WHERE s.exchange_id = e.id AND s.disagreement_id = d.id)`},
	} {
		var n int
		if err := s.reader.QueryRowContext(t.Context(), c.query).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d %s, error %v", n, c.what, err)
		}
	}
}
