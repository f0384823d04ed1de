package proxy

import (
	"context"
	"time"

	"understudy/compare"
	"understudy/rollout"
)

// The outcomes beside those of package compare.
const (
	OutcomeUncompared = "uncompared" // the candidate answered alone
	OutcomeSkipped    = "skipped"    // not compared, though eligible; Exchange.Skip says why
)

// Where an exchange comes from. Only live ones are evidence of a scan.
const (
	SourceLive      = "live"      // a client asked
	SourceDeep      = "deep"      // the candidate was asked again, for whole families
	SourceVariation = "variation" // both sides were asked about a varied network
)

// Exchange is one request with the answers to it, as it is recorded. It holds no
// header of the client's but the content type, and no address.
type Exchange struct {
	ID       string
	At       time.Time // when the request came
	Scan     string    // key of its scan
	Client   string    // keyed hash of the client's address
	Source   string    // one of the Source constants
	Analysis string
	Level    string // none, organization, country, isp, whole, validating or derived
	MergeBy  string
	Case     string // digest of the question
	Nodes    int
	// SizeClass is one of compare.SizeClasses, "" where nothing was compared.
	SizeClass string

	ServedBy string // ServedByPrimary or ServedByCandidate; "" where no client asked
	Reason   string // why that side answered, inside the serve share
	Outcome  string
	Verdict  string // one of the verdicts of package compare, "" where nothing was compared
	Skip     string // why it was not compared, with OutcomeSkipped
	Note     string // for people: why a side counts as failed, or nothing was compared

	Repeat   bool // a retry; counts once
	Mixed    bool // the scan changed sides; no evidence
	Overlong bool // the scan was open for too long; no evidence

	Primary   Side // zero when it was not asked
	Candidate Side
	Metrics   []Metric

	Path        string
	ContentType string
	// Bodies with their content encoding undone; nil when they are not kept. The
	// request's is without the node fields that bear on no answer, such as
	// addresses, and nil where it is no JSON object.
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
	Name, Outcome, Verdict, Primary, Candidate string
	Rulings                                    []compare.Ruling // who is wrong, with proof; empty where the sides agree
}

// Recorder keeps exchanges. It is called by one goroutine at a time.
type Recorder interface {
	RecordBatch(ctx context.Context, batch []Exchange) error
}

func (p *Proxy) exchange(j *job) Exchange {
	e := j.outline()
	e.Level, e.MergeBy, e.Case, e.Nodes = j.result.Level, j.result.MergeBy, j.result.Case, j.result.Nodes
	e.Outcome, e.Note = OutcomeUncompared, j.note()
	if j.compared {
		e.Outcome, e.Verdict = string(j.result.Outcome), string(j.result.Verdict)
		e.SizeClass = compare.SizeClass(j.result.Nodes)
	}
	for _, m := range j.result.Metrics {
		e.Metrics = append(e.Metrics, Metric{
			Name: m.Metric, Outcome: string(m.Outcome), Verdict: string(m.Verdict),
			Primary: m.Primary, Candidate: m.Candidate, Rulings: m.Rulings,
		})
	}
	if p.keepsBodies(e) {
		e.RequestBody, _ = stripRequest(j.asked.body) // nil where it can't be told what it holds
		e.PrimaryBody, e.CandidateBody = j.primary.Body, j.candidate.Body
	}
	return e
}

// outline is what is known of an exchange whatever became of it.
func (j *job) outline() Exchange {
	facts := j.facts()
	return Exchange{
		ID: j.id, At: j.at, Scan: facts.key, Client: facts.client, Source: j.source, Analysis: j.analysis,
		ServedBy: j.servedBy, Reason: j.reason,
		Repeat: facts.repeat, Mixed: facts.mixed, Overlong: facts.overlong,
		Primary: side(j.primary), Candidate: side(j.candidate),
		Path: j.asked.path, ContentType: j.asked.contentType,
	}
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
	note := j.result.Reason
	if note == "" && j.unservable != nil {
		note = j.unservable.Error()
	}
	if j.remark != "" && note != "" {
		return j.remark + "; " + note
	}
	return j.remark + note
}

func side(r compare.Reply) Side {
	return Side{Status: r.Status, Failure: r.Failure, Latency: r.Latency}
}
