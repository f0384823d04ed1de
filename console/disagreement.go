package console

import (
	"time"

	"understudy/compare"
	"understudy/store"
)

// Disagreement is a disagreement as it is written for others; one whose verdict
// is primary_wrong is a defect.
type Disagreement struct {
	ID       string          `json:"id"`
	State    string          `json:"state"`
	Verdict  compare.Verdict `json:"verdict"`
	Metric   string          `json:"metric"`
	Analysis string          `json:"analysis"`
	Level    string          `json:"level"`
	MergeBy  string          `json:"merge_by"`
	Nodes    int             `json:"nodes"`
	Case     string          `json:"case"`
	Source   string          `json:"source"`
	Class    string          `json:"class,omitempty"`
	Finding  string          `json:"finding,omitempty"`
	Proof    *compare.Proof  `json:"proof,omitempty"`

	FirstSeen     time.Time  `json:"first_seen"`
	LastSeen      time.Time  `json:"last_seen"`
	Count         int        `json:"count"`
	FirstExchange string     `json:"first_exchange"`
	LastExchange  string     `json:"last_exchange"`
	ClosedAt      *time.Time `json:"closed_at,omitempty"`
	ClosedBy      string     `json:"closed_by,omitempty"`
	ClosedReason  string     `json:"closed_reason,omitempty"`
	ApprovedAt    *time.Time `json:"approved_at,omitempty"`
	ApprovedBy    string     `json:"approved_by,omitempty"`
	ExpiresAt     *time.Time `json:"expires_at,omitempty"`
}

// NewDisagreement writes a disagreement for others.
func NewDisagreement(d store.Disagreement) Disagreement {
	return Disagreement{
		ID: d.ID, State: d.State, Verdict: compare.Verdict(d.Verdict), Metric: d.Metric, Analysis: d.Analysis, Level: d.Level, MergeBy: d.MergeBy,
		Nodes: d.Nodes, Case: d.Case, Source: d.Source, Class: d.Class, Finding: d.Finding, Proof: newProof(d.Proof, d.ProofKind, d.Sentence),
		FirstSeen: d.FirstSeen, LastSeen: d.LastSeen, Count: d.Count, FirstExchange: d.FirstExchange, LastExchange: d.LastExchange,
		ClosedAt: moment(d.ClosedAt), ClosedBy: d.ClosedBy, ClosedReason: d.ClosedReason,
		ApprovedAt: moment(d.ApprovedAt), ApprovedBy: d.ApprovedBy, ExpiresAt: moment(d.ExpiresAt),
	}
}

// moment is nil for a time that is not known.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
