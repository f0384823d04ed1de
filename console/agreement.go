package console

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/compare"
	"understudy/rollout"
	"understudy/store"
)

// DefaultThreshold is the agreement that a core metric should reach.
const DefaultThreshold = 0.95

// CoreMetrics decide whether a scan agrees.
var CoreMetrics = []string{
	compare.MetricIntersection, compare.MetricTopTier, compare.MetricMinQuorum, compare.MetricMinBlocking, compare.MetricMinSplitting,
}

// Dimensions are what agreement can be told apart by.
var Dimensions = []string{"metric", "analysis", "level", "size"}

// Evidence is what MeasureAgreement reads. *store.Store is one.
type Evidence interface {
	Tallies(ctx context.Context, f store.TallyFilter) ([]store.Tally, error)
	Coverage(ctx context.Context, since time.Time) (store.Coverage, error)
	ScanEvidence(ctx context.Context, since time.Time, core []string) ([]store.Scan, error)
}

var _ Evidence = (*store.Store)(nil)

// AgreementQuery says what to measure.
type AgreementQuery struct {
	Since     time.Time // the zero time: everything
	By        []string  // of Dimensions; the metric always is one
	Source    string    // of exchanges, such as store.SourceLive; "": all of them
	Threshold float64   // 0 stands for DefaultThreshold
}

// Agreement is how far the two sides agree, and what that is worth.
type Agreement struct {
	Since     *time.Time     `json:"since,omitempty"`
	Source    string         `json:"source,omitempty"`
	By        []string       `json:"by"`
	Threshold float64        `json:"threshold"`
	Rows      []AgreementRow `json:"rows"`
	Coverage  Coverage       `json:"coverage"`
	Scans     ScanEvidence   `json:"scans"`
}

// AgreementRow is one metric, or one part of what was asked about it.
type AgreementRow struct {
	Metric   string `json:"metric"`
	Analysis string `json:"analysis,omitempty"`
	Level    string `json:"level,omitempty"`
	Size     string `json:"size,omitempty"`
	// Verdicts counts exchanges, Cases distinct cases.
	Verdicts map[string]int `json:"verdicts"`
	Cases    map[string]int `json:"cases"`
	// Counted are the exchanges in the denominator: agree, candidate_wrong and
	// undecided. What the primary is proven wrong about and what the two sides read
	// differently is not in it.
	Counted int `json:"counted"`
	// Agreement is agree of Counted, nil where there are none; LowerBound is its
	// Wilson bound, for people to read.
	Agreement  *float64 `json:"agreement"`
	LowerBound float64  `json:"lower_bound"`
	Core       bool     `json:"core"`
	// Below says that a core metric does not reach the threshold.
	Below bool `json:"below_threshold"`
}

// Coverage is how many of the live exchanges were compared, and why not.
type Coverage struct {
	Eligible int            `json:"eligible"`
	Compared int            `json:"compared"`
	Share    *float64       `json:"share"` // nil: nothing is eligible
	Skipped  map[string]int `json:"skipped"`
}

// ScanEvidence is what distinct live scans say about the candidate.
type ScanEvidence struct {
	Scans     int `json:"scans"`     // all of them
	Distinct  int `json:"distinct"`  // those that are evidence: something new was compared, and nothing spoilt it
	Disagreed int `json:"disagreed"` // of those
	Mixed     int `json:"mixed"`     // changed sides, hence no evidence
	Overlong  int `json:"overlong"`  // open for too long, hence no evidence
	Failed    int `json:"failed_executions"`
	// E5 and E1 are rollout.Evidence against a disagreement of 5 % and of 1 %;
	// Enough is where it is enough.
	E5     float64 `json:"e_5_percent"`
	E1     float64 `json:"e_1_percent"`
	Enough float64 `json:"enough"`
}

// MeasureAgreement counts verdicts and weighs them.
func MeasureAgreement(ctx context.Context, from Evidence, q AgreementQuery) (Agreement, error) {
	q.By, q.Threshold = withMetric(q.By), cmp.Or(q.Threshold, DefaultThreshold)
	a := Agreement{Since: moment(q.Since), Source: q.Source, By: q.By, Threshold: q.Threshold, Rows: []AgreementRow{}}
	for _, dimension := range q.By {
		if !slices.Contains(Dimensions, dimension) {
			return a, &ParameterError{"by", fmt.Sprintf("%q: want some of %s", dimension, strings.Join(Dimensions, ", "))}
		}
	}
	tallies, err := from.Tallies(ctx, store.TallyFilter{Since: q.Since, Source: q.Source, By: q.By})
	if err != nil {
		return a, err
	}
	slices.SortStableFunc(tallies, func(x, y store.Tally) int {
		return cmp.Compare(slices.Index(compare.Metrics, x.Metric), slices.Index(compare.Metrics, y.Metric))
	})
	for _, t := range tallies {
		a.Rows = append(a.Rows, newRow(t, q.Threshold))
	}
	coverage, err := from.Coverage(ctx, q.Since)
	if err != nil {
		return a, err
	}
	a.Coverage = Coverage{Eligible: coverage.Eligible, Compared: coverage.Compared, Share: share(coverage.Compared, coverage.Eligible), Skipped: coverage.Skipped}
	scans, err := from.ScanEvidence(ctx, q.Since, CoreMetrics)
	a.Scans = weigh(scans)
	return a, err
}

// withMetric puts the metric first, each dimension once.
func withMetric(by []string) []string {
	out := []string{"metric"}
	for _, dimension := range by {
		if !slices.Contains(out, dimension) {
			out = append(out, dimension)
		}
	}
	return out
}

func newRow(t store.Tally, threshold float64) AgreementRow {
	agree := t.Verdicts[string(compare.VerdictAgree)]
	row := AgreementRow{
		Metric: t.Metric, Analysis: t.Analysis, Level: t.Level, Size: t.Size, Verdicts: t.Verdicts, Cases: t.Cases,
		Counted: agree + t.Verdicts[string(compare.VerdictCandidateWrong)] + t.Verdicts[string(compare.VerdictUndecided)],
		Core:    slices.Contains(CoreMetrics, t.Metric),
	}
	row.Agreement, row.LowerBound = share(agree, row.Counted), rollout.WilsonLower(agree, row.Counted)
	row.Below = row.Core && row.Agreement != nil && *row.Agreement < threshold
	return row
}

func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	s := float64(part) / float64(whole)
	return &s
}

// weigh takes as evidence what rollout does: a scan with a case that is new,
// which neither changed sides nor stayed open for too long.
func weigh(scans []store.Scan) ScanEvidence {
	e := ScanEvidence{Scans: len(scans), Enough: rollout.Enough}
	for _, s := range scans {
		e.Failed += s.Failed
		switch {
		case s.Mixed:
			e.Mixed++
		case s.Overlong:
			e.Overlong++
		case s.New && s.Cases > 0:
			e.Distinct++
			if !s.Agrees {
				e.Disagreed++
			}
		}
	}
	e.E5, e.E1 = rollout.Evidence(e.Disagreed, e.Distinct, 0.05), rollout.Evidence(e.Disagreed, e.Distinct, 0.01)
	return e
}
