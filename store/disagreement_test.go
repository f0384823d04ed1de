package store

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDisagreement_IsOneForEachCaseMetricAndVerdict(t *testing.T) {
	s := openNew(t)
	record(t, s,
		judged("1", "case", 0, "undecided"), judged("2", "case", time.Hour, "undecided"),
		judged("3", "other", 0, "undecided"), judged("4", "case", 0, "candidate_wrong"), judged("5", "agreed", 0))
	both := judged("6", "both", 0, "candidate_wrong", "primary_wrong")
	record(t, s, both)
	list, err := s.Disagreements(t.Context(), DisagreementFilter{})
	if err != nil || len(list) != 5 {
		t.Fatalf("%d disagreements, error %v", len(list), err)
	}
	for _, d := range list {
		if len(d.ID) != 16 || strings.Trim(d.ID, "0123456789abcdef") != "" || d.State != StateOpen {
			t.Errorf("ID %q, state %s", d.ID, d.State)
		}
	}
	got := disagreement(t, s, "case", "undecided")
	if got.Count != 2 || got.FirstExchange != "1" || got.LastExchange != "2" || !got.FirstSeen.Equal(noon) || !got.LastSeen.Equal(noon.Add(time.Hour)) {
		t.Errorf("got %+v", got)
	}
	checkWhole(t, s)
}

func TestDisagreement_ReadsBackWhatTheExchangeShows(t *testing.T) {
	s := openNew(t)
	e := differing("one")
	record(t, s, e)
	r := refuted("candidate_wrong")
	want := Disagreement{
		ID: disagreementID(e.Case, "top_tier", "candidate_wrong"), Case: e.Case, Metric: "top_tier", Verdict: "candidate_wrong",
		Analysis: e.Analysis, Level: e.Level, MergeBy: e.MergeBy, Nodes: e.Nodes, Source: "live",
		Class: r.Class, Finding: r.Finding, ProofKind: r.ProofKind, Sentence: r.Sentence, Proof: r.Proof,
		FirstSeen: noon, LastSeen: noon, Count: 1, FirstExchange: "one", LastExchange: "one", State: StateOpen, OpenedAt: noon,
	}
	if got := disagreement(t, s, e.Case, "candidate_wrong"); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

func TestDisagreement_AnExchangeRecordedAgainCountsOnce(t *testing.T) {
	s := openNew(t)
	one := judged("1", "case", 0, "undecided")
	record(t, s, one, one)
	record(t, s, one)
	again := judged("1", "another", time.Hour, "candidate_wrong")
	record(t, s, again)
	if d := disagreement(t, s, "case", "undecided"); d.Count != 1 || d.LastExchange != "1" {
		t.Errorf("got %+v", d)
	}
	if n := count(t, s, "disagreements"); n != 1 {
		t.Errorf("%d disagreements", n)
	}
	if n := count(t, s, "bodies"); n != 3 {
		t.Errorf("%d bodies", n)
	}
}

func TestDisagreement_ABatchThatFailsCountsNothing(t *testing.T) {
	s := openNew(t)
	record(t, s, judged("1", "case", 0, "undecided"))
	broken := judged("3", "case", 0, "undecided")
	broken.Metrics[0].Rulings = []Ruling{{Verdict: "undecided", Proof: []byte("{")}}
	err := s.RecordBatch(t.Context(), []Exchange{judged("2", "case", 0, "undecided"), broken})
	if err == nil || !strings.Contains(err.Error(), "exchange 3: the proof about top_tier is no JSON") {
		t.Errorf("error is %v", err)
	}
	if d := disagreement(t, s, "case", "undecided"); d.Count != 1 {
		t.Errorf("got %+v", d)
	}
}

func TestDisagreement_ExchangesMayComeInAnyOrder(t *testing.T) {
	s := openNew(t)
	record(t, s, judged("middle", "case", time.Hour, "undecided"), judged("last", "case", 2*time.Hour, "undecided"), judged("first", "case", 0, "undecided"))
	d := disagreement(t, s, "case", "undecided")
	if d.FirstExchange != "first" || d.LastExchange != "last" || !d.FirstSeen.Equal(noon) || !d.LastSeen.Equal(noon.Add(2*time.Hour)) || d.Count != 3 {
		t.Errorf("got %+v", d)
	}
}

func TestDisagreement_TakesTheNewestProofAndTheLiveSource(t *testing.T) {
	s := openNew(t)
	step := func(id string, after time.Duration, source string, r Ruling) Disagreement {
		e := judged(id, "case", after)
		e.Source, e.Metrics[0].Verdict, e.Metrics[0].Rulings = source, "primary_wrong", []Ruling{r}
		record(t, s, e)
		return disagreement(t, s, "case", "primary_wrong")
	}
	proven := func(sentence string) Ruling {
		return Ruling{Verdict: "primary_wrong", Sentence: sentence, Proof: []byte(`{}`)}
	}
	for i, c := range []struct {
		source, sentence, wantSource, want string
		after                              time.Duration
		proof                              bool
	}{
		{"variation", "", "variation", "", 1 * time.Second, false},
		{"variation", "a", "variation", "a", 2 * time.Second, true},
		{"live", "b", "live", "b", 4 * time.Second, true},
		{"deep", "late", "live", "b", 3 * time.Second, true},
		{"deep", "no proof", "live", "b", 5 * time.Second, false},
	} {
		r := proven(c.sentence)
		if !c.proof {
			r.Proof = nil
		}
		if d := step(fmt.Sprint(i), c.after, c.source, r); d.Source != c.wantSource || d.Sentence != c.want {
			t.Errorf("step %d: source %s, sentence %q", i, d.Source, d.Sentence)
		}
	}
}

func TestDisagreements_FiltersAndListsTheLastSeenFirst(t *testing.T) {
	s := openNew(t)
	quorums := judged("c", "c", 3*time.Minute, "primary_wrong")
	quorums.Analysis, quorums.Metrics[0].Name = "quorums", "min_quorum"
	record(t, s, judged("a", "a", 0, "undecided"), judged("b", "b", 2*time.Minute, "candidate_wrong"), quorums,
		judged("b again", "b", time.Minute, "candidate_wrong"), judged("d", "d", 4*time.Minute, "input_skew"))
	if err := s.CloseDisagreement(t.Context(), disagreementID("d", "top_tier", "input_skew"), "ana", "known", noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		filter DisagreementFilter
		want   string
	}{
		{"all", DisagreementFilter{}, "dcba"},
		{"limit", DisagreementFilter{Limit: 2}, "dc"},
		{"open", DisagreementFilter{State: StateOpen}, "cba"},
		{"closed", DisagreementFilter{State: StateClosed}, "d"},
		{"verdict", DisagreementFilter{Verdict: "candidate_wrong"}, "b"},
		{"metric", DisagreementFilter{Metric: "top_tier", State: StateOpen}, "ba"},
		{"analysis", DisagreementFilter{Analysis: "quorums"}, "c"},
		{"exchange in the middle", DisagreementFilter{Exchange: "b again"}, "b"},
		{"nothing", DisagreementFilter{Exchange: "none"}, ""},
	} {
		list, err := s.Disagreements(t.Context(), c.filter)
		got := ""
		for _, d := range list {
			got += d.Case
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, error %v, want %q", c.name, got, err, c.want)
		}
	}
	if _, err := s.Disagreements(t.Context(), DisagreementFilter{State: "ajar"}); err == nil || !strings.Contains(err.Error(), `state is "ajar": it must be open, closed or empty`) {
		t.Errorf("error is %v", err)
	}
}
