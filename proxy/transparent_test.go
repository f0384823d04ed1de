package proxy_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"understudy/proxy"
	"understudy/rollout"
)

// echo answers with everything it saw of the request, and does what the path asks.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\nhost %s\nlength %d %v\nbody %q %v\n", r.Method, r.RequestURI, r.Proto, r.Host, r.ContentLength, r.TransferEncoding, body, err)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name != "Connection" {
			fmt.Fprintf(&b, "%s %q\n", name, r.Header[name])
		}
	}
	fmt.Fprintf(&b, "trailers %q\n", r.Trailer)
	header := w.Header()
	header.Add("X-Twice", "one")
	header.Add("X-Twice", "two")
	header["Date"] = []string{"Mon, 01 Jan 2024 00:00:00 GMT"}
	switch {
	case strings.HasSuffix(r.URL.Path, "/status"):
		status, _ := strconv.Atoi(r.URL.Query().Get("code"))
		w.WriteHeader(status)
		if status == http.StatusNoContent || status == http.StatusNotModified {
			return
		}
	case strings.HasSuffix(r.URL.Path, "/chunked"):
		header.Set("Trailer", "X-Announced")
		_, _ = io.WriteString(w, "first")
		w.(http.Flusher).Flush()
		header.Set("X-Announced", "after the body")
		header.Set(http.TrailerPrefix+"X-Sudden", "not announced")
	case strings.HasSuffix(r.URL.Path, "/gzip"):
		header.Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, b.String())
		_ = z.Close()
		return
	case strings.HasSuffix(r.URL.Path, "/hints"):
		header.Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
	}
	_, _ = io.WriteString(w, b.String())
}

// speak sends raw bytes and gives all answers to them as text: the 1xx ones, the
// last one, its body and trailers, and how it ended.
func speak(t *testing.T, address, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	go func() { _, _ = io.WriteString(conn, request) }()
	method, _, _ := strings.Cut(request, " ")
	var b strings.Builder
	for reader := bufio.NewReader(conn); ; {
		res, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			return b.String() + "no answer: " + err.Error()
		}
		body, err := io.ReadAll(res.Body)
		for _, name := range []string{proxy.HeaderServedBy, proxy.HeaderExchange} {
			res.Header.Del(name)
		}
		fmt.Fprintf(&b, "%s length %d %v\n%q\n%q\n%s\n%v\n", res.Status, res.ContentLength, res.TransferEncoding, res.Header, res.Trailer, body, err)
		if res.StatusCode >= 200 {
			return b.String()
		}
	}
}

func request(line string, headers ...string) string {
	return line + " HTTP/1.1\r\nHost: scanner.example:99\r\n" + strings.Join(append(headers, "Connection: close"), "\r\n") + "\r\n\r\n"
}

