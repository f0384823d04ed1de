package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/cmd/understudy/internal/backend"
	"understudy/compare"
	"understudy/store"
)

// summary is what a demo found out; with --json it is printed as it stands.
type summary struct {
	Subject   string            `json:"subject"`
	Primary   string            `json:"primary"`
	Data      string            `json:"data"`
	Ops       string            `json:"ops"`
	Store     string            `json:"store"`
	Stage     string            `json:"stage"`
	Asked     int               `json:"asked"`    // questions
	Answered  int               `json:"answered"` // with status 200
	Compared  int               `json:"compared"` // both sides answered, and the answers were compared
	Agree     int               `json:"agree"`
	Differ    int               `json:"differ"`
	Verdicts  map[string]int    `json:"verdicts"` // exchanges
	Scans     int               `json:"scans"`    // as Understudy told them apart
	ServedBy  map[string]int    `json:"served_by"`
	Metrics   []metricCount     `json:"metrics"`
	LatencyMS latencies         `json:"latency_ms"`
	Exchanges []exchangeSummary `json:"exchanges"`
	Failures  []string          `json:"failures"`

	scans     map[string]bool
	primary   []time.Duration
	candidate []time.Duration
	took      time.Duration
	pending   []backend.Answer
}

// metricCount says how often a metric agreed, and what else was found.
type metricCount struct {
	Metric         string `json:"metric"`
	Agree          int    `json:"agree"`
	Differ         int    `json:"differ"`
	PrimaryWrong   int    `json:"primary_wrong"`
	CandidateWrong int    `json:"candidate_wrong"`
	Undecided      int    `json:"undecided"`
	InputSkew      int    `json:"input_skew"`
}

// add counts one comparison.
func (c *metricCount) add(m metricSummary) {
	if m.Outcome == string(compare.Agree) {
		c.Agree++
	} else {
		c.Differ++
	}
	switch compare.Verdict(m.Verdict) {
	case compare.VerdictPrimaryWrong:
		c.PrimaryWrong++
	case compare.VerdictCandidateWrong:
		c.CandidateWrong++
	case compare.VerdictUndecided:
		c.Undecided++
	case compare.VerdictInputSkew:
		c.InputSkew++
	}
}

type latencies struct {
	Scan      float64 `json:"scan"` // from the first request to the last answer, of the last scan
	Primary   latency `json:"primary"`
	Candidate latency `json:"candidate"`
}

type latency struct {
	Median  float64 `json:"median"`
	Slowest float64 `json:"slowest"`
}

// exchangeSummary is one question and what became of it.
type exchangeSummary struct {
	ID          string          `json:"id"`
	Scan        string          `json:"scan"`
	Analysis    string          `json:"analysis"`
	Level       string          `json:"level"`
	ServedBy    string          `json:"served_by"`
	Outcome     string          `json:"outcome"`
	Verdict     string          `json:"verdict"`
	PrimaryMS   float64         `json:"primary_ms"`
	CandidateMS float64         `json:"candidate_ms"`
	Metrics     []metricSummary `json:"metrics"`
}

type metricSummary struct {
	Metric    string `json:"metric"`
	Outcome   string `json:"outcome"`
	Verdict   string `json:"verdict"`
	Primary   string `json:"primary"`
	Candidate string `json:"candidate"`
	// Rulings say who is wrong and why, for people.
	Rulings []rulingSummary `json:"rulings,omitempty"`
}

type rulingSummary struct {
	Verdict  string `json:"verdict"`
	Class    string `json:"class,omitempty"`
	Finding  string `json:"finding,omitempty"`
	Kind     string `json:"proof_kind,omitempty"`
	Sentence string `json:"sentence,omitempty"`
}

func newSummary(d *demo) *summary {
	return &summary{
		Subject: d.subject, Primary: d.primary, Data: d.sidecar.dataURL, Ops: d.sidecar.opsURL, Store: d.store, Stage: d.command.Stage,
		ServedBy: map[string]int{"primary": 0, "candidate": 0}, Verdicts: map[string]int{}, Failures: []string{}, Exchanges: []exchangeSummary{}, Metrics: []metricCount{},
		scans: make(map[string]bool),
	}
}

// add takes the answers of one scan.
func (s *summary) add(answers []backend.Answer, took time.Duration) {
	s.took = took
	s.LatencyMS.Scan = milliseconds(took)
	for _, a := range answers {
		s.Asked++
		if a.Err != nil {
			s.Failures = append(s.Failures, fmt.Sprintf("%s: %s", a.Path, strings.TrimSpace(a.Err.Error())))
		} else {
			s.Answered++
		}
		if a.Exchange != "" {
			s.pending = append(s.pending, a)
		}
	}
}

