package proxy

import (
	"context"
	"time"

	"understudy/compare"
	"understudy/rollout"
)

// OutcomeUncompared is the outcome of an exchange that the candidate answered
// alone; the others are those of package compare.
const OutcomeUncompared = "uncompared"

// Exchange is one request with the answers to it, as it is recorded. It holds no
// header of the client's but the content type, and no address.
type Exchange struct {
	ID       string
	At       time.Time // when the request came
	Scan     string    // key of its scan
	Client   string    // keyed hash of the client's address
	Analysis string
	Level    string // none, organization, country, isp, whole, validating or derived
	MergeBy  string
	Case     string // digest of the question
	Nodes    int

	ServedBy string // ServedByPrimary or ServedByCandidate
	Reason   string // why it was the primary, inside the serve share
	Outcome  string
	Note     string // for people: why a side counts as failed, or nothing was compared

	Repeat   bool // a retry; counts once
	Mixed    bool // the scan changed sides; no evidence
	Overlong bool // the scan was open for too long; no evidence

	Primary   Side // zero when it was not asked
	Candidate Side
	Metrics   []Metric

	Path        string
	ContentType string
	// Bodies with their content encoding undone; nil when they are not kept.
	RequestBody, PrimaryBody, CandidateBody []byte
}

// Side is what one side did: Status 0 means no answer, and Failure says why.
type Side struct {
	Status  int
	Failure string
	Latency time.Duration
}

// Metric is the comparison of one number or family.
type Metric struct {
	Name, Outcome, Primary, Candidate string
}

// Recorder keeps exchanges. It is called by one goroutine at a time.
type Recorder interface {
	RecordBatch(ctx context.Context, batch []Exchange) error
}

func (p *Proxy) exchange(j *job) Exchange {
	facts := j.visit.facts()
	e := Exchange{
		ID: j.id, At: j.at, Scan: facts.key, Client: facts.client, Analysis: j.analysis,
		Level: j.result.Level, MergeBy: j.result.MergeBy, Case: j.result.Case, Nodes: j.result.Nodes,
		ServedBy: j.servedBy, Reason: j.reason, Outcome: OutcomeUncompared,
		Note:   j.note(),
		Repeat: facts.repeat, Mixed: facts.mixed, Overlong: facts.overlong,
		Primary: side(j.primary), Candidate: side(j.candidate),
		Path: j.asked.path, ContentType: j.asked.contentType,
	}
	if j.compared {
		e.Outcome = string(j.result.Outcome)
	}
	for _, m := range j.result.Metrics {
		e.Metrics = append(e.Metrics, Metric{Name: m.Metric, Outcome: string(m.Outcome), Primary: m.Primary, Candidate: m.Candidate})
	}
	if p.keepsBodies(e) {
		e.RequestBody, e.PrimaryBody, e.CandidateBody = j.asked.body, j.primary.Body, j.candidate.Body
	}
	return e
}

// keepsBodies reports whether the bodies are worth their room: those of every
// exchange that does not agree, and of a sample of those that do.
func (p *Proxy) keepsBodies(e Exchange) bool {
	if !p.cfg.KeepBodies {
		return false
	}
	if e.Outcome != string(compare.Agree) && e.Outcome != OutcomeUncompared {
		return true
	}
	return rollout.InShare(p.cfg.Salt+"/bodies", e.ID, 100*p.cfg.SampleBodies)
}

func (j *job) note() string {
	if j.result.Reason == "" && j.unservable != nil {
		return j.unservable.Error()
	}
	return j.result.Reason
}

func side(r compare.Reply) Side {
	return Side{Status: r.Status, Failure: r.Failure, Latency: r.Latency}
}
