package chaos

import (
	"bytes"
	"context"
	"io"
	"iter"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

// mostWait is how long a client waits for one answer. Nothing here may take so long:
// the candidate has a shorter deadline, and the slowest primary a far shorter one.
const mostWait = 90 * time.Second

// Client asks questions as they are and shows answers as they come.
type Client struct {
	transport *http.Transport
}

// NewClient makes a client for so many questions at a time. Without reuse each
// question has a connection of its own.
func NewClient(concurrency int, reuse bool) *Client {
	return &Client{&http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		DisableCompression:  true, // what comes is what is compared
		DisableKeepAlives:   !reuse,
		MaxIdleConnsPerHost: concurrency,
		IdleConnTimeout:     30 * time.Second,
	}}
}

// Close gives up connections that are kept.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Ask sends one question; scan names it, "" does not.
func (c *Client) Ask(ctx context.Context, base string, q Question, scan string) (a Answer) {
	ctx, cancel := context.WithTimeout(ctx, mostWait)
	defer cancel()
	start := time.Now()
	defer func() { a.Took = time.Since(start) }()
	var body io.Reader
	if q.Body != nil {
		body = bytes.NewReader(q.Body)
	}
	r, err := http.NewRequestWithContext(ctx, q.Method, base+q.Path, body)
	if err != nil {
		return Answer{End: None, Err: err}
	}
	if q.Body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if scan != "" {
		r.Header.Set("X-Scan-ID", scan)
	}
	response, err := c.transport.RoundTrip(r)
	if err != nil {
		return Answer{End: None, Err: err}
	}
	defer response.Body.Close()
	a = Answer{Status: response.StatusCode, Header: response.Header, Chunked: len(response.TransferEncoding) > 0, End: Whole}
	if a.Body, a.Err = io.ReadAll(response.Body); a.Err != nil {
		a.End = Cut
	}
	a.Trailer = response.Trailer
	return a
}

func headerNames(h http.Header) iter.Seq[string] { return maps.Keys(h) }

// scanName is unlike that of any other pass through the questions.
func scanName(q Question, pass string) string {
	if !q.Named || q.Scan == 0 {
		return ""
	}
	return "chaos-" + pass + "-" + strconv.Itoa(q.Scan)
}