// collect waits until the exchanges of the scan are in the store. What is not
// compared by the end of the wait stays uncompared. Nothing is compared where the
// primary was not reached, so a question without an answer is not waited for.
func (s *summary) collect(ctx context.Context, from *store.Store, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for _, a := range s.pending {
		var e store.Exchange
		var err error
		if a.Err == nil {
			e, err = recorded(ctx, from, a.Exchange)
		} else {
			e, err = from.Exchange(ctx, a.Exchange)
		}
		switch {
		case errors.Is(err, store.ErrNotFound), a.Err != nil && e.Skip != "": // its failure is listed already
		case errors.Is(err, context.DeadlineExceeded):
			s.Failures = append(s.Failures, fmt.Sprintf("%s: exchange %s was not compared within %s", a.Path, a.Exchange, wait))
		case err != nil:
			return fmt.Errorf("read exchange %s: %w", a.Exchange, err)
		default:
			s.take(e)
		}
	}
	s.pending = nil
	s.finish()
	return nil
}

// recorded polls for an exchange.
func recorded(ctx context.Context, from *store.Store, id string) (store.Exchange, error) {
	for {
		e, err := from.Exchange(ctx, id)
		if !errors.Is(err, store.ErrNotFound) {
			return e, err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return e, err
		}
	}
}

func (s *summary) take(e store.Exchange) {
	one := exchangeSummary{
		ID: e.ID, Scan: e.Scan, Analysis: e.Analysis, Level: e.Level, ServedBy: e.ServedBy, Outcome: e.Outcome, Verdict: e.Verdict,
		PrimaryMS: milliseconds(e.Primary.Latency), CandidateMS: milliseconds(e.Candidate.Latency), Metrics: []metricSummary{},
	}
	for _, m := range e.Metrics {
		one.Metrics = append(one.Metrics, summaryOf(m))
	}
	s.Exchanges = append(s.Exchanges, one)
	s.scans[e.Scan] = true
	s.ServedBy[e.ServedBy]++
	switch compare.Outcome(e.Outcome) {
	case compare.Agree:
		s.Agree++
		s.Verdicts[e.Verdict]++
	case compare.Differ:
		s.Differ++
		s.Verdicts[e.Verdict]++
	default:
		s.Failures = append(s.Failures, strings.TrimSpace(fmt.Sprintf("%s %s: %s %s", e.Path, e.Level, e.Outcome, e.Skip)))
	}
	if e.Primary.Latency > 0 {
		s.primary = append(s.primary, e.Primary.Latency)
	}
	if e.Candidate.Latency > 0 {
		s.candidate = append(s.candidate, e.Candidate.Latency)
	}
}

func summaryOf(m store.Metric) metricSummary {
	one := metricSummary{Metric: m.Name, Outcome: m.Outcome, Verdict: m.Verdict, Primary: m.Primary, Candidate: m.Candidate}
	for _, r := range m.Rulings {
		one.Rulings = append(one.Rulings, rulingSummary{r.Verdict, r.Class, r.Finding, r.ProofKind, r.Sentence})
	}
	return one
}

// finish works out what depends on all exchanges.
func (s *summary) finish() {
	s.Compared = s.Agree + s.Differ
	s.Scans = len(s.scans)
	s.LatencyMS.Primary, s.LatencyMS.Candidate = latencyOf(s.primary), latencyOf(s.candidate)
	s.Metrics = s.Metrics[:0]
	for _, name := range compare.Metrics {
		c := metricCount{Metric: name}
		for _, e := range s.Exchanges {
			for _, m := range e.Metrics {
				if m.Metric == name {
					c.add(m)
				}
			}
		}
		if c.Agree+c.Differ > 0 {
			s.Metrics = append(s.Metrics, c)
		}
	}
}

// verdict is the exit code as an error: nil only if everything was compared.
func (s *summary) verdict() error {
	if s.Compared == s.Asked {
		return nil
	}
	return incomplete("incomplete: %d of %s compared", s.Compared, count(s.Asked, "question"))
}

func latencyOf(times []time.Duration) latency {
	if len(times) == 0 {
		return latency{}
	}
	sorted := slices.Sorted(slices.Values(times))
	return latency{Median: milliseconds(sorted[len(sorted)/2]), Slowest: milliseconds(sorted[len(sorted)-1])}
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}
