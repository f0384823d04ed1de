package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// QueueHeader is on every response: how long the request waited for a worker,
// in whole milliseconds.
const QueueHeader = "X-Engine-Queue-Ms"

// job is one request on its way to a worker.
type job struct {
	ctx      context.Context
	request  *http.Request
	body     []byte
	line     line
	admitted time.Time
	queueMS  int64
	digests  *digests // once they are needed
	// done takes one value: the answer, or nil when the request is untouched
	// and must be handed to another worker.
	done chan *answer
}

// RoundTrip implements http.RoundTripper. The host of the request's URL plays
// no part. The error is that of the request's context or of reading its body;
// everything else is a response.
func (p *Pool) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	a, err := p.answer(r)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status:        strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		StatusCode:    a.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.header,
		Body:          io.NopCloser(bytes.NewReader(a.body)),
		ContentLength: int64(len(a.body)),
		Request:       r,
	}, nil
}

// ServeHTTP implements http.Handler.
func (p *Pool) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, err := p.answer(r)
	if err != nil {
		panic(http.ErrAbortHandler) // nobody is there to read an answer
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(a.body); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// answer sees one request through the queue and a worker.
func (p *Pool) answer(r *http.Request) (*answer, error) {
	if r.URL.Path == "/health" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		a := p.health()
		a.stamp(0)
		return a, nil
	}
	j := &job{ctx: r.Context(), request: forwarded(r), line: p.lineOf(r), admitted: p.config.Clock.Now(), done: make(chan *answer, 1)}
	a, err := p.dispatch(j, r.Body)
	if err != nil {
		return nil, err
	}
	a.stamp(j.queueMS)
	return a, nil
}

// dispatch takes a place in the queue, hands j to a slot and waits for the
// answer.
func (p *Pool) dispatch(j *job, body io.Reader) (*answer, error) {
	if p.isClosing() {
		return problem(http.StatusServiceUnavailable, "the engine is shutting down"), nil
	}
	leave, ok := p.enqueue()
	if !ok {
		return problem(http.StatusServiceUnavailable,
			fmt.Sprintf("%d requests wait for an engine worker already", p.config.Queue)), nil
	}
	defer leave()
	if refusal, err := p.readBody(j, body); refusal != nil || err != nil {
		return refusal, err
	}
	if refusal := p.poison.refusal(j); refusal != nil {
		return refusal, nil
	}
	tooLong := p.config.Clock.After(p.config.QueueWait)
	for {
		refusal, err := p.handOver(j, tooLong)
		j.queueMS = p.config.Clock.Now().Sub(j.admitted).Milliseconds()
		if refusal != nil || err != nil {
			return refusal, err
		}
		leave()
		select {
		case a := <-j.done:
			if a != nil {
				return a, nil
			}
		case <-j.ctx.Done():
			return nil, j.ctx.Err()
		}
	}
}

// handOver waits until a slot takes j: then both results are nil.
func (p *Pool) handOver(j *job, tooLong <-chan time.Time) (*answer, error) {
	select {
	case j.line <- j:
		return nil, nil
	case <-p.closing:
		return problem(http.StatusServiceUnavailable, "the engine is shutting down"), nil
	case <-tooLong:
		return problem(http.StatusServiceUnavailable,
			fmt.Sprintf("no engine worker was free for %s", p.config.QueueWait)), nil
	case <-j.ctx.Done():
		return nil, j.ctx.Err()
	}
}

// enqueue takes one of the places in the queue, if there is one. Leaving it
// twice is leaving it once.
func (p *Pool) enqueue() (leave func(), ok bool) {
	if p.queued.Add(1) > int64(p.config.Queue) {
		p.queued.Add(-1)
		return nil, false
	}
	left := false
	return func() {
		if !left {
			left = true
			p.queued.Add(-1)
		}
	}, true
}

// readBody reads the body before a worker is taken: a sender that trickles
// must not hold one. It happens in the queue, so what is in memory is bounded
// by the queue, too.
func (p *Pool) readBody(j *job, from io.Reader) (*answer, error) {
	if from == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(from, p.config.MaxBody+1))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), int64(len(body)) > p.config.MaxBody:
		return problem(http.StatusRequestEntityTooLarge,
			fmt.Sprintf("the body is larger than %d bytes", p.config.MaxBody)), nil
	case err != nil:
		return nil, fmt.Errorf("read request body: %w", err)
	}
	j.body = body
	return nil, nil
}