func TestProxy_ClientSeesThePrimaryByteForByte(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, `{"nodes":[]}`)
	_ = z.Close()
	tests := []struct{ name, request string }{
		{"get", request("GET /health")},
		{"no user agent is added, nor encodings", request("GET /health", "X-A: 1")},
		{"agent and encodings stay", request("GET /health", "User-Agent: node", "Accept-Encoding: gzip, deflate")},
		{"head", request("HEAD /health")},
		{"options", request("OPTIONS /analyze/quorums")},
		{"options of everything", request("OPTIONS *")},
		{"put", request("PUT /a", "Content-Length: 3") + "abc"},
		{"patch", request("PATCH /a", "Content-Length: 3") + "abc"},
		{"delete without a body", request("DELETE /a")},
		{"a method of its own", request("PURGE /a")},
		{"get with a body", request("GET /a", "Content-Length: 3") + "abc"},
		{"post without a body", request("POST /analyze/quorums", "Content-Length: 0")},
		{"encoded slash", request("GET /a%2Fb/c%20d/%7Etilde")},
		{"bytes that net/url would encode", request("GET /a|b/{c}/\"d\"/e^f?g|h={i}")},
		{"two slashes and dots", request("GET //a//../b/./c/")},
		{"hash in the path", request("GET /a#b")},
		{"odd query", request("GET /a?b;c&%zz=1&d=+&&e")},
		{"empty query", request("GET /a?")},
		{"query of an analysis", request("POST /analyze/top-tier?a;b&%zz", "Content-Length: 2") + "{}"},
		{"repeated headers", request("GET /a", "X-B: 1", "X-B: 2", "X-B: 1", "Cookie: a=b", "Cookie: c=d")},
		{"forwarding headers of the client", request("GET /a", "X-Forwarded-For: 10.0.0.1", "Forwarded: for=x", "Via: 1.1 other", "X-Forwarded-Proto: https", "X-Forwarded-Host: h")},
		{"credentials", request("POST /analyze/full", "Authorization: Bearer x", "Content-Length: 2") + "{}"},
		{"chunked request", request("POST /analyze/quorums", "Transfer-Encoding: chunked") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"},
		{"chunked request with an announced trailer", request("POST /analyze/quorums", "Transfer-Encoding: chunked", "Trailer: X-Sum") + "3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n"},
		{"chunked answer with trailers", request("POST /analyze/quorums/chunked", "TE: trailers", "Content-Length: 0")},
		{"gzip request", request("POST /analyze/quorums", "Content-Encoding: gzip", fmt.Sprintf("Content-Length: %d", zipped.Len())) + zipped.String()},
		{"gzip answer", request("GET /gzip", "Accept-Encoding: gzip")},
		{"early hints", request("GET /hints")},
		{"100-continue", request("POST /analyze/quorums", "Expect: 100-continue", "Content-Length: 3") + "abc"},
		{"204", request("GET /status?code=204")},
		{"304", request("GET /status?code=304")},
		{"301 is not followed", request("GET /status?code=301")},
		{"418", request("GET /status?code=418")},
		{"500", request("POST /analyze/x/status?code=500", "Content-Length: 0")},
		{"599", request("GET /status?code=599")},
	}
	for _, serve := range []struct {
		name  string
		stage rollout.Stage
	}{{"streaming", rollout.Shadow}, {"read whole", rollout.Full}} {
		h := start(t, setup{primary: echo, stage: serve.stage})
		for _, test := range tests {
			t.Run(serve.name+"/"+test.name, func(t *testing.T) {
				if serve.stage == rollout.Full && test.name == "100-continue" {
					t.Skip("the body is read before the primary is asked, and Expect goes no further")
				}
				direct := speak(t, h.primary.Listener.Addr().String(), test.request)
				proxied := speak(t, h.front.Listener.Addr().String(), test.request)
				if direct != proxied {
					t.Errorf("direct:\n%s\nproxied:\n%s", direct, proxied)
				}
			})
		}
	}
}

// closedBehind is a request body as net/http gives it to a handler that has begun
// to answer: read to its end, it is closed.
type closedBehind struct{ left *strings.Reader }

