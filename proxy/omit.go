package proxy

import "understudy/compare"

// Every eligible exchange leaves one record, so that the share that was compared
// (coverage) can be worked out from the records alone, with the reasons why the
// rest was not. The record of one that was not compared holds no body.

// recordOmitted records a call of which there will be no job.
func (p *Proxy) recordOmitted(c *call, reason string) {
	j := p.newJob(c, nil)
	j.servedBy, j.reason = c.servedBy, c.reason
	j.primary = compare.Reply{Status: c.status, Latency: c.took}
	if c.failed {
		j.primary.Failure = compare.FailureOther
	}
	p.recordJobOmitted(j, reason)
}

// recordJobOmitted records a job that ends without a comparison. It never waits:
// the client's goroutine may be calling.
func (p *Proxy) recordJobOmitted(j *job, reason string) {
	if j.source != SourceLive {
		return // no client asked: it is no part of what is to be covered
	}
	e := j.outline()
	e.Outcome, e.Skip = OutcomeSkipped, reason
	p.metrics.exchanged(e)
	p.records.offer(e, nil)
}
