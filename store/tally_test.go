package store

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// tallied holds two cases, one of them twice, and a failure.
func tallied(t *testing.T) *Store {
	t.Helper()
	s := openNew(t)
	second := func(e Exchange, verdict string) Exchange {
		e.Metrics = append(e.Metrics, Metric{Name: "min_quorum", Outcome: "agree", Verdict: verdict})
		return e
	}
	small := second(judged("3", "b", 2*time.Hour), "agree")
	small.Analysis, small.Level, small.SizeClass, small.Source = "quorums", "isp", "0-9", "variation"
	failed := judged("4", "c", 3*time.Hour)
	failed.Outcome, failed.Verdict, failed.Metrics = "candidate_failed", "candidate_failed", nil
	record(t, s, judged("1", "a", 0, "primary_wrong"), second(judged("2", "a", time.Hour, "primary_wrong"), "undecided"), small, failed)
	return s
}

func TestTallies_CountExchangesAndDistinctCasesByAnything(t *testing.T) {
	s := tallied(t)
	type counts = map[string]int
	for _, c := range []struct {
		name   string
		filter TallyFilter
		want   []Tally
	}{
		{"metric", TallyFilter{By: []string{"metric"}}, []Tally{
			{Metric: "min_quorum", Verdicts: counts{"agree": 1, "undecided": 1}, Cases: counts{"agree": 1, "undecided": 1}},
			{Metric: "top_tier", Verdicts: counts{"agree": 1, "primary_wrong": 2}, Cases: counts{"agree": 1, "primary_wrong": 1}},
		}},
		{"nothing: each exchange once", TallyFilter{}, []Tally{
			{Verdicts: counts{"agree": 1, "candidate_failed": 1, "primary_wrong": 2}, Cases: counts{"agree": 1, "candidate_failed": 1, "primary_wrong": 1}},
		}},
		{"metric of a source", TallyFilter{By: []string{"metric"}, Source: "variation"}, []Tally{
			{Metric: "min_quorum", Verdicts: counts{"agree": 1}, Cases: counts{"agree": 1}},
			{Metric: "top_tier", Verdicts: counts{"agree": 1}, Cases: counts{"agree": 1}},
		}},
		{"metric since then", TallyFilter{By: []string{"metric"}, Since: noon.Add(90 * time.Minute)}, []Tally{
			{Metric: "min_quorum", Verdicts: counts{"agree": 1}, Cases: counts{"agree": 1}},
			{Metric: "top_tier", Verdicts: counts{"agree": 1}, Cases: counts{"agree": 1}},
		}},
		{"in any order, named twice", TallyFilter{By: []string{"source", "size", "level", "analysis", "size"}}, []Tally{
			{Analysis: "quorums", Level: "isp", Size: "0-9", Source: "variation", Verdicts: counts{"agree": 1}, Cases: counts{"agree": 1}},
			{Analysis: "top-tier", Level: "whole", Size: "10-29", Source: "live", Verdicts: counts{"candidate_failed": 1, "primary_wrong": 2}, Cases: counts{"candidate_failed": 1, "primary_wrong": 1}},
		}},
		{"none", TallyFilter{Since: noon.Add(day)}, nil},
	} {
		if got, err := s.Tallies(t.Context(), c.filter); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("by %s: error %v, got\n%v, want\n%v", c.name, err, got, c.want)
		}
	}
	if _, err := s.Tallies(t.Context(), TallyFilter{By: []string{"metric", "mood"}}); err == nil || !strings.Contains(err.Error(), `by is "mood": it may be metric, analysis, level, size, source`) {
		t.Errorf("error is %v", err)
	}
}

func TestTallies_BySubsetsAddUp(t *testing.T) {
	s := tallied(t)
	for _, first := range []string{"", "metric"} {
		total := sum(t, s, first)
		for _, by := range []string{"analysis", "level", "size", "source"} {
			if got := sum(t, s, first, by); !reflect.DeepEqual(got, total) {
				t.Errorf("by %s and %s: %v, want %v", first, by, got, total)
			}
		}
	}
}

func sum(t *testing.T, s *Store, by ...string) map[string]int {
	t.Helper()
	var names []string
	for _, name := range by {
		if name != "" {
			names = append(names, name)
		}
	}
	list, err := s.Tallies(t.Context(), TallyFilter{By: names})
	if err != nil {
		t.Fatal(err)
	}
	total := map[string]int{}
	for _, tally := range list {
		for verdict, n := range tally.Verdicts {
			total[verdict] += n
		}
	}
	return total
}
