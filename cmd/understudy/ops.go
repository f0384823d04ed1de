package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"understudy/console"
	"understudy/engine/worker"
	"understudy/proxy"
	"understudy/rollout"
)

// operations is the plane for those who run Understudy, on a listener of its own.
type operations struct {
	sidecar *sidecar
	keys    *console.Keys
	salt    string
	names   []string // of the host it listens on
	limits  opsLimits
	ready   atomic.Bool // the data plane is up and not draining
}

func newOperations(s *sidecar, c *serveCommand) *operations {
	return &operations{sidecar: s, keys: s.tokens.keys, salt: c.Salt, names: listenName(c.OpsListen), limits: defaultOpsLimits}
}

func (o *operations) server() *http.Server { return o.limits.server(o.handler(), o.sidecar.log) }

func (o *operations) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.sidecar.registry, promhttp.HandlerOpts{
		Registry: o.sidecar.registry, MaxRequestsInFlight: o.limits.scrapes, Timeout: o.limits.scrape,
	}))
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
	})
	mux.HandleFunc("GET /readyz", o.readyz)
	mux.Handle(console.Prefix, console.API(o.sidecar.store, o.config()))
	return console.SecureHeaders(console.KnownHosts(mux, o.keys, o.names...), console.PolicyNone)
}

// mayKnow reports whether a request may see how things stand: without tokens any
// that gets here, else one with a token or from this machine itself. What another
// machine sent by way of a proxy on this one, or a page under a name of its own,
// is not from this machine.
func (o *operations) mayKnow(r *http.Request) bool {
	if !o.keys.Configured() || o.keys.Admit(r) {
		return true
	}
	for _, header := range []string{"Authorization", "Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && console.KnownHost(r, o.names...)
}

func (o *operations) config() console.Config {
	s := o.sidecar
	return console.Config{
		Logger: s.log, Keys: o.keys, Rollout: s.controller, Policy: s.policy, Salt: o.salt,
		Flags: func() console.Flags {
			settings, source, healthy := s.ceilings.now()
			is := console.Flags{Settings: settings, Source: source, Healthy: healthy}
			if state := s.flags.State(); state.Err != nil {
				is.Problem = state.Err.Error()
			}
			return is
		},
		Dials: func(ctx context.Context, scan string) rollout.Dials {
			d := s.dials().at(ctx, proxy.ScanContext{ScanKey: scan})
			d.BreakerClosed = s.breaker.Closed()
			return d
		},
	}
}

// readiness tells what a person wants to know next. Only Status decides: a dead
// candidate or primary, a broken flag file, or a full store must not take the sidecar out of
// the path, since it passes on whatever the primary says all the same.
type readiness struct {
	Status           string   `json:"status"` // ready, or not_ready: starting or draining
	PrimaryReachable bool     `json:"primary_reachable"`
	Stage            string   `json:"stage"`
	Condition        string   `json:"condition"` // normal, or why nothing is served: tripped, probing, stopped, aborted
	ServePercent     float64  `json:"serve_percent"`
	MirrorPercent    float64  `json:"mirror_percent"`
	Why              string   `json:"why"`
	Breaker          string   `json:"breaker"`
	Flags            string   `json:"flags"`
	FlagsProblem     string   `json:"flags_problem,omitempty"`
	StoreProblem     string   `json:"store_problem,omitempty"`
	Workers          *workers `json:"workers,omitempty"` // of --candidate exec:
	Arbiter          *workers `json:"arbiter,omitempty"` // unless --no-arbiter
	// Verdicts counts the exchanges of clients since the start, by verdict.
	Verdicts map[string]uint64 `json:"verdicts"`
	Version  string            `json:"version"`
}

// workers are the worker processes of a pool at one moment.
type workers struct {
	Wanted   int                      `json:"wanted"`
	Alive    int                      `json:"alive"`
	Busy     int                      `json:"busy"`
	Queued   int                      `json:"queued"`
	Restarts map[worker.Reason]uint64 `json:"restarts"`
}

func (o *operations) readyz(w http.ResponseWriter, r *http.Request) {
	if !o.ready.Load() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "not_ready"})
		return
	}
	if !o.mayKnow(r) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
		return
	}
	s := o.sidecar
	position := s.controller.Position()
	effective, state := s.proxy.Effective(r.Context()), s.flags.State()
	answer := readiness{
		Status: "ready", PrimaryReachable: s.proxy.PrimaryReachable(), Stage: position.Stage.String(), Condition: string(position.Condition),
		ServePercent: effective.ServePercent, MirrorPercent: effective.MirrorPercent, Why: effective.Why,
		Breaker: string(s.proxy.BreakerState()), Flags: string(state.Status), Version: version(),
	}
	if state.Err != nil {
		answer.FlagsProblem = state.Err.Error()
	}
	if err := s.proxy.RecordError(); err != nil {
		answer.StoreProblem = err.Error()
	}
	answer.Workers, answer.Arbiter = workersOf(s.pool), workersOf(s.arbiter)
	answer.Verdicts = s.proxy.Verdicts()
	writeJSON(w, http.StatusOK, answer)
}

func workersOf(pool *worker.Pool) *workers {
	if pool == nil {
		return nil
	}
	stats := pool.Stats()
	return &workers{stats.Workers, stats.Alive, stats.Busy, stats.Queued, stats.Restarts}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
