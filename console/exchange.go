package console

import (
	"encoding/json"
	"time"

	"understudy/compare"
	"understudy/store"
)

// Exchange is an exchange as it is written for others.
type Exchange struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Source    string    `json:"source"`
	Scan      string    `json:"scan"`
	Analysis  string    `json:"analysis"`
	Level     string    `json:"level"`
	MergeBy   string    `json:"merge_by"`
	Case      string    `json:"case"`
	Nodes     int       `json:"nodes"`
	SizeClass string    `json:"size_class"`
	ServedBy  string    `json:"served_by"`
	Reason    string    `json:"reason,omitempty"`
	Outcome   string    `json:"outcome"`
	Verdict   string    `json:"verdict"`
	Skip      string    `json:"skip,omitempty"`
	Note      string    `json:"note,omitempty"`
	Repeat    bool      `json:"repeat,omitempty"`
	Mixed     bool      `json:"mixed,omitempty"`
	Overlong  bool      `json:"overlong,omitempty"`
	Primary   Side      `json:"primary"`
	Candidate Side      `json:"candidate"`
	// Metrics have the form of compare.MetricResult.
	Metrics []compare.MetricResult `json:"metrics"`
	// Bodies are there where they were asked for and kept.
	Bodies *Bodies `json:"bodies,omitempty"`
}

// Side is how one side answered.
type Side struct {
	Status    int     `json:"status,omitempty"`
	Failure   string  `json:"failure,omitempty"`
	LatencyMS float64 `json:"latency_ms"`
}

// Bodies are those of request and answers, as JSON or, where they are none, as a
// text; null: not kept.
type Bodies struct {
	Request   json.RawMessage `json:"request"`
	Primary   json.RawMessage `json:"primary"`
	Candidate json.RawMessage `json:"candidate"`
}

// NewExchange writes an exchange for others, without its bodies.
func NewExchange(e store.Exchange) Exchange {
	out := Exchange{
		ID: e.ID, At: e.At, Source: e.Source, Scan: e.Scan, Analysis: e.Analysis, Level: e.Level, MergeBy: e.MergeBy, Case: e.Case,
		Nodes: e.Nodes, SizeClass: e.SizeClass, ServedBy: e.ServedBy, Reason: e.Reason, Outcome: e.Outcome, Verdict: e.Verdict,
		Skip: e.Skip, Note: e.Note, Repeat: e.Repeat, Mixed: e.Mixed, Overlong: e.Overlong,
		Primary: newSide(e.Primary), Candidate: newSide(e.Candidate), Metrics: []compare.MetricResult{},
	}
	for _, m := range e.Metrics {
		out.Metrics = append(out.Metrics, newMetric(m))
	}
	return out
}

// NewBodies writes the bodies of an exchange.
func NewBodies(e store.Exchange) *Bodies {
	return &Bodies{rawBody(e.RequestBody), rawBody(e.PrimaryBody), rawBody(e.CandidateBody)}
}

func rawBody(body []byte) json.RawMessage {
	if body == nil {
		return json.RawMessage("null")
	}
	if json.Valid(body) {
		return body
	}
	text, err := json.Marshal(string(body))
	if err != nil {
		return json.RawMessage("null") // never: any string can be written
	}
	return text
}

func newSide(s store.Side) Side {
	return Side{s.Status, s.Failure, float64(s.Latency.Microseconds()) / 1000}
}

func newMetric(m store.Metric) compare.MetricResult {
	out := compare.MetricResult{
		Metric: m.Name, Outcome: compare.Outcome(m.Outcome), Verdict: compare.Verdict(m.Verdict), Primary: m.Primary, Candidate: m.Candidate,
	}
	for _, r := range m.Rulings {
		out.Rulings = append(out.Rulings, compare.Ruling{
			Verdict: compare.Verdict(r.Verdict), Class: r.Class, Finding: r.Finding, Proof: newProof(r.Proof, r.ProofKind, r.Sentence),
		})
	}
	return out
}

// newProof reads a stored proof; what can't be read keeps its sentence.
func newProof(raw []byte, kind, sentence string) *compare.Proof {
	if raw == nil && sentence == "" {
		return nil
	}
	var p compare.Proof
	if raw == nil || json.Unmarshal(raw, &p) != nil {
		p = compare.Proof{Kind: compare.ProofKind(kind), Sentence: sentence}
	}
	return &p
}
