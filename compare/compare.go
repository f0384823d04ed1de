package compare

import (
	"fmt"
	"net/http"
	"time"
)

// Reply is what one side gave.
type Reply struct {
	// Status is the HTTP status, 0 where there was no HTTP answer.
	Status int
	// Failure is "" for an answer, else one of the Failure constants.
	Failure string
	// Body is the answer's body, content-decoded.
	Body    []byte
	Latency time.Duration
}

// The ways in which a side fails to answer.
const (
	FailureTimeout     = "timeout"
	FailureRefused     = "refused"
	FailureReset       = "reset"
	FailureUnavailable = "unavailable" // own saturation
	FailureCanceled    = "canceled"
	FailureTooLarge    = "too_large"
	FailureOther       = "other"
)

// PrimaryKind says which scanner the primary is, and with that how to read it.
type PrimaryKind string

// The kinds of primaries.
const (
	// KindRust is the Rust scanner: totals and examples mean what they say.
	KindRust PrimaryKind = "rust"
	// KindPython is the Python service: its totals are constant, its examples are
	// not what they are called, its least quorum is not looked for, a size of 0
	// may mean that nothing was found, and without a quorum it says that quorums
	// intersect.
	KindPython PrimaryKind = "python"
)

// Outcome is what a comparison comes to.
type Outcome string

// The outcomes of a whole comparison; a metric agrees or differs.
const (
	Agree           Outcome = "agree"
	Differ          Outcome = "differ"
	PrimaryFailed   Outcome = "primary_failed"
	CandidateFailed Outcome = "candidate_failed"
	BothFailed      Outcome = "both_failed"
	// Inconclusive comparisons say nothing: a search ended at its budget, or there
	// was nothing to compare or to check against (see Result.Skip).
	Inconclusive Outcome = "inconclusive"
)

// Why a comparison is inconclusive.
const (
	SkipIncomplete = "incomplete" // a search ended at its budget
	SkipAnalysis   = "analysis"   // not an analysis that is compared
	SkipRequest    = "request"    // equal answers to a request that cannot be read: nothing to check them against
	SkipMetrics    = "metrics"    // the two kinds of scanner have no comparable metric here
)

// Result is one comparison.
type Result struct {
	Outcome Outcome `json:"outcome"`
	// Verdict is the gravest of those of Metrics, or who failed.
	Verdict Verdict `json:"verdict"`
	// Metrics are those of the analysis that can be compared, in the order of
	// Metrics; nil unless both sides gave a whole answer.
	Metrics []MetricResult `json:"metrics"`
	// Level is what the question's nodes are: how they are merged where the
	// request says so, else one of the Level constants.
	Level string `json:"level"`
	// MergeBy is none, organization, country, isp, or other.
	MergeBy string `json:"merge_by"`
	// Case is a digest of the question up to what cannot change its answer.
	Case string `json:"case"`
	// Nodes is the number of nodes in the request; 0 where it cannot be read.
	Nodes int `json:"nodes"`
	// Skip says why an Inconclusive comparison is one; else it is empty.
	Skip string `json:"skip,omitempty"`
	// Reason says, for people, why a side counts as failed or nothing was
	// compared; empty where Metrics speak for themselves.
	Reason string `json:"reason,omitempty"`
}

// MetricResult is the comparison of one metric.
type MetricResult struct {
	Metric  string  `json:"metric"`
	Outcome Outcome `json:"outcome"` // Agree, or Differ: in value, or evidence of a side fails its check
	Verdict Verdict `json:"verdict"` // the gravest of Rulings, agree without one
	// Primary and Candidate are the two values, rendered short for people, with
	// the evidence that failed its check where one did.
	Primary   string `json:"primary"`
	Candidate string `json:"candidate"`
	// Rulings say who is wrong; empty where the sides agree, two where both are
	// refuted.
	Rulings []Ruling `json:"rulings,omitempty"`
}

// Compare compares the answers of primary and candidate to q.
func Compare(q Question, primary, candidate Reply, kind PrimaryKind) Result {
	return Prepare(q).Compare(primary, candidate, kind)
}

// Compare compares the answers of primary and candidate to the question.
func (p *Prepared) Compare(primary, candidate Reply, kind PrimaryKind) Result {
	r := Result{Level: p.level, MergeBy: p.mergeBy, Case: p.digest, Nodes: p.nodes}
	if _, known := parsers[p.analysis]; !known {
		r.Outcome, r.Skip = Inconclusive, SkipAnalysis
		r.Reason = fmt.Sprintf("answers to %q are not compared", p.analysis)
		return r
	}
	a, primaryErr := p.answer(primary)
	b, candidateErr := p.answer(candidate)
	switch {
	case primaryErr != nil && candidateErr != nil:
		r.Outcome, r.Reason = BothFailed, fmt.Sprintf("primary: %v; candidate: %v", primaryErr, candidateErr)
	case primaryErr != nil:
		r.Outcome, r.Reason = PrimaryFailed, primaryErr.Error()
	case candidateErr != nil:
		r.Outcome, r.Reason = CandidateFailed, candidateErr.Error()
	case a.Incomplete || b.Incomplete:
		r.Outcome, r.Skip, r.Reason = Inconclusive, SkipIncomplete, "a search ended at its budget"
	default:
		p.decide(&r, a, b, kind)
	}
	return r
}

// answer returns the neutral form of a side that answered.
func (p *Prepared) answer(r Reply) (*Answer, error) {
	switch {
	case r.Failure != "":
		return nil, fmt.Errorf("failed: %s", r.Failure)
	case r.Status != http.StatusOK:
		return nil, fmt.Errorf("failed: status %d", r.Status)
	}
	a, err := ParseAnswer(p.analysis, r.Body)
	if err != nil {
		return nil, fmt.Errorf("shape: %w", err)
	}
	return a, nil
}

// decide compares two whole answers metric by metric.
func (p *Prepared) decide(r *Result, primary, candidate *Answer, kind PrimaryKind) {
	// The Python service's own answers are believed as far as they are compared.
	trusting := &checker{p: p, trust: kind == KindPython}
	r.Metrics = diff(values(primary, kind, trusting), values(candidate, kind, &checker{p: p}))
	r.Outcome = Agree
	for _, m := range r.Metrics {
		if m.Outcome != Agree {
			r.Outcome = Differ
		}
	}
	switch {
	case len(r.Metrics) == 0:
		r.Outcome, r.Skip, r.Reason = Inconclusive, SkipMetrics, "nothing that the two kinds of scanner have in common"
	case r.Outcome == Agree && p.err != nil:
		r.Outcome, r.Skip, r.Reason = Inconclusive, SkipRequest, p.err.Error()
	}
}
