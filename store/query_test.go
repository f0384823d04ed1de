package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

func TestExchange_ReadsBackWhatWasRecorded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	want := differing("one")
	if err := s.Record(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	for range 2 { // now, and after a restart
		got, err := s.Exchange(t.Context(), "one")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("error %v, got\n%+v, want\n%+v", err, got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openAt(t, path)
	}
}

func TestExchange_AnUnknownIDIsNotFound(t *testing.T) {
	if _, err := openNew(t).Exchange(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestExchanges_FiltersAndListsTheNewestFirst(t *testing.T) {
	s := openNew(t)
	for i, verdict := range []string{"agree", "undecided", "agree", "candidate_wrong", "both_failed"} {
		e := judged(fmt.Sprint(i), fmt.Sprint(i), time.Duration(i)*time.Minute)
		e.Scan = "scan-1"
		switch verdict {
		case "agree":
		case "both_failed":
			e.Outcome, e.Verdict, e.Metrics = verdict, verdict, nil
		default:
			e = judged(fmt.Sprint(i), fmt.Sprint(i), time.Duration(i)*time.Minute, verdict)
			e.Metrics = append(e.Metrics, Metric{Name: "min_quorum", Outcome: "agree"})
		}
		if i > 2 {
			e.Analysis, e.Scan, e.Level, e.Source = "quorums", "scan-2", "isp", "variation"
		}
		record(t, s, e)
	}
	if _, err := s.CloseExchange(t.Context(), "1", "ana", "known", noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		filter Filter
		want   string
	}{
		{"all", Filter{}, "43210"},
		{"limit", Filter{Limit: 2}, "43"},
		{"outcome", Filter{Outcome: "differ"}, "31"},
		{"verdict", Filter{Verdict: "undecided"}, "1"},
		{"verdict of a failure", Filter{Verdict: "both_failed"}, "4"},
		{"metric", Filter{Metric: "min_quorum"}, "31"},
		{"verdict of a metric", Filter{Metric: "min_quorum", Verdict: "agree"}, "31"},
		{"verdict that another metric has", Filter{Metric: "min_quorum", Verdict: "undecided"}, ""},
		{"analysis", Filter{Analysis: "top-tier"}, "210"},
		{"level", Filter{Level: "isp"}, "43"},
		{"source", Filter{Source: "live"}, "210"},
		{"scan and outcome", Filter{Scan: "scan-2", Outcome: "differ"}, "3"},
		{"since, its own moment included", Filter{Since: noon.Add(3 * time.Minute)}, "43"},
		{"until, its own moment excluded", Filter{Until: noon.Add(3 * time.Minute)}, "210"},
		{"open", Filter{Open: true}, "3"},
		{"nothing", Filter{Scan: "scan-3"}, ""},
	} {
		list, err := s.Exchanges(t.Context(), c.filter)
		got := ""
		for _, e := range list {
			got += e.ID
			if (len(e.Metrics) == 0) != (e.ID == "4") || e.RequestBody != nil {
				t.Errorf("%s: metrics %v, body %q", c.name, e.Metrics, e.RequestBody)
			}
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, error %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestExchange_WhatIsLeftOutIsStoredAsWhatTheOutcomeSays(t *testing.T) {
	s := openNew(t)
	for outcome, want := range map[string]string{
		"agree": "agree", "differ": "undecided", "both_failed": "both_failed", "skipped": "inconclusive", "uncompared": "inconclusive", "inconclusive": "inconclusive",
	} {
		given := Exchange{ID: outcome, At: noon, Outcome: outcome, Metrics: []Metric{{Name: "x", Outcome: "differ"}, {Name: "y", Outcome: "agree"}}}
		record(t, s, given)
		e, err := s.Exchange(t.Context(), outcome)
		if err != nil || e.Verdict != want || e.Source != "live" || e.Metrics[0].Verdict != "undecided" || e.Metrics[1].Verdict != "agree" {
			t.Errorf("%s: %+v, error %v", outcome, e, err)
		}
		if given.Metrics[0].Verdict != "" {
			t.Error("the caller's metrics were changed")
		}
	}
}

func TestExchanges_ManyComeWithAllTheirMetrics(t *testing.T) {
	s := openNew(t)
	batch := make([]Exchange, 700)
	for i := range batch {
		batch[i] = differing(fmt.Sprint(i))
	}
	record(t, s, batch...)
	list, err := s.Exchanges(t.Context(), Filter{Limit: 5000})
	if err != nil || len(list) != len(batch) {
		t.Fatalf("%d exchanges, error %v", len(list), err)
	}
	for _, e := range list {
		if !reflect.DeepEqual(e.Metrics, batch[0].Metrics) {
			t.Fatalf("metrics of %s are %v", e.ID, e.Metrics)
		}
	}
}

func TestExchange_ADamagedBodyIsAnErrorNotAnAnswer(t *testing.T) {
	s := openNew(t)
	record(t, s, differing("one"))
	for _, damage := range []string{`UPDATE bodies SET data = x'00', size = -1`, `UPDATE bodies SET data = (SELECT MAX(data) FROM bodies)`} {
		if _, err := s.writer.ExecContext(t.Context(), damage); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Exchange(t.Context(), "one"); !errors.Is(err, ErrDamaged) {
			t.Errorf("error is %v", err)
		}
	}
}
