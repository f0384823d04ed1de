package store

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// Disagreement is everything known about one verdict on one metric of one case: the same question
// with the same difference is one disagreement, however often it is asked.
type Disagreement struct {
	ID string // 16 hex digits, a digest of Case, Metric and Verdict

	Case    string
	Metric  string
	Verdict string // candidate_wrong, undecided, input_skew or primary_wrong

	Analysis string
	Level    string
	MergeBy  string
	Nodes    int
	// Source is that of the first exchange that showed it, SourceLive once a live one has.
	Source string

	// The ruling is that of the newest exchange that gave a proof.
	Class     string
	Finding   string
	ProofKind string
	Sentence  string
	Proof     []byte

	FirstSeen time.Time
	LastSeen  time.Time
	Count     int // exchanges that showed it
	// FirstExchange and LastExchange keep their bodies while it is open. Those of a closed one may
	// be gone.
	FirstExchange string
	LastExchange  string

	State    string    // StateOpen or StateClosed
	OpenedAt time.Time // since when it is open, or was before it was closed
	// ClosedAt, ClosedBy and ClosedReason are those of the last closing by a person. They stay when
	// it is seen again and so opens again; an approval takes their place.
	ClosedAt     time.Time
	ClosedBy     string
	ClosedReason string
	// An approval closes a defect of the primary until ExpiresAt. It stays to be read until the
	// next approval or closing.
	ApprovedAt time.Time
	ApprovedBy string
	ExpiresAt  time.Time
}

// The states of a disagreement.
const (
	StateOpen   = "open"
	StateClosed = "closed"
)

// disputed are the verdicts that make a disagreement.
var disputed = []string{verdictCandidateWrong, verdictUndecided, verdictInputSkew, verdictPrimaryWrong}

func disagreementID(caseDigest, metric, verdict string) string {
	sum := sha256.Sum256([]byte(caseDigest + "\x00" + metric + "\x00" + verdict))
	return hex.EncodeToString(sum[:8])
}

// disagreements are those that an exchange shows, each as if nobody had seen it before. A metric
// has one for each verdict that its rulings give.
func (e Exchange) disagreements() []Disagreement {
	var list []Disagreement
	for _, m := range e.Metrics {
		for _, r := range append(slices.Clone(m.Rulings), Ruling{Verdict: m.Verdict}) {
			if d := e.disagreement(m.Name, r); slices.Contains(disputed, d.Verdict) && !shows(list, d.ID) {
				list = append(list, d)
			}
		}
	}
	return list
}

func shows(list []Disagreement, id string) bool {
	return slices.ContainsFunc(list, func(d Disagreement) bool { return d.ID == id })
}

func (e Exchange) disagreement(metric string, r Ruling) Disagreement {
	return Disagreement{
		ID: disagreementID(e.Case, metric, r.Verdict), Case: e.Case, Metric: metric, Verdict: r.Verdict,
		Analysis: e.Analysis, Level: e.Level, MergeBy: e.MergeBy, Nodes: e.Nodes, Source: e.Source,
		Class: r.Class, Finding: r.Finding, ProofKind: r.ProofKind, Sentence: r.Sentence, Proof: r.Proof,
		FirstSeen: e.At, LastSeen: e.At, Count: 1, FirstExchange: e.ID, LastExchange: e.ID,
		State: StateOpen, OpenedAt: e.At,
	}
}

// see adds what one more exchange shows; d is as it was at the time of that exchange. Exchanges may
// come in any order of their times.
func (d *Disagreement) see(s Disagreement) {
	d.Count += s.Count
	if s.FirstSeen.Before(d.FirstSeen) {
		d.FirstSeen, d.FirstExchange = s.FirstSeen, s.FirstExchange
	}
	if !s.LastSeen.Before(d.LastSeen) {
		d.LastSeen, d.LastExchange = s.LastSeen, s.LastExchange
		if s.Proof != nil || d.Proof == nil {
			d.Class, d.Finding, d.ProofKind, d.Sentence, d.Proof = s.Class, s.Finding, s.ProofKind, s.Sentence, s.Proof
		}
	}
	if s.Source == SourceLive {
		d.Source = SourceLive
	}
	if d.opensAgain(s.LastSeen) {
		d.State, d.OpenedAt = StateOpen, s.LastSeen
	}
}

// opensAgain says whether being seen at that time opens it. What was seen before the closing is what
// was closed, even if it is recorded later. An approval holds until it expires.
func (d *Disagreement) opensAgain(seen time.Time) bool {
	return d.State == StateClosed && d.ExpiresAt.IsZero() && seen.After(d.ClosedAt)
}
