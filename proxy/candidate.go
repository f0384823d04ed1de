package proxy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"understudy/compare"
)

// queueHeader tells how long the call waited for a worker; the clock of an
// execution starts when a worker takes it.
const queueHeader = "X-Engine-Queue-Ms"

// refusedHeader tells that no worker was asked, and why: poisonous says that
// workers have died of the network.
const (
	refusedHeader = "X-Engine-Refused"
	poisonous     = "poisonous"
)

// asker is the HTTP client of whatever speaks the scanner API behind a URL.
type asker struct {
	base      *url.URL
	transport http.RoundTripper
	limit     int64 // of an answer
	ranks     bool  // it is told which calls somebody waits for
}

// asked is all of a request that is shown to a side: no header of the
// client's but the content type, no address, no credential.
type asked struct {
	method, path, contentType string
	body                      []byte
	served                    bool // a client waits for the answer
}

// ask sends the request and turns whatever happens into a reply. The answer's
// body is paid for from h.
func (k *asker) ask(ctx context.Context, a asked, h *hold) compare.Reply {
	start := time.Now()
	request, err := k.request(ctx, a)
	if err != nil {
		return compare.Reply{Failure: compare.FailureOther}
	}
	response, err := k.transport.RoundTrip(request)
	if err != nil {
		return compare.Reply{Failure: failureOf(ctx, err), Latency: time.Since(start)}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := readBounded(response.Body, k.limit, response.ContentLength, h)
	reply := compare.Reply{Status: response.StatusCode, Body: body, Latency: time.Since(start)}
	if err != nil {
		reply.Status, reply.Body, reply.Failure = 0, nil, failureOf(ctx, err)
	}
	if waited, err := strconv.ParseFloat(response.Header.Get(queueHeader), 64); err == nil && waited > 0 {
		reply.Latency = max(0, reply.Latency-time.Duration(waited*float64(time.Millisecond)))
	}
	switch reply.Status {
	case http.StatusServiceUnavailable:
		reply.Failure = compare.FailureUnavailable
	case http.StatusGatewayTimeout:
		reply.Failure = compare.FailureTimeout
	case http.StatusUnprocessableEntity:
		if response.Header.Get(refusedHeader) == poisonous {
			reply.Failure = compare.FailurePoisonous
		}
	}
	return reply
}

func (k *asker) request(ctx context.Context, a asked) (*http.Request, error) {
	u := *k.base
	// The paths of analyses need no escape.
	u.Path, u.RawPath, u.RawQuery = strings.TrimSuffix(u.Path, "/")+a.path, "", ""
	request, err := http.NewRequestWithContext(ctx, a.method, u.String(), bytes.NewReader(a.body))
	if err != nil {
		return nil, err
	}
	if a.contentType != "" {
		request.Header.Set("Content-Type", a.contentType)
	}
	request.Header.Set("User-Agent", "understudy")
	if k.ranks {
		request.Header.Set("Priority", priority(a.served))
	}
	return request, nil
}

// priority is the header of RFC 9218 by which a candidate lets served calls go
// before mirrored ones, variations and self-tests.
func priority(served bool) string {
	if served {
		return "u=0"
	}
	return "u=7"
}

// failureOf names what went wrong between us and a side. A context of ours that
// ended by its deadline is the side's timeout: the pool answers 504 by itself,
// so a call still open after deadline, queue wait and slack is not being worked on.
func failureOf(ctx context.Context, err error) string {
	var network net.Error
	switch {
	case errors.Is(err, errTooLarge):
		return compare.FailureTooLarge
	case errors.Is(err, errMemory):
		return compare.FailureUnavailable // our own saturation
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return compare.FailureTimeout
	case ctx.Err() != nil:
		return compare.FailureCanceled
	case errors.Is(err, syscall.ECONNREFUSED):
		return compare.FailureRefused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return compare.FailureReset
	case errors.As(err, &network) && network.Timeout():
		return compare.FailureTimeout
	}
	return compare.FailureOther
}
