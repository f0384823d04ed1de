package proxy

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// mirror is a bounded queue and a fixed number of workers behind it. offer never
// waits: the client's goroutine calls it.
type mirror struct {
	queue chan *job
	stop  chan struct{}

	mu      sync.RWMutex // guards closed, so that nothing is offered behind the workers' backs
	closed  bool
	waiting atomic.Int64
	workers sync.WaitGroup
}

func newMirror(length int) *mirror {
	return &mirror{queue: make(chan *job, length), stop: make(chan struct{})}
}

// offer queues a job, or says why it was dropped.
func (m *mirror) offer(j *job) (drop string) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return dropShutdown
	}
	m.waiting.Add(1) // before a worker can take it off again
	select {
	case m.queue <- j:
		return ""
	default:
		m.waiting.Add(-1)
		return dropQueueFull
	}
}

// start runs the workers. They finish what is queued, also after close, as long
// as ctx lives; the rest goes to drop.
func (m *mirror) start(ctx context.Context, workers int, work, drop func(*job)) {
	take := func(j *job) {
		m.waiting.Add(-1)
		if ctx.Err() != nil {
			drop(j)
			return
		}
		work(j)
	}
	for range workers {
		m.workers.Go(func() {
			for {
				select {
				case j := <-m.queue:
					take(j)
				case <-m.stop:
					m.drain(take)
					return
				}
			}
		})
	}
}

func (m *mirror) drain(take func(*job)) {
	for {
		select {
		case j := <-m.queue:
			take(j)
		default:
			return
		}
	}
}

// close stops taking jobs and waits until the workers have emptied the queue.
func (m *mirror) close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	close(m.stop)
	m.workers.Wait()
}

// shadow lets the primary answer, as if nothing else were there, and offers a
// copy of the exchange when the client has its answer.
func (p *Proxy) shadow(c *call) {
	if c.treatment.Mirror {
		c.keep = true
	}
	if !c.whole {
		c.watchRequest(p.cfg.RequestBytes)
	}
	done := false
	defer func() {
		if !done { // the answer was cut, and the handler is being aborted
			p.skip(c, ReasonIncomplete)
		}
	}()
	p.forward(c)
	done = true
	p.offer(c)
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
	if c.keep {
		p.metrics.skipped(reason)
	}
	c.hold.release()
}

// offer hands a copy of a finished exchange to the mirror.
func (p *Proxy) offer(c *call) {
	if !c.keep {
		c.hold.release()
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
	j.primary, j.primaryAsked, j.answerEncoding = primary, true, c.encoding
	if drop := p.mirror.offer(j); drop != "" {
		p.metrics.dropped(drop)
		j.hold.release()
	}
}

// answerMirrored is the work of a mirror worker: ask, compare, record.
func (p *Proxy) answerMirrored(j *job) {
	defer j.hold.releaseIf(&j.panicked)
	defer p.contain(j)
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

func (p *Proxy) dropMirrored(j *job) {
	p.metrics.dropped(dropShutdown)
	j.hold.release()
}

// detached is the context of a call of the candidate: no client ends it, only
// its own limit and the end of Close.
func (p *Proxy) detached(limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.background, limit)
}
