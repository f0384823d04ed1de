package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"understudy/compare/vary"
	"understudy/engine/worker"
	"understudy/flags"
	"understudy/proxy"
	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
	"understudy/store"
)

// sidecar is everything that serve runs. Parts start in this order and stop in
// the reverse one: store, retention, flags, rollout, operations plane, engine
// workers, arbiter, proxy, data plane. So nothing is asked of a part that is not there yet, or no more.
type sidecar struct {
	lifecycle
	log      *slog.Logger
	now      func() time.Time
	registry *prometheus.Registry
	store    *store.Store
	flags    *flags.Flags
	pool     *worker.Pool // nil with a candidate URL
	arbiter  *worker.Pool // nil with --no-arbiter
	proxy    *proxy.Proxy
	ops      *operations
	tokens   *tokenSource
	dataCert *certificate // nil: plain http
	opsCert  *certificate

	policy     rollout.Policy
	ceilings   *ceilings
	breaker    *breaker.Breaker
	controller *control.Controller

	dataURL, opsURL string // as a client on this machine says them
}

// startSidecar starts all parts, or none. ctx bounds the start only.
func startSidecar(ctx context.Context, c *serveCommand, log *slog.Logger) (_ *sidecar, err error) {
	s := &sidecar{log: log, now: c.clock(), registry: prometheus.NewRegistry()}
	s.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(c.ShutdownTimeout))
		}
	}()
	// Both addresses are taken first: a port in use is the error people make most.
	ports, err := s.openPorts(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := s.openStore(ctx, c); err != nil {
		return nil, err
	}
	s.startRetention(c)
	if err := s.readFlags(ctx, c); err != nil {
		return nil, err
	}
	if err := s.startRollout(ctx, c); err != nil {
		return nil, err
	}
	s.ops = newOperations(s, c)
	s.serve("operations plane", s.ops.server(), ports.ops)
	if err := s.startEngine(ctx, c); err != nil {
		return nil, err
	}
	if err := s.startArbiter(ctx, c); err != nil {
		return nil, err
	}
	if err := s.startProxy(c); err != nil {
		return nil, err
	}
	s.warnOfDeadPrimary(ctx, c.Primary)
	server := newServer(s.proxy, log)
	server.DisableGeneralOptionsHandler = true // OPTIONS * is the primary's to answer
	s.serve("data plane", server, ports.data)
	s.ops.ready.Store(true)
	log.Info("understudy is up", "data", s.dataURL, "ops", s.opsURL, "primary", c.Primary, "candidate", c.Candidate,
		"stage", s.controller.Position().Stage, "dials", s.proxy.Effective(ctx).Why, "version", version())
	return s, nil
}

func (s *sidecar) openStore(ctx context.Context, c *serveCommand) (err error) {
	if s.store, err = store.Open(ctx, c.Store, store.WithClock(s.now)); err != nil {
		return fmt.Errorf("--store: %w", err)
	}
	s.started("store", func(context.Context) error { return s.store.Close() })
	s.registry.MustRegister(&usage{from: s.store, now: s.now, log: s.log})
	return nil
}

func (s *sidecar) readFlags(ctx context.Context, c *serveCommand) (err error) {
	file, server, err := c.flagSources()
	if err != nil {
		return badInput(err)
	}
	config := flags.Config{File: file, Server: server, Now: s.now, Registerer: s.registry, Logger: s.log}
	if err := config.Validate(); err != nil { // a variable of the environment, most likely
		return badInput(fmt.Errorf("read flags: %w", err))
	}
	if s.flags, err = flags.New(ctx, config); err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	s.started("flags", func(context.Context) error { s.flags.Close(); return nil })
	return nil
}

// startEngine starts the workers. A candidate that does not come up is no reason
// not to serve the primary's answers.
func (s *sidecar) startEngine(ctx context.Context, c *serveCommand) error {
	if c.Candidate != embedded {
		return nil
	}
	pool, err := c.pool(worker.Config{Registerer: s.registry, Logger: s.log})
	if err != nil {
		return err
	}
	s.pool = pool
	s.started("engine workers", pool.Close)
	if err := pool.Start(ctx); err != nil {
		s.log.Warn("no engine worker came up yet; they are tried again", "error", err)
	}
	return nil
}

func (s *sidecar) startProxy(c *serveCommand) error {
	config, err := c.proxyConfig()
	if err != nil {
		return err
	}
	candidate, err := c.candidate()
	if err != nil {
		return err
	}
	deps := proxy.Deps{
		Dials:      s.dials().at,
		Allow:      s.dials().allow,
		Breaker:    s.breaker,
		Stored:     past{s.store}.stored,
		Corpus:     s.store.Corpus,
		Builtin:    builtin(),
		Candidate:  candidate,
		Now:        s.now,
		Recorder:   recorder{s.store},
		Registerer: s.registry,
		Logger:     s.log,
		Vary:       vary.Request,
	}
	if s.pool != nil {
		deps.CandidateTransport = s.pool
		deps.Saturated = func() bool { is := s.pool.Stats(); return is.Alive > 0 && is.Queued > 0 }
	}
	if c.Inject != "" {
		if deps.CandidateTransport, err = newFaults(c.Inject, deps.CandidateTransport, s.log); err != nil {
			return badInput(fmt.Errorf("--inject: %w", err))
		}
	}
	if s.arbiter != nil {
		deps.Settle = settler{s.arbiter}.settle
	}
	if s.proxy, err = proxy.New(config, deps); err != nil {
		return err
	}
	s.started("proxy", s.proxy.Close)
	return nil
}

func (s *sidecar) dials() dials {
	return dials{flags: s.flags, position: s.controller.Position, now: s.now}
}

// warnOfDeadPrimary says so when nobody listens where the primary should be. The
// sidecar serves all the same: requests get 502 until the primary is there.
func (s *sidecar) warnOfDeadPrimary(ctx context.Context, primary string) {
	u, err := url.Parse(primary)
	if err != nil {
		return
	}
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	dialer := net.Dialer{Timeout: 2 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		s.log.Warn("the primary is not reachable; requests get 502 until it is", "primary", primary, "error", err)
		return
	}
	conn.Close()
}

// close stops all parts; readiness is taken back first.
func (s *sidecar) close(within time.Duration) error {
	if s.ops != nil {
		s.ops.ready.Store(false)
	}
	return s.stop(within, s.log)
}

var _ http.Handler = (*proxy.Proxy)(nil)
