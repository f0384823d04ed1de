package worker

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// slot is one place for a worker. Its run method owns all of it.
type slot struct {
	pool *Pool
	// firstStart is told once how the first start went.
	firstStart func(error)
	// deaths counts those of its workers in a row, without a success between them.
	deaths int
}

// run keeps one worker alive until the pool closes.
func (s *slot) run() {
	p := s.pool
	for !p.isClosing() {
		c, err := p.launch()
		if err != nil {
			p.config.Logger.Error("engine worker did not start", "error", err)
			p.tally.restart(ReasonStart)
			s.report(err)
			s.pause()
			continue
		}
		p.tally.alive(1)
		s.report(nil)
		born := p.config.Clock.Now()
		reason, closed := s.work(c)
		p.tally.alive(-1)
		if closed || p.isClosing() {
			return
		}
		p.tally.restart(reason)
		p.config.Logger.Warn("engine worker ended", "pid", c.pid(), "reason", string(reason), "state", c.state())
		if backsOff(reason) {
			if p.config.Clock.Now().Sub(born) >= healthyAfter {
				s.deaths = 0
			}
			s.pause()
		}
	}
	s.report(errors.New("the pool was closed"))
}

// report tells Start how the first start went.
func (s *slot) report(err error) {
	if s.firstStart != nil {
		s.firstStart(err)
		s.firstStart = nil
	}
}

// work gives c one request after the other until it has ended or the pool
// closes. Either way c is gone when it returns.
func (s *slot) work(c *child) (reason Reason, closed bool) {
	p := s.pool
	for {
		j, reason, closed := s.take(c)
		if j == nil {
			return reason, closed
		}
		if refusal := p.poison.refusal(j); refusal != nil { // since it was admitted
			j.done <- refusal
			continue
		}
		if reason := s.serve(c, j); reason != "" {
			return reason, false
		}
		s.deaths = 0
	}
}

// take waits for the next request. There is none when c has ended, or when the
// pool closes; then c is gone, too.
func (s *slot) take(c *child) (j *job, reason Reason, closed bool) {
	p := s.pool
	select {
	case <-p.closing:
		c.stop(p.killing)
		return nil, "", true
	case <-c.ended:
		return nil, c.cause(), false
	default:
	}
	if j := p.next(); j != nil {
		return j, "", false
	}
	select { // nobody is waiting: whoever comes now is the first
	case <-p.closing:
		c.stop(p.killing)
		return nil, "", true
	case <-c.ended:
		return nil, c.cause(), false
	case j = <-p.first:
	case j = <-p.later:
	}
	return j, "", false
}

// serve has c answer j. It returns the empty reason if c can go on, else c is
// gone.
func (s *slot) serve(c *child, j *job) Reason {
	p := s.pool
	conn, err := c.dial()
	if err != nil {
		c.kill()
		j.done <- nil // untouched: the worker was gone before it had the request
		return c.cause()
	}
	p.tally.busy(1)
	defer p.tally.busy(-1)
	defer conn.Close()
	result := make(chan exchanged, 1)
	go func() { result <- exchange(conn, j, p.config.MaxAnswer) }()
	r := s.await(j, conn, result)
	if r.reason != "" {
		c.kill()
		if r.reason == ReasonCrash {
			r.reason = c.cause()
		}
		if r.answer == nil && !r.untouched {
			r.answer = problem(http.StatusBadGateway, p.obituary(c))
		}
	}
	p.poison.learn(j, r)
	j.done <- r.answer
	return r.reason
}

// await waits for the exchange, the deadline, the caller and the pool's end,
// whichever is first.
func (s *slot) await(j *job, conn halfCloser, result <-chan exchanged) exchanged {
	clock := s.pool.config.Clock
	limit := s.pool.config.Deadline + s.pool.config.Grace
	overrun := clock.After(limit)
	canceled, forgotten := j.ctx.Done(), (<-chan time.Time)(nil)
	for {
		select {
		case r := <-result:
			if canceled == nil && r.reason == ReasonCrash {
				// The other half is closed, perhaps in the middle of the request:
				// that the worker gave no answer shows nothing. If it is gone, work
				// sees that.
				return exchanged{answer: callerGone()}
			}
			return r
		case <-overrun:
			detail := fmt.Sprintf("the analysis did not end within %s; the engine worker was killed", limit)
			return exchanged{answer: problem(http.StatusGatewayTimeout, detail), reason: ReasonDeadline}
		case <-canceled:
			// Closing this half ends the request's context in the worker; an
			// analysis that heeds it ends now, and the worker is kept.
			_ = conn.CloseWrite()
			canceled, forgotten = nil, clock.After(s.pool.config.CancelGrace)
		case <-forgotten:
			return exchanged{answer: callerGone(), reason: ReasonCanceled}
		case <-s.pool.killing:
			return exchanged{answer: problem(http.StatusServiceUnavailable, "the engine is shutting down"), reason: ReasonCanceled}
		}
	}
}

func callerGone() *answer { return problem(http.StatusServiceUnavailable, "the caller went away") }

// halfCloser is a connection that can say that nothing more will come.
type halfCloser interface{ CloseWrite() error }
