package proxy

import (
	"bytes"
	"errors"
	"hash/maphash"
	"io"
	"net/http"
	"strconv"
	"time"

	"understudy/compare"
)

// serve treats a request of a scan inside the serve share. Its body is read
// first, because both sides need it whole; whatever stands in the way sends the
// request to the primary as if the share were 0, with the reason on the answer.
func (p *Proxy) serve(c *call) {
	if reason := p.readRequest(c); reason != "" {
		p.passOn(c, reason)
		return
	}
	c.visit.identify(c.analysis, maphash.Bytes(digestSeed, c.body), false)
	// The body may have opened another burst, with a bucket of its own.
	c.treatment = p.treat(c, p.dials(c.in.Context(), p.scanContext(c)))
	if !c.treatment.Serve {
		p.shadow(c)
		return
	}
	j := p.newJob(c, c.body)
	if err := p.decodeRequest(j); err != nil {
		p.passOn(c, requestReason(err))
		return
	}
	if !p.decideRequest(j).Serve {
		c.reason = ReasonRule
		p.shadow(c)
		return
	}
	if !p.enlist() { // shutting down
		p.metrics.dropped(dropShutdown)
		c.rescuable = false
		c.hold.release()
		defer p.recordOmitted(c, dropShutdown)
		p.forward(c)
		return
	}
	c.keep = true
	p.traffic.begin() // until contend ends
	c.contest = newContest(j, !c.treatment.Alone)
	go p.contend(c.contest)
	if c.treatment.Alone {
		p.serveAlone(c)
		return
	}
	p.serveBeside(c)
}

// passOn lets the primary answer a request that the candidate can't be asked.
func (p *Proxy) passOn(c *call, reason string) {
	c.reason, c.rescuable = reason, false
	p.metrics.skipped(reason)
	c.hold.release()
	defer p.recordOmitted(c, reason) // also when the answer is cut
	p.forward(c)
}

// readRequest reads the body. What does not fit streams on behind what was read.
func (p *Proxy) readRequest(c *call) (reason string) {
	if c.in.ContentLength > p.cfg.RequestBytes {
		return ReasonTooLarge
	}
	body, err := readBounded(c.in.Body, p.cfg.RequestBytes, c.in.ContentLength, c.hold)
	if err == nil {
		c.body, c.whole = body, true
		return ""
	}
	rest := io.Reader(c.in.Body)
	if !errors.Is(err, errTooLarge) && !errors.Is(err, errMemory) {
		rest = failing{err} // the client broke off; so does what the primary sees
	}
	c.request = newTee(struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), c.in.Body}, c.in.ContentLength, nil)
	return requestReason(err)
}

// failing is the end of a body that broke off.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// serveBeside asks both sides at once. The primary's answer passes choose, which
// may put the candidate's in its place.
func (p *Proxy) serveBeside(c *call) {
	defer c.contest.settle(c, ReasonIncomplete) // also when the answer is cut
	p.forward(c)
}

// choose reads the primary's answer whole, waits for the candidate as long as
// patience allows, and replaces the answer if the candidate's may be served.
func (p *Proxy) choose(c *call, res *http.Response) {
	body, err := readBounded(res.Body, p.cfg.AnswerBytes, res.ContentLength, c.hold)
	c.took = time.Since(c.start)
	if err != nil {
		rest := io.Reader(res.Body)
		if requestReason(err) == ReasonIncomplete {
			if c.rescuable && p.rescues(c, compare.Reply{Failure: compare.FailureReset, Latency: c.took}) {
				c.servedBy, c.reason, c.failed = ServedByCandidate, ReasonRescue, true
				c.putCandidate(res)
				return
			}
			rest, c.took = failing{err}, 0
		}
		c.reason = answerReason(err)
		res.Body = readCloser{io.MultiReader(bytes.NewReader(body), rest), res.Body}
		return
	}
	res.Body = readCloser{bytes.NewReader(body), res.Body}
	c.contest.answer(compare.Reply{Status: c.status, Body: body, Latency: c.took}, c.encoding)
	if c.status >= 400 { // whatever the candidate says, this goes out
		c.reason = ReasonPrimaryFailed
		return
	}
	reason, serves := p.await(c)
	c.reason = reason
	p.metrics.waited(time.Since(c.start) - c.took)
	if !serves {
		return
	}
	c.servedBy = ServedByCandidate
	c.putCandidate(res)
}

// putCandidate puts the candidate's answer in the place of another one, of which
// nothing has gone out.
func (c *call) putCandidate(res *http.Response) {
	_ = res.Body.Close()
	answer := c.contest.job.candidate.Body
	res.StatusCode, res.Header, res.Trailer = http.StatusOK, candidateHeader(answer), nil
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
	delete(c.w.Header(), "Date") // the candidate's answer is dated by the server
}

// readCloser reads from one and closes the other.
type readCloser struct {
	io.Reader
	io.Closer
}

func candidateHeader(body []byte) http.Header {
	return http.Header{
		"Content-Type":   {"application/json"},
		"Content-Length": {strconv.Itoa(len(body))},
	}
}

// await says whether the candidate's answer goes out, and the reason that is told
// of it; an agreeing one needs none.
func (p *Proxy) await(c *call) (reason string, serves bool) {
	patience := time.NewTimer(p.cfg.ServePatience)
	defer patience.Stop()
	select {
	case <-c.contest.replied:
	case <-patience.C:
		return ReasonLate, false
	case <-c.in.Context().Done():
		return ReasonIncomplete, false
	}
	budget := time.NewTimer(p.cfg.CompareBudget)
	defer budget.Stop()
	select {
	case <-c.contest.judged:
		switch skip := c.contest.skip; skip {
		case "", skipNotComparable:
			return besideReason(c.contest.job)
		default:
			return skip, false
		}
	case <-budget.C:
		return ReasonUndecided, false
	}
}

// serveAlone asks the candidate only, and the primary if the candidate's answer
// may not go out.
func (p *Proxy) serveAlone(c *call) {
	defer c.contest.settle(c, ReasonIncomplete)
	if c.reason = p.awaitAlone(c); c.reason == "" {
		c.servedBy = ServedByCandidate
		p.writeCandidate(c)
		return
	}
	p.forward(c)
	primary, skip := c.copyAnswer()
	if skip != "" {
		c.contest.settle(c, skip)
		return
	}
	c.contest.answer(primary, c.encoding)
}

func (p *Proxy) awaitAlone(c *call) (reason string) {
	patience := time.NewTimer(p.cfg.CandidateDeadline + p.cfg.CandidateSlack)
	defer patience.Stop()
	select {
	case <-c.contest.replied:
	case <-patience.C:
		return ReasonLate
	case <-c.in.Context().Done():
		return ReasonIncomplete
	}
	budget := time.NewTimer(p.cfg.CompareBudget)
	defer budget.Stop()
	select {
	case <-c.contest.checked:
		return aloneReason(c.contest.job)
	case <-budget.C:
		return ReasonUndecided
	}
}

func (p *Proxy) writeCandidate(c *call) {
	answer := c.contest.job.candidate.Body
	for name, values := range candidateHeader(answer) {
		c.w.Header()[name] = values
	}
	c.mark(c.w.Header())
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write(answer) // the client may be gone
}
