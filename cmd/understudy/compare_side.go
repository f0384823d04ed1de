package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"understudy/compare"
	"understudy/engine/worker"
	"understudy/proxy"
)

// callSlack is how much longer than the deadline of an analysis a call may take:
// the primary has a queue and a network before it. With the default deadline it
// makes the 60 s after which the backend's client gives up.
const callSlack = 15 * time.Second

// side answers questions in a replay.
type side interface {
	ask(ctx context.Context, q question) compare.Reply
}

// scannerSide asks over HTTP, or a pool of workers that stands in for it.
type scannerSide struct {
	base      *url.URL
	transport http.RoundTripper
	most      time.Duration // of one call
}

// storedSide answers what it answered when the exchange was recorded.
type storedSide func(question) *compare.Reply

var (
	_ side = (*scannerSide)(nil)
	_ side = storedSide(nil)
)

func (s storedSide) ask(_ context.Context, q question) compare.Reply {
	if reply := s(q); reply != nil {
		return *reply
	}
	return compare.Reply{Failure: compare.FailureOther}
}

func (s *scannerSide) ask(ctx context.Context, q question) compare.Reply {
	ctx, cancel := context.WithTimeout(ctx, s.most)
	defer cancel()
	start := time.Now()
	target := *s.base
	target.Path, target.RawPath = strings.TrimSuffix(target.Path, "/")+q.path, ""
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(q.body))
	if err != nil {
		return compare.Reply{Failure: compare.FailureOther}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "understudy")
	response, err := s.transport.RoundTrip(request)
	if err != nil {
		return compare.Reply{Failure: failureOf(ctx, err), Latency: time.Since(start)}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	reply := compare.Reply{Status: response.StatusCode, Body: body, Latency: time.Since(start)}
	switch {
	case err != nil:
		return compare.Reply{Failure: failureOf(ctx, err), Latency: reply.Latency}
	case len(body) > maxAnswer:
		return compare.Reply{Failure: compare.FailureTooLarge, Latency: reply.Latency}
	case reply.Status == http.StatusServiceUnavailable:
		reply.Failure = compare.FailureUnavailable
	case reply.Status == http.StatusGatewayTimeout:
		reply.Failure = compare.FailureTimeout
	}
	return reply
}

// failureOf names what went wrong between us and a side.
func failureOf(ctx context.Context, err error) string {
	var network net.Error
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return compare.FailureTimeout
	case ctx.Err() != nil:
		return compare.FailureCanceled
	case errors.Is(err, syscall.ECONNREFUSED):
		return compare.FailureRefused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return compare.FailureReset
	case errors.As(err, &network) && network.Timeout():
		return compare.FailureTimeout
	}
	return compare.FailureOther
}

// baseURL reads the address of a scanner.
func baseURL(flag, address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s %q: want http://HOST or https://HOST", flag, address)
	}
	if err := proxy.CheckBaseURL(u); err != nil {
		return nil, fmt.Errorf("%s %q: %w", flag, u.Redacted(), err)
	}
	return u, nil
}

// scannerAt is the side behind a URL.
func (c *compareCommand) scannerAt(flag, address string) (*scannerSide, error) {
	u, err := baseURL(flag, address)
	if err != nil {
		return nil, badInput(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = c.parallel()
	return &scannerSide{base: u, transport: transport, most: c.Deadline + callSlack}, nil
}

// engineHere is the engine in worker processes of this binary, which end with parts.
func (c *compareCommand) engineHere(ctx context.Context, parts *lifecycle, stderr io.Writer) (*scannerSide, error) {
	log := logSettings{LogLevel: slog.LevelError}.logger(stderr)
	pool, err := c.pool(worker.Config{Logger: log, Forgiving: true}) // a crash is shown each time
	if err != nil {
		return nil, err
	}
	parts.started("engine workers", pool.Close)
	if err := pool.Start(ctx); err != nil {
		return nil, err
	}
	return &scannerSide{base: &url.URL{Scheme: "http", Host: "engine"}, transport: pool, most: c.Deadline + callSlack}, nil
}
