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
	FailurePoisonous   = "poisonous" // refused: it died of this network before
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
	// Metrics; empty unless both sides gave a whole answer.
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

// Compare compares the answers of primary and candidate to the question, and
// judges every difference by what the two answers show.
func (p *Prepared) Compare(primary, candidate Reply, kind PrimaryKind) Result {
	r, _ := p.compare(primary, candidate, kind)
	return r
}

// compare also returns the two answers side by side; nil where there is nothing
// to judge.
func (p *Prepared) compare(primary, candidate Reply, kind PrimaryKind) (Result, *bout) {
	r := Result{Level: p.level, MergeBy: fold(p.mergeBy), Case: p.digest, Nodes: p.nodes, Metrics: []MetricResult{}}
	if _, known := parsers[p.analysis]; !known {
		r.inconclusive(SkipAnalysis, fmt.Sprintf("answers to %q are not compared", p.analysis))
		return r, nil
	}
	a, primaryErr := p.answer(primary)
	b, candidateErr := p.answer(candidate)
	switch {
	case primaryErr != nil && candidateErr != nil:
		r.Outcome, r.Verdict = BothFailed, VerdictBothFailed
		r.Reason = fmt.Sprintf("primary: %v; candidate: %v", primaryErr, candidateErr)
	case primaryErr != nil:
		r.Outcome, r.Verdict, r.Reason = PrimaryFailed, VerdictPrimaryFailed, primaryErr.Error()
	case candidateErr != nil:
		r.Outcome, r.Verdict, r.Reason = CandidateFailed, VerdictCandidateFailed, candidateErr.Error()
	case a.Incomplete || b.Incomplete:
		r.inconclusive(SkipIncomplete, "a search ended at its budget")
	default:
		match := p.newBout(a, b, kind)
		r.Metrics = match.judge()
		r.conclude()
		if p.checks(&r, kind); r.Outcome != Inconclusive {
			return r, match
		}
	}
	return r, nil
}

func (r *Result) inconclusive(skip, reason string) {
	r.Outcome, r.Verdict, r.Skip, r.Reason = Inconclusive, VerdictInconclusive, skip, reason
}

// conclude works out what the metrics come to together.
func (r *Result) conclude() {
	r.Outcome, r.Verdict = Agree, VerdictAgree
	for _, m := range r.Metrics {
		if m.Outcome != Agree {
			r.Outcome = Differ
		}
		r.Verdict = gravest([]Verdict{r.Verdict, m.Verdict})
	}
}

// checks takes agreement back that means nothing.
func (p *Prepared) checks(r *Result, kind PrimaryKind) {
	switch {
	case len(r.Metrics) == 0:
		r.inconclusive(SkipMetrics, "nothing that the two kinds of scanner have in common")
	case r.Outcome == Agree && p.err != nil:
		r.inconclusive(SkipRequest, p.err.Error())
	case r.Outcome == Agree && p.optionSkew(kind) != "":
		r.inconclusive(SkipRequest, fmt.Sprintf("the request has %s, which one side does not know: agreement says nothing", p.optionSkew(kind)))
	}
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