func (b closedBehind) Read(p []byte) (int, error) {
	if b.left.Len() == 0 {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.left.Read(p)
	if b.left.Len() == 0 {
		err = io.EOF
	}
	return n, err
}

func (closedBehind) Close() error { return nil }

func TestProxy_AnAnswerThatComesBeforeTheTransportLooksForMoreOfTheRequestIsNotBrokenOff(t *testing.T) {
	h := start(t, setup{})
	for _, path := range []string{"/upload", "/analyze/top-tier"} {
		const body = `{"nodes":[]}`
		r := httptest.NewRequest(http.MethodPost, path, closedBehind{strings.NewReader(body)})
		r.ContentLength = int64(len(body))
		w := httptest.NewRecorder()
		h.proxy.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.String() != answer {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestProxy_TrailersThatNobodyAnnouncedPassBothWays(t *testing.T) {
	h := start(t, setup{primary: echo})
	for _, path := range []string{"/upload", "/analyze/quorums"} {
		got := speak(t, h.front.Listener.Addr().String(), request("POST "+path, "Transfer-Encoding: chunked")+"3\r\nabc\r\n0\r\nX-Sudden: 7\r\n\r\n")
		if !strings.Contains(got, `trailers map["X-Sudden":["7"]]`) {
			t.Error(got)
		}
	}
}

func TestProxy_AnUpgradedConnectionIsPassedThrough(t *testing.T) {
	h := start(t, setup{primary: func(w http.ResponseWriter, _ *http.Request) {
		conn, both, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = both.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		_ = both.Flush()
		line, _ := both.ReadString('\n')
		_, _ = both.WriteString("you said " + line)
		_ = both.Flush()
	}})
	for _, path := range []string{"/socket", "/analyze/quorums"} {
		conn, err := net.Dial("tcp", h.front.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "POST "+path+" HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 0\r\n\r\n")
		reader := bufio.NewReader(conn)
		res, err := http.ReadResponse(reader, nil)
		if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("%s: %v %v", path, res, err)
		}
		_, _ = io.WriteString(conn, "hello\n") // a client waits for the 101 first
		got, err := io.ReadAll(reader)
		_ = conn.Close()
		if string(got) != "you said hello\n" {
			t.Errorf("%s: %v %q", path, err, got)
		}
	}
}

func TestProxy_AClientThatWaitsForContinueGetsItWhenTheBodyIsReadFirst(t *testing.T) {
	h := start(t, setup{primary: echo, candidate: answering("unservable"), stage: rollout.Full})
	got := speak(t, h.front.Listener.Addr().String(), request("POST /analyze/quorums", "Expect: 100-continue", "Content-Length: 3")+"abc")
	if !strings.HasPrefix(got, "100 Continue") || !strings.Contains(got, `body "abc" <nil>`) || strings.Contains(got, "Expect [") {
		t.Error(got)
	}
}

func TestProxy_AbsoluteFormReachesThePrimaryAsAnOriginExpectsIt(t *testing.T) {
	h := start(t, setup{primary: echo})
	got := speak(t, h.front.Listener.Addr().String(), request("GET http://scanner.example:99/a%2Fb?x;1"))
	if !strings.Contains(got, "GET /a%2Fb?x;1 HTTP/1.1\nhost scanner.example:99\n") {
		t.Error(got)
	}
}

// rawServer answers every connection with bytes of its own choosing.
func rawServer(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				defer func() { _ = conn.Close() }()
				if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					_, _ = io.Copy(io.Discard, r.Body)
					answer(conn)
				}
			})
		}
	})
	t.Cleanup(func() { _ = listener.Close(); open.Wait() })
	return listener.Addr().String()
}

func TestProxy_AddsNoHeaderThatThePrimaryLeftOut(t *testing.T) {
	address := rawServer(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")
	})
	h := start(t, setup{config: func(c *proxy.Config) { c.Primary = mustURL(t, "http://"+address) }})
	got := speak(t, h.front.Listener.Addr().String(), request("GET /health"))
	if strings.Contains(got, "Date") || strings.Contains(got, "Content-Type") {
		t.Errorf("net/http filled in a header:\n%s", got)
	}
}

func TestProxy_ACutAnswerStaysVisible(t *testing.T) {
	cuts := map[string]string{
		"announced length": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"top",
		"chunked":          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"top\r\n",
	}
	for name, cut := range cuts {
		for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full, rollout.Complete} {
			t.Run(name+"/"+stage.String(), func(t *testing.T) {
				address := rawServer(t, func(conn net.Conn) { _, _ = io.WriteString(conn, cut) })
				h := start(t, setup{
					stage: stage, candidate: answering("unservable"),
					config: func(c *proxy.Config) { c.Primary = mustURL(t, "http://"+address) },
				})
				res, err := http.Post(h.front.URL+"/analyze/top-tier", "application/json", strings.NewReader("{}"))
				if err == nil {
					_, err = io.ReadAll(res.Body)
					_ = res.Body.Close()
				}
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("the client sees %v, want an unexpected end", err)
				}
				h.counts(1, "mirror_skipped_total", "reason", "incomplete")
				h.counts(0, "held_bytes")
			})
		}
	}
}

