package worker_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"understudy/engine/worker"
)

const network = `{"nodes":[{"publicKey":"A"}]}`

func TestPool_NetworkThatTwoWorkersDiedOfIsRefusedWithoutAWorker(t *testing.T) {
	clock := newManualClock()
	p := startPool(t, func(c *worker.Config) { c.Clock = clock })
	for i := range 2 {
		wantReply(t, ask(t.Context(), p, "/exit", network), http.StatusBadGateway, "exit status 9")
		goOn(t, p, clock, time.Duration(100<<i)*time.Millisecond)
	}
	r := ask(t.Context(), p, "/echo", network)
	wantReply(t, r, http.StatusUnprocessableEntity, "engine workers died of this network")
	if r.header.Get(worker.RefusedHeader) != worker.Poisonous {
		t.Errorf("headers are %v", r.header)
	}
	wantReply(t, ask(t.Context(), p, "/echo", `{"nodes":[]}`), http.StatusTeapot, "")
	if s := p.Stats(); s.Poisonous != 1 || s.Refused != 1 || s.Restarts[worker.ReasonCrash] != 2 {
		t.Errorf("stats are %+v", s)
	}
	clock.advance(time.Hour)
	wantReply(t, ask(t.Context(), p, "/echo", network), http.StatusTeapot, "")
}

func TestPool_CrashLoopAndPoisonShowInMetrics(t *testing.T) {
	clock, registry := newManualClock(), prometheus.NewRegistry()
	p := startPool(t, func(c *worker.Config) { c.Clock, c.Registerer = clock, registry })
	ask(t.Context(), p, "/exit", network)
	goOn(t, p, clock, 100*time.Millisecond)
	ask(t.Context(), p, "/exit", network)
	ask(t.Context(), p, "/echo", network)
	eventually(t, "the slot backs off", func() bool { return p.Stats().Backoff > 0 })
	exposition := scrape(t, registry)
	for _, want := range []string{
		`worker_backoff_seconds{pool="engine"} 0.2`, `workers{pool="engine",state="waiting"} 1`, `workers{pool="engine",state="alive"} 0`,
		`worker_restarts_total{pool="engine",reason="crash"} 2`,
		`poisonous_networks{pool="engine"} 1`, `poisonous_refusals_total{pool="engine"} 1`,
	} {
		if !strings.Contains(exposition, "understudy_engine_"+want+"\n") {
			t.Errorf("%s is not in\n%s", want, exposition)
		}
	}
}

func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	return w.Body.String()
}

// goOn ends the backoff of the pool's only slot.
func goOn(t *testing.T, p *worker.Pool, clock *manualClock, pause time.Duration) {
	t.Helper()
	eventually(t, "the slot backs off", func() bool { return p.Stats().Backoff == pause })
	if s := p.Stats(); s.Waiting != 1 || s.Alive != 0 {
		t.Errorf("stats in the backoff are %+v", s)
	}
	eventually(t, "the pause has begun", func() bool { w := clock.waits(); return w[len(w)-1] == pause })
	clock.advance(pause)
	eventually(t, "a worker is up", func() bool { return p.Stats().Alive == 1 })
	if s := p.Stats(); s.Waiting != 0 || s.Backoff != 0 {
		t.Errorf("stats after the backoff are %+v", s)
	}
}

func TestPool_RequestThatWaitsWhileItsNetworkIsCondemnedTakesNoWorker(t *testing.T) {
	p, dir := startPool(t, nil), t.TempDir()
	wantReply(t, ask(t.Context(), p, "/exit", network), http.StatusBadGateway, "")
	held := make(chan reply)
	go func() { held <- ask(t.Context(), p, gate(dir, "0"), network) }()
	pid := inside(t, dir, 1)[0]
	waiting := make(chan reply)
	go func() { waiting <- ask(t.Context(), p, "/echo", network) }()
	eventually(t, "one request waits", func() bool { return p.Stats().Queued == 1 })
	_ = syscall.Kill(pid, syscall.SIGKILL)
	wantReply(t, <-held, http.StatusBadGateway, "signal: killed")
	wantReply(t, <-waiting, http.StatusUnprocessableEntity, "")
}

func TestPool_OperatorThatKillsWorkersAgainAndAgainPoisonsNothing(t *testing.T) {
	p, dir := startPool(t, nil), t.TempDir()
	for range 4 {
		killed := make(chan reply)
		go func() { killed <- ask(t.Context(), p, gate(dir, "0"), network) }()
		pid := inside(t, dir, 1)[0]
		_ = syscall.Kill(pid, syscall.SIGKILL)
		wantReply(t, <-killed, http.StatusBadGateway, "signal: killed")
		touch(dir + "/open")
		wantReply(t, ask(t.Context(), p, gate(dir, "0"), network), http.StatusOK, "")
		dir = t.TempDir()
	}
}

func TestPool_ForgivingOneRefusesNoNetwork(t *testing.T) {
	p := startPool(t, func(c *worker.Config) { c.Forgiving = true })
	for range 3 {
		wantReply(t, ask(t.Context(), p, "/exit", network), http.StatusBadGateway, "exit status 9")
	}
}

func TestPool_WorkerDoesNotRefuseInThePoolsName(t *testing.T) {
	p := startPool(t, nil)
	r := ask(t.Context(), p, "/refuse", "")
	if wantReply(t, r, http.StatusUnprocessableEntity, ""); r.header.Get(worker.RefusedHeader) != "" {
		t.Errorf("headers are %v", r.header)
	}
}
