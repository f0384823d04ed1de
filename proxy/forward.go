package proxy

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"time"
)

// The response headers of /analyze/*.
const (
	HeaderServedBy = "X-Understudy-Served-By"
	HeaderExchange = "X-Understudy-Exchange"
)

// newTransport speaks HTTP/1.1 as the client did and adds nothing: no gzip of
// its own, no proxy of the environment. Idle connections end before those of
// Node and uvicorn do (5 s): a POST that meets a connection the other side has
// just closed can't be sent again. There is no deadline for answers; the client
// has its own.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext:           patient(dialer.DialContext),
		DisableCompression:    true,
		MaxIdleConnsPerHost:   256,
		IdleConnTimeout:       4 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		TLSNextProto:          map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
}

func (p *Proxy) newForwarder() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport:      rescuing{p},
		Rewrite:        p.rewrite,
		ModifyResponse: p.answered,
		ErrorHandler:   p.notAnswered,
		BufferPool:     chunkPool{},
		FlushInterval:  -1,
		ErrorLog:       slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
}

// forward sends the request of a call to the primary and its answer to the
// client. It panics with http.ErrAbortHandler when the answer is cut, so that
// the client sees the cut.
func (p *Proxy) forward(c *call) {
	r := c.in.WithContext(context.WithValue(c.in.Context(), callKey{}, c))
	switch {
	case c.whole:
		r.Body = io.NopCloser(bytes.NewReader(c.body))
	default:
		if c.request == nil {
			c.request = newTee(c.in.Body, c.in.ContentLength, nil)
		}
		r.Body = c.request
	}
	c.asked = true
	p.forwarder.ServeHTTP(c.w, r)
	if c.took == 0 && !c.failed {
		c.took = time.Since(c.start)
	}
}

// rewrite makes the outgoing request the incoming one again, wherever
// httputil.ReverseProxy or net/url would have changed it.
func (p *Proxy) rewrite(pr *httputil.ProxyRequest) {
	c, in, out := callOf(pr.In.Context()), pr.In, pr.Out
	p.rewriteURL(in, out)
	if !p.cfg.RewriteHost {
		out.Host = in.Host
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values, sent := in.Header[name]; sent {
			out.Header[name] = values
		}
	}
	if in.ContentLength < 0 && out.Body != nil {
		out.Trailer = http.Header{}
		for name := range c.in.Trailer {
			out.Trailer[name] = nil // announced
		}
		out.Body = &trailing{ReadCloser: out.Body, from: c.in, to: out.Trailer}
	}
	if c.whole {
		c.makeRepeatable(out)
	}
}

// makeRepeatable lets the transport send the request again when it met a
// connection that was closed while idle: the body is at hand, and an analysis
// changes nothing. An empty Idempotency-Key says so without being sent.
func (c *call) makeRepeatable(out *http.Request) {
	out.Header.Del("Expect") // the body is here; nothing is left to wait for
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.body)), nil }
	if _, sent := out.Header["Idempotency-Key"]; !sent {
		out.Header["Idempotency-Key"] = nil
	}
}

// rewriteURL keeps path and query as they stood in the request line. Opaque is
// what net/url does not encode anew; it can't hold a path that starts with two
// slashes, for which the parsed path is the same anyway unless it has odd bytes.
func (p *Proxy) rewriteURL(in, out *http.Request) {
	primary := p.cfg.Primary
	prefix := strings.TrimSuffix(primary.EscapedPath(), "/")
	out.URL.Scheme, out.URL.Host = primary.Scheme, primary.Host
	out.Host = primary.Host
	out.URL.RawQuery, out.URL.ForceQuery = in.URL.RawQuery, in.URL.ForceQuery
	path, _, _ := strings.Cut(in.RequestURI, "?")
	if path = prefix + path; strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && strings.HasPrefix(in.RequestURI, "/") {
		out.URL.Opaque = path
		return
	}
	out.URL.Path, out.URL.RawPath = strings.TrimSuffix(primary.Path, "/")+in.URL.Path, ""
	if in.URL.RawPath != "" {
		out.URL.RawPath = prefix + in.URL.RawPath
	}
}

// trailing hands the client's trailers over when its body has ended, also those
// it did not announce.
type trailing struct {
	io.ReadCloser
	from *http.Request
	to   http.Header
}

func (t *trailing) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	if err == io.EOF {
		for name, values := range t.from.Trailer {
			t.to[name] = values
		}
	}
	return n, err
}

// answered sees the head of every answer before the client does.
func (p *Proxy) answered(res *http.Response) error {
	c := callOf(res.Request.Context())
	if c.instead {
		c.mark(res.Header)
		return nil
	}
	if p.unreachable.Swap(false) {
		p.log.Info("primary answers again", "primary", p.cfg.Primary.Redacted())
	}
	// net/http would fill in what the primary left out; nil keeps it from that.
	for _, name := range []string{"Content-Type", "Date"} {
		if _, sent := res.Header[name]; !sent {
			c.w.Header()[name] = nil
		}
	}
	c.status, c.encoding = res.StatusCode, res.Header.Get("Content-Encoding")
	switch {
	case res.StatusCode == http.StatusSwitchingProtocols:
	case c.contest != nil && c.contest.beside:
		p.choose(c, res)
	case c.keep:
		c.answer = newTee(res.Body, res.ContentLength, &buffer{hold: c.hold, limit: p.cfg.AnswerBytes})
		c.answer.onEnd = func() { c.took = time.Since(c.start) }
		res.Body = c.answer
	}
	c.mark(res.Header)
	return nil
}

func (p *Proxy) primarySilent(err error) {
	if !p.unreachable.Swap(true) {
		p.log.Warn("primary does not answer", "primary", p.cfg.Primary.Redacted(), "err", err)
	}
}

// mark sets the two response headers, when they are wanted.
func (c *call) mark(header http.Header) {
	if !c.headers {
		return
	}
	by := c.servedBy
	if c.reason != "" {
		by += "; reason=" + c.reason
	}
	header.Set(HeaderServedBy, by)
	header.Set(HeaderExchange, c.id)
}

// notAnswered is called when the primary gave no answer at all. A client that
// went away, or broke off its own body, is no fault of the primary.
func (p *Proxy) notAnswered(w http.ResponseWriter, r *http.Request, err error) {
	c := callOf(r.Context())
	if r.Context().Err() != nil || (c.request != nil && c.request.failed()) {
		panic(http.ErrAbortHandler)
	}
	c.failed = true
	p.primarySilent(err)
	if noDescriptor(err) {
		panic(http.ErrAbortHandler)
	}
	c.mark(w.Header())
	writeProblem(w, http.StatusBadGateway, fmt.Sprintf("the primary scanner at %s does not answer: %v", p.cfg.Primary.Redacted(), err))
}
