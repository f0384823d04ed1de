package worker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"understudy/engine/worker"
)

func gate(dir, id string) string { return "/gate?dir=" + url.QueryEscape(dir) + "&id=" + id }

func TestPool_HandsRequestAndAnswerOnUnchanged(t *testing.T) {
	p := startPool(t, nil)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://engine/echo?a=%2F", strings.NewReader("body"))
	r.Header.Set("X-Test", "kept")
	r.Header.Set("Expect", "100-continue")
	resp, err := p.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Seen"); got != "PUT /echo?a=%2F kept" {
		t.Errorf("the worker saw %q", got)
	}
	if resp.StatusCode != http.StatusTeapot || resp.ContentLength != 4 || resp.Header.Get("Connection") != "" {
		t.Errorf("got %d, %d bytes, Connection %q", resp.StatusCode, resp.ContentLength, resp.Header.Get("Connection"))
	}
	if r.Header.Get("Expect") == "" {
		t.Error("the caller's request was changed")
	}
}

func TestPool_ServesAsHandler(t *testing.T) {
	server := httptest.NewServer(startPool(t, func(c *worker.Config) { c.Version = "1.2.3" }))
	defer server.Close()
	for path, want := range map[string]string{"/echo": "418 hello", "/health": `200 {"status":"healthy","version":"1.2.3"}`} {
		method := http.MethodPost
		if path == "/health" {
			method = http.MethodGet
		}
		r, _ := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader("hello"))
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var body strings.Builder
		fmt.Fprint(&body, resp.StatusCode, " ")
		_, _ = io.Copy(&body, resp.Body)
		resp.Body.Close()
		if strings.TrimSpace(body.String()) != want {
			t.Errorf("%s: got %q, want %q", path, body.String(), want)
		}
	}
}

func TestPool_GivesAWorkerOneRequestAtATime(t *testing.T) {
	p, dir := startPool(t, nil), t.TempDir()
	var answers []<-chan reply
	for i := range 3 {
		answers = append(answers, askAside(t.Context(), p, gate(dir, fmt.Sprint(i))))
	}
	inside(t, dir, 1)
	eventually(t, "two requests wait", func() bool { s := p.Stats(); return s.Queued == 2 && s.Busy == 1 })
	touch(dir + "/open")
	for _, a := range answers {
		wantReply(t, <-a, http.StatusOK, " 1")
	}
}

func TestPool_UsesAllWorkersAtOnce(t *testing.T) {
	p, dir := startPool(t, func(c *worker.Config) { c.Workers = 2 }), t.TempDir()
	first, second := askAside(t.Context(), p, gate(dir, "0")), askAside(t.Context(), p, gate(dir, "1"))
	if pids := inside(t, dir, 2); pids[0] == pids[1] {
		t.Errorf("both requests are in worker %d", pids[0])
	}
	touch(dir + "/open")
	wantReply(t, <-first, http.StatusOK, " 1")
	wantReply(t, <-second, http.StatusOK, " 1")
}

func TestPool_FullQueueIs503WithRetryAfter(t *testing.T) {
	p, dir := startPool(t, func(c *worker.Config) { c.Queue = 1 }), t.TempDir()
	computing := askAside(t.Context(), p, gate(dir, "0"))
	inside(t, dir, 1)
	waiting := askAside(t.Context(), p, "/pid")
	eventually(t, "one request waits", func() bool { return p.Stats().Queued == 1 })
	refused := ask(t.Context(), p, "/pid", "")
	wantReply(t, refused, http.StatusServiceUnavailable, "1 requests wait")
	if refused.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	touch(dir + "/open")
	wantReply(t, <-computing, http.StatusOK, "")
	wantReply(t, <-waiting, http.StatusOK, "")
}

func TestPool_WaitingTooLongIs503AndTheWaitIsReported(t *testing.T) {
	clock := newManualClock()
	p, dir := startPool(t, func(c *worker.Config) { c.Clock = clock }), t.TempDir()
	computing := askAside(t.Context(), p, gate(dir, "0"))
	inside(t, dir, 1)
	before := len(clock.waits())
	waiting := askAside(t.Context(), p, "/pid")
	eventually(t, "the wait is limited", func() bool { return len(clock.waits()) > before })
	clock.advance(45 * time.Second)
	r := <-waiting
	wantReply(t, r, http.StatusServiceUnavailable, "no engine worker was free for 45s")
	if got := r.header.Get(worker.QueueHeader); got != "45000" {
		t.Errorf("%s is %s, want 45000", worker.QueueHeader, got)
	}
	touch(dir + "/open")
	wantReply(t, <-computing, http.StatusOK, "")
}

func TestPool_TooLargeBodyIs413AndNeedsNoWorker(t *testing.T) {
	p := startPool(t, func(c *worker.Config) { c.MaxBody = 3 })
	wantReply(t, ask(t.Context(), p, "/echo", "four"), http.StatusRequestEntityTooLarge, "larger than 3 bytes")
	wantReply(t, ask(t.Context(), p, "/echo", "333"), http.StatusTeapot, "333")
}

