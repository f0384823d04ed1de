package proxy

import (
	"time"

	"understudy/compare"
	"understudy/rollout/breaker"
)

// job is one exchange on its way through the candidate, the comparison and the
// record. One goroutine at a time owns it.
type job struct {
	id, analysis     string
	source           string // one of the Source constants
	at               time.Time
	servedBy, reason string
	visit            *visit    // nil for a variation, which belongs to no scan of a client
	scan             scanFacts // of a job without a visit
	remark           string    // for people, beside what the comparison says
	hold             *hold

	asked           asked
	requestEncoding string // of asked.body; "" once it is decoded
	answerEncoding  string // of primary.Body; "" once it is decoded

	primary    compare.Reply
	candidate  compare.Reply
	run        *breaker.Run // of the candidate's execution, until it is reported
	judge      Judge        // of the question, once it is read
	unservable error
	result     compare.Result
	compared   bool
	panicked   bool
	accused    bool   // the breaker knows that the candidate's answer is wrong
	then       func() // called at the end, instead of the record; nil: it is recorded
}

func (p *Proxy) newJob(c *call, body []byte) *job {
	return &job{
		id: c.id, analysis: c.analysis, source: SourceLive, at: c.start, visit: c.visit, hold: c.hold,
		asked: asked{
			method: c.in.Method, path: c.in.URL.EscapedPath(),
			contentType: c.in.Header.Get("Content-Type"), body: body,
		},
		requestEncoding: c.in.Header.Get("Content-Encoding"),
	}
}

// size is the bytes of the bodies that the job keeps.
func (j *job) size() int64 {
	return int64(len(j.asked.body) + len(j.primary.Body) + len(j.candidate.Body))
}

// facts are those of the job's scan.
func (j *job) facts() scanFacts {
	if j.visit == nil {
		return j.scan
	}
	return j.visit.facts()
}

// judge reads the question when it is first needed: never before the candidate
// has been asked.
func (p *Proxy) judge(j *job) Judge {
	if j.judge == nil {
		j.judge = p.deps.Prepare(j.question())
	}
	return j.judge
}

func (j *job) question() compare.Question {
	return compare.Question{Analysis: j.analysis, Body: j.asked.body}
}

// decodeRequest undoes the content encoding of the request, once.
func (p *Proxy) decodeRequest(j *job) error {
	body, err := decode(j.asked.body, j.requestEncoding, p.cfg.DecodedBytes, p.cfg.DecodedRatio, j.hold)
	if err != nil {
		return err
	}
	j.asked.body, j.requestEncoding = body, ""
	return nil
}

func (p *Proxy) decodeAnswer(j *job) error {
	body, err := decode(j.primary.Body, j.answerEncoding, p.cfg.DecodedBytes, p.cfg.DecodedRatio, j.hold)
	if err != nil {
		return err
	}
	j.primary.Body, j.answerEncoding = body, ""
	return nil
}

// ask lets the candidate answer and measures it.
func (p *Proxy) ask(j *job, limit time.Duration) {
	ctx, cancel := p.detached(limit)
	defer cancel()
	defer p.contain(j)
	j.candidate.Failure = compare.FailureOther // unless ask comes back
	p.lastLive.Store(p.deps.Now().UnixNano())
	j.run = p.breaker.Begin(j.visit.key(), j.id)
	j.candidate = p.candidate.ask(ctx, j.asked, j.hold)
	if j.candidate.Status != 0 {
		p.metrics.duration(ServedByCandidate, j.analysis, j.candidate.Latency)
	}
}

// check asks whether the candidate's answer may be served; compareJob what both
// answers mean side by side. Like ask they contain a panic: it is our fault, and
// neither the client's nor the candidate's.
func (p *Proxy) check(j *job) {
	defer p.contain(j)
	if j.candidate.Status == 200 && j.candidate.Failure == "" {
		j.unservable = p.judge(j).Servable(j.candidate)
	}
}

func (p *Proxy) compareJob(j *job) (skip string) {
	defer p.contain(j)
	if j.candidate.Failure == compare.FailureCanceled {
		return ReasonIncomplete // by our own end, which is no fault of the candidate's
	}
	if j.candidate.Failure == compare.FailurePoisonous {
		return ReasonPoisonous
	}
	if err := p.decodeAnswer(j); err != nil {
		return answerReason(err)
	}
	j.result = p.judge(j).Compare(j.primary, j.candidate, p.cfg.PrimaryKind)
	if j.result.Skip == compare.SkipAnalysis {
		return skipNotComparable
	}
	if j.visit != nil {
		j.result.Level = j.visit.level(j.result.Level, j.result.Nodes)
	}
	j.compared = true
	return ""
}

func (p *Proxy) contain(j *job) {
	if fault := recover(); fault != nil {
		p.panicked(j, fault)
	}
}

func (p *Proxy) panicked(j *job, fault any) {
	j.panicked, j.compared = true, false
	p.metrics.dropped(dropPanic)
	p.log.Error("work on a copy panicked", "exchange", j.id, "analysis", j.analysis, "panic", fault)
}

// salvage ends a job that a panic outside the steps that contain theirs kept
// from its end.
func (p *Proxy) salvage(j *job) {
	if fault := recover(); fault != nil {
		p.panicked(j, fault)
		p.finish(j)
	}
}

// finish counts the exchange, hands it to the recorder and lets go of its bodies.
func (p *Proxy) finish(j *job) {
	if j.then != nil {
		j.then()
		return
	}
	defer func() {
		if fault := recover(); fault != nil {
			j.hold.release()
			p.metrics.dropped(dropPanic)
			p.log.Error("record panicked", "exchange", j.id, "panic", fault)
		}
	}()
	if j.panicked {
		j.hold.release()
		p.recordJobOmitted(j, dropPanic)
		return
	}
	p.remember(j)
	exchange := p.exchange(j)
	p.metrics.exchanged(exchange)
	p.records.offer(exchange, j.hold)
}

// conclude compares, reports and records an exchange that both sides answered.
func (p *Proxy) conclude(j *job) {
	if skip := p.compareJob(j); skip != "" {
		p.abandon(j, skip)
		return
	}
	p.report(j)
	p.decided(j)
}

// abandon ends an exchange that can't be compared.
func (p *Proxy) abandon(j *job, skip string) {
	p.report(j)
	p.metrics.skipped(skip)
	j.hold.release()
	p.recordJobOmitted(j, skip)
}
