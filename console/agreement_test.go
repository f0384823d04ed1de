package console_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"understudy/console"
	"understudy/store"
)

// canned is what a store counted.
type canned struct {
	tallies []store.Tally
	scans   []store.Scan
	asked   store.TallyFilter
}

func (c *canned) Tallies(_ context.Context, f store.TallyFilter) ([]store.Tally, error) {
	c.asked = f
	return c.tallies, nil
}

func (c *canned) Coverage(context.Context, time.Time) (store.Coverage, error) {
	return store.Coverage{}, nil
}

func (c *canned) ScanEvidence(context.Context, time.Time, []string) ([]store.Scan, error) {
	return c.scans, nil
}

func TestMeasureAgreement_AProvenDefectLeavesTheDenominator(t *testing.T) {
	from := &canned{tallies: []store.Tally{
		{Metric: "min_quorum", Verdicts: map[string]int{"agree": 96, "primary_wrong": 1000, "input_skew": 50, "undecided": 3, "candidate_wrong": 1}},
		{Metric: "top_tier", Verdicts: map[string]int{"agree": 94, "undecided": 6}},
		{Metric: "quorum_family", Verdicts: map[string]int{"agree": 1, "undecided": 1}},
		{Metric: "min_blocking", Verdicts: map[string]int{"primary_wrong": 5}},
	}}
	a, err := console.MeasureAgreement(t.Context(), from, console.AgreementQuery{By: []string{"level", "metric", "level"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		metric    string
		counted   int
		agreement float64
		below     bool
	}{
		{"top_tier", 100, 0.94, true},
		{"min_quorum", 100, 0.96, false},
		{"min_blocking", 0, -1, false},   // nothing that counts
		{"quorum_family", 2, 0.5, false}, // no core metric
	} {
		row := a.Rows[i]
		agreement := -1.0
		if row.Agreement != nil {
			agreement = *row.Agreement
		}
		if row.Metric != want.metric || row.Counted != want.counted || agreement != want.agreement || row.Below != want.below || row.LowerBound > max(agreement, 0) {
			t.Errorf("row %d: %+v, want %+v", i, row, want)
		}
	}
	if len(from.asked.By) != 2 || from.asked.By[0] != "metric" || a.Threshold != console.DefaultThreshold {
		t.Errorf("asked %+v, threshold %v", from.asked, a.Threshold)
	}
}

func TestMeasureAgreement_OnlyScansWithSomethingNewAreEvidence(t *testing.T) {
	from := &canned{}
	for range 70 {
		from.scans = append(from.scans, store.Scan{New: true, Agrees: true, Cases: 1})
	}
	from.scans = append(from.scans,
		store.Scan{New: true, Cases: 1, Mixed: true}, store.Scan{New: true, Cases: 1, Overlong: true},
		store.Scan{Cases: 3}, store.Scan{New: true, Failed: 2})
	a, err := console.MeasureAgreement(t.Context(), from, console.AgreementQuery{})
	if err != nil {
		t.Fatal(err)
	}
	got := a.Scans
	if got.Scans != 74 || got.Distinct != 70 || got.Disagreed != 0 || got.Mixed != 1 || got.Overlong != 1 || got.Failed != 2 || got.E5 < 20 || got.E1 >= 20 {
		t.Errorf("got %+v", got)
	}
}

func TestMeasureAgreement_RefusesADimensionThatIsNone(t *testing.T) {
	_, err := console.MeasureAgreement(t.Context(), &canned{}, console.AgreementQuery{By: []string{"weekday"}})
	var parameter *console.ParameterError
	if !errors.As(err, &parameter) || parameter.Parameter != "by" {
		t.Errorf("got %v", err)
	}
}

func TestParseSpan_ReadsDaysAndDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"90d": 90 * 24 * time.Hour, "36h": 36 * time.Hour, "0d": 0, "1h30m": 90 * time.Minute} {
		if got, err := console.ParseSpan(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "-1d", "-1h", "1w", "1.5d", "99999999999999999999d", "999999d"} {
		if got, err := console.ParseSpan(text); err == nil {
			t.Errorf("%s: %v, want an error", text, got)
		}
	}
}
