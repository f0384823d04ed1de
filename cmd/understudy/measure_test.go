package main

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/console"
	"understudy/proxy"
	"understudy/rollout"
	"understudy/rollout/audit"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
	"understudy/store"
)

func newStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "understudy.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var beginning = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// startController runs a controller over the store, at a time that stands still.
func startController(t *testing.T, s *store.Store, versions rollout.Versions, now time.Time) *control.Controller {
	t.Helper()
	c, err := control.Start(t.Context(), control.Config{
		Policy: rollout.DefaultPolicy(), Store: rolloutStore{s}, Measurer: measurer{s},
		Breaker: breaker.New(breaker.Config{Policy: rollout.DefaultPolicy()}), Ticks: make(chan time.Time),
		Flags: func() (rollout.Settings, string, bool) {
			return rollout.Settings{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, CeilingPercent: 100}, "test", true
		},
		Versions: func(context.Context) rollout.Versions { return versions },
		Now:      func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// chain reads the whole audit.
func chain(t *testing.T, s *store.Store) (records []audit.Record) {
	t.Helper()
	lines, err := s.Audit(t.Context(), store.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		r, err := audit.Read(l.Seq, l.Prev, l.Digest, l.Body)
		if err != nil || string(r.Change.Kind) != l.Kind || r.Change.Actor != l.Actor || !r.Change.At.Equal(l.At) {
			t.Fatalf("line %+v is not its record %+v, error %v", l, r.Change, err)
		}
		records = append(records, r)
	}
	return records
}

func TestRolloutStore_KeepsAControllersStateAndAWholeChain(t *testing.T) {
	s := newStore(t)
	first := startController(t, s, rollout.Versions{Candidate: "1"}, beginning)
	if _, err := first.Do(t.Context(), rollout.Hold{By: rollout.By{Actor: "person:ana", Reason: "a look"}}); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := startController(t, s, rollout.Versions{Candidate: "2"}, beginning.Add(time.Hour))
	if !second.Position().Held {
		t.Errorf("after a restart the position is %+v", second.Position())
	}
	if _, err := second.Do(t.Context(), rollout.Resume{By: rollout.By{Actor: "person:bob", Reason: "looked"}}); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := s.Rollout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	records := chain(t, s)
	if err := audit.Verify(records, r.Head, r.Seq); err != nil {
		t.Error(err)
	}
	if last := records[len(records)-1].Change; !rollout.Equal(last.To, second.Position()) {
		t.Errorf("the chain ends at %+v, the controller at %+v", last.To, second.Position())
	}
}

func TestRolloutStore_SaysThatSomebodyElseHasSaved(t *testing.T) {
	s := rolloutStore{newStore(t)}
	if err := s.Save(t.Context(), 0, []byte(`{}`), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), 0, []byte(`{}`), nil); !errors.Is(err, control.ErrConflict) {
		t.Errorf("error is %v", err)
	}
	if saved, err := s.Load(t.Context()); err != nil || saved.Version != 1 || string(saved.State) != `{}` {
		t.Errorf("got %+v, error %v", saved, err)
	}
}

// asked is an exchange in which the core metrics agree, or one of them does not.
func asked(id, scan, caseDigest string, at time.Time, verdict string) store.Exchange {
	e := store.Exchange{ID: id, Scan: scan, Case: caseDigest, At: at, ServedBy: proxy.ServedByPrimary, Outcome: "agree", Verdict: verdict}
	for _, name := range console.CoreMetrics {
		e.Metrics = append(e.Metrics, store.Metric{Name: name, Outcome: "agree", Verdict: "agree"})
	}
	if verdict != "agree" {
		e.Outcome, e.Metrics[1].Outcome, e.Metrics[1].Verdict = "differ", "differ", verdict
	}
	return e
}

func TestMeasure_ReadsWhatTheGatesAskFor(t *testing.T) {
	s := newStore(t)
	minute := func(n int) time.Time { return beginning.Add(time.Duration(n) * time.Minute) }
	late := asked("3", "s3", "c", minute(3), "candidate_wrong")
	late.Reason = proxy.ReasonLate
	varied := asked("4", "v", "d", minute(4), "undecided")
	varied.Source = store.SourceVariation
	skipped := store.Exchange{ID: "5", Scan: "s5", At: minute(5), Outcome: "skipped"}
	if err := s.RecordBatch(t.Context(), []store.Exchange{
		asked("0", "s0", "a", minute(0), "agree"), asked("1", "s1", "b", minute(1), "agree"), asked("2", "s2", "b", minute(2), "agree"),
		late, varied, skipped, asked("6", "s6", "e", minute(6), "agree"),
	}); err != nil {
		t.Fatal(err)
	}
	got, err := measurer{s}.Measure(t.Context(), control.Span{After: minute(0), Until: minute(5), Entered: minute(2)})
	want := rollout.Measured{
		Until: minute(5), Mirror: rollout.Count{Scans: 2, Disagree: 1}, Served: rollout.Count{Scans: 1, Disagree: 1},
		Variations: []bool{true}, OpenWrong: 1,
		Entry: rollout.Entry{Mirror: rollout.Count{Scans: 1, Disagree: 1}, Eligible: 3, Compared: 2},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, error %v, want\n%+v", got, err, want)
	}
}

func TestMeasure_AVersionIsHeldAgainstCasesThatAnotherOneWasAsked(t *testing.T) {
	s := newStore(t)
	released := beginning.Add(time.Hour)
	for i, verdict := range []string{"agree", "undecided"} {
		at := beginning.Add(time.Duration(i)*time.Hour + time.Minute)
		if err := s.Record(t.Context(), asked(verdict, verdict, "the network that stays", at, verdict)); err != nil {
			t.Fatal(err)
		}
	}
	span := control.Span{After: released, Until: released.Add(time.Hour), Entered: released, Since: released}
	got, err := measurer{s}.Measure(t.Context(), span)
	if err != nil || got.Mirror != (rollout.Count{Scans: 1, Disagree: 1}) {
		t.Errorf("got %+v, error %v", got, err)
	}
}

// The store may not import the proxy, and must know its words.
func TestServeShare_TheStoreKnowsEveryReasonOfTheProxy(t *testing.T) {
	outside := []string{"", proxy.ReasonMixed, proxy.ReasonRule, proxy.ReasonCandidateOnly, proxy.ReasonRescue, proxy.ReasonPrimaryWrong}
	reasons := proxyReasons(t)
	if len(reasons) < 16 {
		t.Fatalf("found %v only", reasons)
	}
	for name, reason := range reasons {
		if got, want := store.InServeShare(proxy.ServedByPrimary, reason), !slices.Contains(outside, reason); got != want {
			t.Errorf("the primary answers with %s: inside the serve share is %v, want %v", name, got, want)
		}
	}
	for reason, want := range map[string]bool{
		"": true, proxy.ReasonPrimaryWrong: true, proxy.ReasonCandidateOnly: false, proxy.ReasonRescue: false,
	} {
		if got := store.InServeShare(proxy.ServedByCandidate, reason); got != want {
			t.Errorf("the candidate answers with %q: inside the serve share is %v, want %v", reason, got, want)
		}
	}
}

// proxyReasons are the constants of the proxy by name, read from its source so
// that a new one can't be forgotten here.
func proxyReasons(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "proxy", "reasons.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Reason") {
			return true
		}
		if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
			reasons[spec.Names[0].Name], err = strconv.Unquote(literal.Value)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return reasons
}
