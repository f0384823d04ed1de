package proxy

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"understudy/compare"
)

// Rescue: where the primary fails before a byte of its answer has reached the
// client, a servable answer of the candidate goes out in its place. The client
// never waits longer for less: without such an answer it gets exactly what the
// primary did, and a primary that comes late but first is preferred.
//
// A rescue is a contest that begins late. The primary's failure is its side of it,
// so it is recorded as primary_failed, which is no evidence either way.

// rescuing stands in front of the primary's transport: above it the primary's
// answer and the candidate's look the same.
type rescuing struct{ proxy *Proxy }

var _ http.RoundTripper = rescuing{}

// RoundTrip implements http.RoundTripper.
func (r rescuing) RoundTrip(out *http.Request) (*http.Response, error) {
	p, c := r.proxy, callOf(out.Context())
	if c == nil || !c.rescuable {
		return p.transport.RoundTrip(out)
	}
	first, giveUp := p.begin(c, out)
	patience := time.NewTimer(p.cfg.RescueAfter)
	defer patience.Stop()
	select {
	case a := <-first:
		return p.orRescue(c, a)
	case <-patience.C:
	}
	if k := p.rescuer(c); k != nil {
		select {
		case a := <-first:
			return p.orRescue(c, a)
		case <-k.checked:
			if aloneReason(k.job) == "" {
				giveUp()
				go func() { (<-first).drop() }()
				failure := compare.Reply{Failure: compare.FailureTimeout, Latency: time.Since(c.start)}
				k.answer(failure, "")
				return c.rescued(out, failure), nil
			}
		}
	}
	return p.orRescue(c, <-first)
}

// orRescue gives the primary's answer as it is, or where it is a failure the
// candidate's.
func (p *Proxy) orRescue(c *call, a primaryAnswer) (*http.Response, error) {
	if !a.failed || !p.rescues(c, a.failure) {
		return a.response, a.err
	}
	if a.err != nil {
		p.primarySilent(a.err)
	}
	a.drop()
	return c.rescued(a.request, a.failure), nil
}

// rescues waits for the candidate's answer and reports whether it may go out in
// place of the primary's failure.
func (p *Proxy) rescues(c *call, failure compare.Reply) bool {
	k := p.rescuer(c)
	if k == nil {
		return false
	}
	k.answer(failure, "")
	patience := time.NewTimer(p.cfg.CandidateDeadline + p.cfg.CandidateSlack)
	defer patience.Stop()
	select {
	case <-k.checked:
		return aloneReason(k.job) == ""
	case <-patience.C:
	case <-c.in.Context().Done():
	}
	return false
}

// rescuer is the contest that may rescue a call: the one under way, else a new
// one. Nil: nothing may.
func (p *Proxy) rescuer(c *call) *contest {
	if c.in.Context().Err() != nil || !p.allowed(c, c.body).Rescue {
		return nil
	}
	if c.contest != nil {
		return c.contest
	}
	j := p.newJob(c, c.body)
	if p.decodeRequest(j) != nil || !p.enlist() {
		return nil
	}
	c.keep = true // a primary that answers after all is compared
	p.traffic.begin()
	c.contest = newContest(j, false)
	go p.contend(c.contest)
	return c.contest
}

// settleRescue ends the client's side of a rescue, whoever answered.
func (c *call) settleRescue() {
	primary, skip := c.copyAnswer()
	if skip == "" {
		c.contest.answer(primary, c.encoding)
	}
	c.contest.settle(c, skip)
}

// rescued is the candidate's answer as if it had come from the primary, and marks
// the call.
func (c *call) rescued(out *http.Request, failure compare.Reply) *http.Response {
	c.servedBy, c.reason, c.instead = ServedByCandidate, ReasonRescue, true
	c.status, c.failed, c.took = failure.Status, failure.Status == 0, failure.Latency
	res := &http.Response{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody, Request: out}
	c.putCandidate(res)
	return res
}

// primaryAnswer is how the primary's answer begins.
type primaryAnswer struct {
	request  *http.Request
	response *http.Response
	err      error         // there is no response
	failed   bool          // no answer, an error of the primary's, or one that broke off at once
	failure  compare.Reply // what it comes to then
}

// begin asks the primary and waits, aside, for the first bytes of its answer; of
// an error for all of it, so that it can be passed on however long the candidate
// takes. giveUp ends the request.
func (p *Proxy) begin(c *call, out *http.Request) (first <-chan primaryAnswer, giveUp context.CancelFunc) {
	ctx, giveUp := context.WithCancel(out.Context())
	begun := make(chan primaryAnswer, 1)
	go func() {
		a := primaryAnswer{request: out}
		a.response, a.err = p.transport.RoundTrip(out.WithContext(ctx)) //nolint:bodyclose // whoever gets it closes it
		if a.err != nil {
			a.failed, a.failure.Failure = true, failureOf(ctx, a.err)
			giveUp()
		} else if a.response.StatusCode != http.StatusSwitchingProtocols {
			a.look(p.cfg.AnswerBytes, c.hold, giveUp)
		}
		a.failure.Latency = time.Since(c.start)
		begun <- a
	}()
	return begun, giveUp
}

// look reads what tells a failure, and puts it back. closed is called when the
// body is.
func (a *primaryAnswer) look(limit int64, h *hold, closed func()) {
	var read []byte
	var err error
	res := a.response
	if res.StatusCode >= 500 {
		read, err = readBounded(res.Body, limit, res.ContentLength, h)
		a.failed, a.failure.Status = true, res.StatusCode
	} else {
		read, err = firstBytes(res.Body)
	}
	rest := io.Reader(res.Body)
	switch {
	case err == nil && a.failed && res.Header.Get("Content-Encoding") == "":
		a.failure.Body = read
	case requestReason(err) == ReasonIncomplete:
		rest, a.failed, a.failure = failing{err}, true, compare.Reply{Failure: compare.FailureReset}
	}
	res.Body = closing{io.MultiReader(bytes.NewReader(read), rest), res.Body, closed}
}

// firstBytes waits until there is something to pass on; the end is no error.
func firstBytes(body io.Reader) ([]byte, error) {
	chunk := make([]byte, 512)
	for {
		n, err := body.Read(chunk)
		switch {
		case err == io.EOF:
			return chunk[:n], nil
		case n > 0 || err != nil:
			return chunk[:n], err
		}
	}
}

// drop lets go of an answer that nobody gets.
func (a primaryAnswer) drop() {
	if a.response != nil {
		_ = a.response.Body.Close()
	}
}

// closing calls closed once the body is closed.
type closing struct {
	io.Reader
	body   io.Closer
	closed func()
}

func (c closing) Close() error {
	defer c.closed()
	return c.body.Close()
}
