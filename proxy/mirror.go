package proxy

import (
	"context"
	"hash/maphash"
	"time"
)

// shadow lets the primary answer, as if nothing else were there, and offers a
// copy of the exchange when the client has its answer.
func (p *Proxy) shadow(c *call) {
	if c.treatment.Mirror {
		c.keep = true
	}
	if reason := p.watch(c); reason != "" {
		c.rescuable = false
		defer p.skip(c, reason)
		p.forward(c)
		return
	}
	done := false
	defer func() {
		switch {
		case c.contest != nil: // there was a rescue
			c.settleRescue()
		case !done: // the answer was cut, and the handler is being aborted
			p.skip(c, ReasonIncomplete)
		default:
			p.offer(c)
		}
	}()
	p.forward(c)
	done = true
}

// watch sees to it that the body of a request is known: by and by while it streams
// to the primary, or at once where the candidate may have to answer in its place.
func (p *Proxy) watch(c *call) (reason string) {
	switch {
	case c.whole:
	case c.rescuable:
		if reason = p.readRequest(c); reason != "" {
			return reason
		}
		c.visit.identify(c.analysis, maphash.Bytes(digestSeed, c.body), true)
	default:
		c.watchRequest(p.cfg.RequestBytes)
	}
	return ""
}

// watchRequest puts a tee around the body. The burst needs its digest even when
// no copy is wanted.
func (c *call) watchRequest(limit int64) {
	var copied *buffer
	if c.keep {
		copied = &buffer{hold: c.hold, limit: limit}
	}
	c.request = newTee(c.in.Body, c.in.ContentLength, copied)
	identify := func() {
		if digest, whole := c.request.digest(); whole {
			c.visit.identify(c.analysis, digest, true)
		}
	}
	if c.request.onEnd = identify; c.in.ContentLength == 0 {
		identify()
	}
}

// skip counts an exchange that will not be compared and lets go of its bodies.
func (p *Proxy) skip(c *call, reason string) {
	c.hold.release()
	if c.keep {
		p.metrics.skipped(reason)
		p.recordOmitted(c, reason)
	}
}

// offer hands a copy of a finished exchange to the mirror.
func (p *Proxy) offer(c *call) {
	if !c.keep {
		c.hold.release()
		return
	}
	if c.failed { // whose request may not have been read
		p.skip(c, skipUnreachable)
		return
	}
	body, err := c.copyRequest()
	if err != nil {
		p.skip(c, requestReason(err))
		return
	}
	primary, skip := c.copyAnswer()
	if skip != "" {
		p.skip(c, skip)
		return
	}
	j := p.newJob(c, body)
	j.servedBy, j.reason = c.servedBy, c.reason
	j.primary, j.answerEncoding = primary, c.encoding
	p.traffic.begin() // until the candidate has answered, or nobody asks it
	dropped, closed := p.mirror.offer(j)
	if closed {
		p.drop(j, dropShutdown)
	}
	for _, j := range dropped {
		p.drop(j, dropQueueFull)
	}
}

func (p *Proxy) courtesy() courtesy {
	return courtesy{
		most: p.cfg.MirrorYield, clients: func() bool { return p.served.Load() > 0 },
		nap: nap, waited: p.metrics.yielded,
	}
}

// answerMirrored is the work of a mirror worker: ask, compare, record.
func (p *Proxy) answerMirrored(j *job) {
	defer p.traffic.end()
	defer p.salvage(j)
	if err := p.decodeRequest(j); err != nil {
		p.abandon(j, requestReason(err))
		return
	}
	if err := p.decodeAnswer(j); err != nil {
		p.abandon(j, answerReason(err))
		return
	}
	if !p.decideRequest(j).Mirror {
		p.abandon(j, ReasonRule)
		return
	}
	p.metrics.mirrored(j.analysis)
	p.ask(j, p.cfg.CandidateDeadline+p.cfg.CandidateQueueWait+p.cfg.CandidateSlack)
	p.check(j)
	p.conclude(j)
}

// drop ends a job that nobody has time for, or room.
func (p *Proxy) drop(j *job, reason string) {
	defer p.traffic.end()
	p.metrics.dropped(reason)
	j.hold.release()
	p.recordJobOmitted(j, reason)
}

// detached is the context of a call of the candidate: no client ends it, only
// its own limit and the end of Close.
func (p *Proxy) detached(limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.background, limit)
}