func TestPool_CallerThatLeavesTheQueueGetsItsContextsError(t *testing.T) {
	p, dir := startPool(t, nil), t.TempDir()
	computing := askAside(t.Context(), p, gate(dir, "0"))
	inside(t, dir, 1)
	ctx, leave := context.WithCancel(t.Context())
	waiting := askAside(ctx, p, "/pid")
	eventually(t, "one request waits", func() bool { return p.Stats().Queued == 1 })
	leave()
	if r := <-waiting; !errors.Is(r.err, context.Canceled) {
		t.Errorf("got %+v, want context.Canceled", r)
	}
	touch(dir + "/open")
	wantReply(t, <-computing, http.StatusOK, "")
	if s := p.Stats(); s.Queued != 0 {
		t.Errorf("%d requests wait still", s.Queued)
	}
}

func TestPool_ReportsMetricsUnderItsName(t *testing.T) {
	registry := prometheus.NewRegistry()
	startPool(t, func(c *worker.Config) { c.Registerer = registry; c.Workers = 2 })
	startPool(t, func(c *worker.Config) { c.Registerer = registry; c.Name = "arbiter" })
	err := testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP understudy_engine_poisonous_networks Networks refused because workers died of them.
# TYPE understudy_engine_poisonous_networks gauge
understudy_engine_poisonous_networks{pool="arbiter"} 0
understudy_engine_poisonous_networks{pool="engine"} 0
# HELP understudy_engine_poisonous_refusals_total Requests refused because workers had died of their network.
# TYPE understudy_engine_poisonous_refusals_total counter
understudy_engine_poisonous_refusals_total{pool="arbiter"} 0
understudy_engine_poisonous_refusals_total{pool="engine"} 0
# HELP understudy_engine_queue_length Requests waiting for a worker.
# TYPE understudy_engine_queue_length gauge
understudy_engine_queue_length{pool="arbiter"} 0
understudy_engine_queue_length{pool="engine"} 0
# HELP understudy_engine_worker_backoff_seconds Longest backoff in force after the death of a worker; 0: none is.
# TYPE understudy_engine_worker_backoff_seconds gauge
understudy_engine_worker_backoff_seconds{pool="arbiter"} 0
understudy_engine_worker_backoff_seconds{pool="engine"} 0
# HELP understudy_engine_worker_restarts_total Workers replaced, by reason: start, crash, memory, deadline, canceled, answer, spent.
# TYPE understudy_engine_worker_restarts_total counter
understudy_engine_worker_restarts_total{pool="arbiter",reason="answer"} 0
understudy_engine_worker_restarts_total{pool="arbiter",reason="canceled"} 0
understudy_engine_worker_restarts_total{pool="arbiter",reason="crash"} 0
understudy_engine_worker_restarts_total{pool="arbiter",reason="deadline"} 0
understudy_engine_worker_restarts_total{pool="arbiter",reason="memory"} 0
understudy_engine_worker_restarts_total{pool="arbiter",reason="spent"} 0
understudy_engine_worker_restarts_total{pool="arbiter",reason="start"} 0
understudy_engine_worker_restarts_total{pool="engine",reason="answer"} 0
understudy_engine_worker_restarts_total{pool="engine",reason="canceled"} 0
understudy_engine_worker_restarts_total{pool="engine",reason="crash"} 0
understudy_engine_worker_restarts_total{pool="engine",reason="deadline"} 0
understudy_engine_worker_restarts_total{pool="engine",reason="memory"} 0
understudy_engine_worker_restarts_total{pool="engine",reason="spent"} 0
understudy_engine_worker_restarts_total{pool="engine",reason="start"} 0
# HELP understudy_engine_workers Worker processes by state: wanted, alive, busy, and waiting for the end of a backoff after a death.
# TYPE understudy_engine_workers gauge
understudy_engine_workers{pool="arbiter",state="alive"} 1
understudy_engine_workers{pool="arbiter",state="busy"} 0
understudy_engine_workers{pool="arbiter",state="waiting"} 0
understudy_engine_workers{pool="arbiter",state="wanted"} 1
understudy_engine_workers{pool="engine",state="alive"} 2
understudy_engine_workers{pool="engine",state="busy"} 0
understudy_engine_workers{pool="engine",state="waiting"} 0
understudy_engine_workers{pool="engine",state="wanted"} 2
`))
	if err != nil {
		t.Error(err)
	}
}

func TestNew_RefusesWhatCannotBe(t *testing.T) {
	for want, c := range map[string]worker.Config{
		"Command":                {},
		"Workers is -1":          {Command: []string{"x"}, Workers: -1},
		"Deadline is -1":         {Command: []string{"x"}, Deadline: -1},
		"Nice is 20, want 0 to ": {Command: []string{"x"}, Nice: 20},
	} {
		if _, err := worker.New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

func TestServe_OutsideAPoolSaysSo(t *testing.T) {
	if err := worker.Serve(t.Context(), http.NotFoundHandler()); !errors.Is(err, worker.ErrNotAWorker) {
		t.Errorf("got %v", err)
	}
}
