package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Exchange is one request with the answers to it, how they compare and who is wrong.
type Exchange struct {
	ID string // unique; recording an ID again changes nothing
	At time.Time
	// Source says where the question comes from: SourceLive ("" is stored as it), SourceDeep or
	// SourceVariation.
	Source string
	// Scan is the key of the scan the question belongs to.
	Scan   string
	Client string // keyed hash of the client's address
	// Repeat, Mixed and Overlong say why the exchange is no evidence of its own: it is a retry,
	// its scan changed sides, or its scan was open for too long.
	Repeat, Mixed, Overlong bool

	Analysis  string // last element of the path, "top-tier" say
	Level     string
	MergeBy   string
	Case      string // digest of what was asked: analysis, level, faulty nodes and network
	ServedBy  string // "primary" or "candidate"
	Reason    string // why that side
	Outcome   string // "agree", "differ", "candidate_failed", "skipped"...
	Verdict   string // the gravest one of the metrics, or who failed; "" is stored as what Outcome says
	Skip      string // why nothing was compared
	Note      string // a sentence for people: why a side counts as failed
	Nodes     int
	SizeClass string // of Nodes

	Primary   Side
	Candidate Side
	Metrics   []Metric

	Path        string
	ContentType string
	// Bodies are kept when Outcome or Verdict is not "agree", but not those of a "skipped" or
	// "uncompared" exchange; and always when KeepBodies is set. Nil stays nil, and is what an
	// exchange without kept bodies reads back as.
	RequestBody   []byte
	PrimaryBody   []byte
	CandidateBody []byte
	// KeepBodies keeps the bodies of any exchange, for a sample. It is not stored.
	KeepBodies bool
}

// The sources. Only live exchanges are evidence of scans.
const (
	SourceLive      = "live"      // a client asked
	SourceDeep      = "deep"      // the candidate was asked again for whole families
	SourceVariation = "variation" // both sides were asked about a varied network
)

// Side is how one side answered. Status 0 means that there was no HTTP answer, and Failure why.
type Side struct {
	Status  int
	Failure string
	Latency time.Duration
}

// Metric is one compared value of an exchange; Outcome is "agree" or "differ". A Verdict "" is
// stored as what Outcome says: "agree", or "undecided".
type Metric struct {
	Name      string
	Outcome   string
	Verdict   string
	Primary   string
	Candidate string
	Rulings   []Ruling
}

// Ruling is one verdict about a metric: none where the sides agree, two where both are refuted.
type Ruling struct {
	Verdict   string
	Class     string // of the primary's defect
	Finding   string // what explains the difference in reading
	ProofKind string
	Sentence  string // the proof for people
	Proof     []byte // the proof as JSON; nil for an undecided metric
}

// The words of compare that the store gives a meaning to.
const (
	outcomeAgree      = "agree"
	outcomeDiffer     = "differ"
	outcomeSkipped    = "skipped"
	outcomeUncompared = "uncompared"

	verdictAgree          = "agree"
	verdictPrimaryWrong   = "primary_wrong"
	verdictInputSkew      = "input_skew"
	verdictUndecided      = "undecided"
	verdictCandidateWrong = "candidate_wrong"
	verdictInconclusive   = "inconclusive"
)

// verdictOf is what an outcome says where nobody has judged; migration 2 says the same.
func verdictOf(outcome string) string {
	switch outcome {
	case outcomeDiffer:
		return verdictUndecided
	case outcomeSkipped, outcomeUncompared:
		return verdictInconclusive
	}
	return outcome
}

// whole fills in what the caller may leave out.
func (e Exchange) whole() Exchange {
	if e.Source == "" {
		e.Source = SourceLive
	}
	if e.Verdict == "" {
		e.Verdict = verdictOf(e.Outcome)
	}
	e.Metrics = slices.Clone(e.Metrics)
	for i, m := range e.Metrics {
		if m.Verdict == "" {
			e.Metrics[i].Verdict = verdictOf(m.Outcome)
		}
	}
	return e
}

func (e Exchange) check() error {
	if e.ID == "" || e.At.IsZero() {
		return fmt.Errorf("record exchange %q: it has no ID or no time", e.ID)
	}
	for _, m := range e.Metrics {
		for _, r := range m.Rulings {
			if r.Proof != nil && !json.Valid(r.Proof) {
				return fmt.Errorf("record exchange %s: the proof about %s is no JSON", e.ID, m.Name)
			}
		}
	}
	return nil
}

// keepsBodies is asked of a whole exchange.
func (e Exchange) keepsBodies() bool {
	if e.KeepBodies {
		return true
	}
	if e.Outcome == outcomeSkipped || e.Outcome == outcomeUncompared {
		return false
	}
	return e.Outcome != outcomeAgree || e.Verdict != verdictAgree
}
