package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"understudy/compare"
)

// Analyses that the primary lacks can't be compared, so no stage, breaker or
// evidence says anything of them: operators alone decide that the candidate
// answers, by one flag. Its answers are marked, and nothing is recorded.
//
// Which analyses these are is known from the kind of the primary and not learned
// from a 404 or 501 of it: else one wrong route on the primary's side would hand
// an analysis to the candidate past all evidence.

// candidateOnly treats a request for an analysis that the primary lacks. Without
// leave the primary answers as it likes.
func (p *Proxy) candidateOnly(c *call) {
	c.visit = p.scans.enter(c.in.RemoteAddr, c.in.Header.Get("X-Scan-ID"), c.in.URL.EscapedPath())
	defer c.visit.leave()
	if p.dials(c.in.Context(), p.scanContext(c)).Off() {
		c.headers = false
		p.forward(c)
		return
	}
	if !p.allowed(c, nil).CandidateOnly {
		p.forward(c)
		return
	}
	c.hold = &hold{ledger: p.held}
	defer c.hold.release()
	question, reason := p.readQuestion(c)
	if reason == "" && !p.allowed(c, question.body).CandidateOnly { // by a rule that looks at the body
		p.forward(c)
		return
	}
	c.servedBy, c.reason = ServedByCandidate, ReasonCandidateOnly
	c.mark(c.w.Header())
	if reason != "" {
		p.refuse(c, reason)
		return
	}
	p.answerDirectly(c, question)
}

// readQuestion reads what the candidate is asked, or says why it can't be.
func (p *Proxy) readQuestion(c *call) (_ asked, reason string) {
	if reason := p.readRequest(c); reason != "" {
		return asked{}, reason
	}
	j := p.newJob(c, c.body)
	j.asked.served = true
	err := p.decodeRequest(j)
	return j.asked, requestReason(err)
}

// refuse answers a request that can't be shown to the candidate.
func (p *Proxy) refuse(c *call, reason string) {
	switch reason {
	case ReasonTooLarge:
		writeProblem(c.w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", p.cfg.RequestBytes))
	case ReasonEncoding:
		writeProblem(c.w, http.StatusUnsupportedMediaType, "the body's content encoding can't be undone: want identity, gzip or deflate")
	case ReasonMemory:
		unavailable(c.w, "too many requests are held already")
	default: // the client broke off
		panic(http.ErrAbortHandler)
	}
}

func unavailable(w http.ResponseWriter, detail string) {
	w.Header().Set("Retry-After", "1")
	writeProblem(w, http.StatusServiceUnavailable, detail)
}

// answerDirectly asks the candidate and hands its answer on. The call ends with
// the client: nobody else wants it.
func (p *Proxy) answerDirectly(c *call, question asked) {
	ctx, cancel := context.WithTimeout(c.in.Context(), p.cfg.CandidateDeadline+p.cfg.CandidateSlack)
	defer cancel()
	defer context.AfterFunc(p.background, cancel)()
	reply := p.candidate.ask(ctx, question, c.hold)
	if c.in.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
	if reply.Status != 0 {
		p.metrics.duration(ServedByCandidate, c.analysis, reply.Latency)
	}
	switch {
	case reply.Failure == compare.FailureUnavailable, reply.Failure == compare.FailureCanceled:
		unavailable(c.w, because("the engine has no time for the analysis now", reply))
	case reply.Failure == compare.FailureTimeout:
		writeProblem(c.w, http.StatusGatewayTimeout, because("the engine did not answer in time", reply))
	case reply.Status == http.StatusOK && isObject(reply.Body):
		p.handOn(c, reply.Body)
	case reply.Status >= 400 && reply.Status < 500:
		c.w.Header().Set("Content-Type", contentTypeOf(reply.Body))
		writeWhole(c.w, reply.Status, reply.Body)
	default:
		writeProblem(c.w, http.StatusBadGateway, because("the engine gave no answer", reply))
	}
}

// handOn writes an answer of the candidate. What is not complete says so, which a
// client of an analysis of the engine's own knows to read; one of the scanner API,
// which network is part of, need not, and must not take it for the whole.
func (p *Proxy) handOn(c *call, answer []byte) {
	if c.analysis == networkAnalysis && gaveUp(answer) {
		writeProblem(c.w, http.StatusGatewayTimeout, "the engine's answer is not complete: the search ended at its budget")
		return
	}
	for name, values := range candidateHeader(answer) {
		c.w.Header()[name] = values
	}
	writeWhole(c.w, http.StatusOK, answer)
}

func writeWhole(w http.ResponseWriter, status int, body []byte) {
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}

// because says what went wrong, with the candidate's own words where it has some.
func because(what string, reply compare.Reply) string {
	var said struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(reply.Body, &said) == nil && said.Detail != "" {
		return what + ": " + said.Detail
	}
	if reply.Failure != "" {
		return what + ": " + reply.Failure
	}
	return fmt.Sprintf("%s: it answered with status %d", what, reply.Status)
}

// contentTypeOf tells the errors of the scanner API, which are problem documents,
// from those of something on the way to it.
func contentTypeOf(body []byte) string {
	if isObject(body) {
		return "application/problem+json"
	}
	return "text/plain; charset=utf-8"
}

func isObject(body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) > 0 && body[0] == '{' && json.Valid(body)
}