func TestProxy_PrimaryUnreachableIsAProblemThatIsLoggedOnce(t *testing.T) {
	h := start(t, setup{})
	address := h.primary.Listener.Addr().String()
	h.primary.Close()
	for range 3 {
		got := h.ask("top-tier", "{}")
		if got.status != http.StatusBadGateway || got.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(got.body, address) {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		if got.servedBy != "primary" || got.header.Get(proxy.HeaderExchange) == "" {
			t.Errorf("headers are %v", got.header)
		}
	}
	if h.log.count("primary does not answer") != 1 || h.proxy.PrimaryReachable() {
		t.Error("want one line in the log, and the primary unreachable")
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip("the port was taken meanwhile:", err)
	}
	back := httptest.NewUnstartedServer(answering(answer))
	_ = back.Listener.Close()
	back.Listener = listener
	back.Start()
	defer back.Close()
	h.ask("top-tier", "{}")
	h.ask("top-tier", "{}")
	if h.log.count("primary answers again") != 1 || !h.proxy.PrimaryReachable() {
		t.Error("want one line that it is back")
	}
}

func TestProxy_AClientThatGoesAwayIsNoFaultOfThePrimary(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	h := start(t, setup{primary: func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-release
	}})
	conn, err := net.Dial("tcp", h.front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, request("POST /analyze/quorums", "Content-Length: 2")+"{}")
	<-arrived
	_ = conn.Close()
	h.counts(1, "mirror_skipped_total", "reason", "incomplete")
	close(release)
	if h.log.count("does not answer") != 0 || !h.proxy.PrimaryReachable() {
		t.Error("the primary was blamed")
	}
}

func TestProxy_HeadersSayWhoAnsweredUnlessOff(t *testing.T) {
	h := start(t, setup{})
	if got := h.ask("top-tier", "{}"); got.servedBy != "primary" || len(got.header.Get(proxy.HeaderExchange)) != 24 {
		t.Errorf("headers are %v", got.header)
	}
	if got := h.ask("no-such-analysis", "{}"); got.servedBy != "primary" {
		t.Errorf("headers are %v", got.header)
	}
	r, _ := http.NewRequest(http.MethodGet, h.front.URL+"/health", nil)
	if got := h.do(r); got.servedBy != "" {
		t.Errorf("headers outside /analyze/ are %v", got.header)
	}
	for name, change := range map[string]func(*rollout.Dials){
		"mode off":  func(d *rollout.Dials) { d.Mode = rollout.ModeOff },
		"stage off": func(d *rollout.Dials) { d.Mode, d.Stage = rollout.ModeAuto, rollout.Off },
	} {
		h.set(change)
		for _, analysis := range []string{"top-tier", "data-quality"} {
			if got := h.ask(analysis, "{}"); got.servedBy != "" || got.header.Get(proxy.HeaderExchange) != "" {
				t.Errorf("%s: headers are %v", name, got.header)
			}
		}
	}
	silent := start(t, setup{config: func(c *proxy.Config) { c.Headers = false }})
	if got := silent.ask("top-tier", "{}"); got.servedBy != "" {
		t.Errorf("switched off, headers are %v", got.header)
	}
}

func TestProxy_HostOfThePrimaryWhenAskedFor(t *testing.T) {
	host := func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }
	h := start(t, setup{primary: host, config: func(c *proxy.Config) { c.RewriteHost = true }})
	if got := h.ask("top-tier", "{}"); got.body != h.primary.Listener.Addr().String() {
		t.Errorf("the primary saw host %q", got.body)
	}
}

func TestProxy_BasePathOfThePrimaryComesFirst(t *testing.T) {
	path := func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RequestURI) }
	h := start(t, setup{primary: path, config: func(c *proxy.Config) { c.Primary = mustURL(t, c.Primary.String()+"/scan%2Fner/") }})
	r, _ := http.NewRequest(http.MethodGet, h.front.URL+"/a%2Fb?c;d", nil)
	if got := h.do(r); got.body != "/scan%2Fner/a%2Fb?c;d" {
		t.Errorf("the primary saw %q", got.body)
	}
}
