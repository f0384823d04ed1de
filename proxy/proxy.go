package proxy

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"sync"
	"sync/atomic"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

// Proxy is the data plane. It is safe for concurrent use.
type Proxy struct {
	cfg       Config
	deps      Deps
	log       *slog.Logger
	transport *http.Transport
	forwarder *httputil.ReverseProxy
	candidate *asker
	primary   *asker // for questions that no client has asked
	scans     *scanBook
	breaker   *breaker.Breaker
	metrics   *metrics
	held      *ledger
	mirror    *jobQueue
	arbiter   *jobQueue
	side      *sideWork
	lookout   lookout
	traffic   traffic
	records   *recordQueue

	served      atomic.Int64 // requests of clients at this moment
	unreachable atomic.Bool  // the primary, as the log last said
	lastLive    atomic.Int64 // when the candidate was last asked for a client, by Deps.Now, in Unix nanoseconds; 0: never

	background context.Context // of candidate calls; ends when Close gives up waiting
	giveUp     context.CancelFunc
	rest       context.CancelFunc // of the arbiter
	mu         sync.Mutex         // guards closing, and working.Add against working.Wait
	closing    bool
	working    sync.WaitGroup // served exchanges whose candidate is still at work
}

// New makes a Proxy and starts its mirror workers. Close ends them.
func New(cfg Config, deps Deps) (*Proxy, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	deps, err := deps.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{
		cfg: cfg, deps: deps, log: deps.Logger,
		transport: newTransport(),
		candidate: &asker{base: deps.Candidate, transport: deps.CandidateTransport, limit: cfg.CandidateBytes, ranks: true},
		side:      newSideWork(),
		scans:     newScanBook(cfg, deps.Now),
		held:      &ledger{limit: cfg.HeldBytes},
	}
	p.primary = &asker{base: cfg.Primary, transport: p.transport, limit: cfg.AnswerBytes}
	p.background, p.giveUp = context.WithCancel(context.Background())
	if p.breaker = deps.Breaker; p.breaker == nil {
		p.breaker = p.ownBreaker()
	}
	p.forwarder = p.newForwarder()
	p.mirror, p.arbiter = newJobQueue(cfg.MirrorQueue, cfg.MirrorQueueBytes), newJobQueue(cfg.ArbiterQueue, cfg.HeldBytes)
	if p.metrics, err = newMetrics(deps.Registerer, p); err != nil {
		return nil, fmt.Errorf("proxy: register metrics: %w", err)
	}
	p.records = newRecordQueue(cfg, deps.Recorder, p.metrics, p.log)
	arbitrating, rest := context.WithCancel(p.background)
	p.rest = rest
	p.arbiter.start(1, func(j *job) { p.arbitrate(arbitrating, j) })
	p.mirror.yield = p.courtesy().yield
	p.mirror.start(cfg.MirrorWorkers, p.answerMirrored)
	p.startSide()
	p.startLookout()
	return p, nil
}

// ServeHTTP answers one request of a client.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.traffic.begin()
	defer p.traffic.end()
	p.served.Add(1)
	defer p.served.Add(-1)
	label, how := analysisOf(r, p.cfg.PrimaryKind)
	c := &call{w: w, in: r, analysis: label, start: time.Now(), servedBy: ServedByPrimary}
	defer p.count(c)
	if underAnalyze(r) {
		c.id, c.headers = newID(c.start), p.cfg.Headers
	}
	switch how {
	case compared:
		p.analyze(c)
		return
	case lacked:
		p.candidateOnly(c)
		return
	}
	if c.headers && p.dials(r.Context(), ScanContext{}).Off() {
		c.headers = false
	}
	p.forward(c)
}

// analyze treats a request that both sides could answer.
func (p *Proxy) analyze(c *call) {
	c.visit = p.scans.enter(c.in.RemoteAddr, c.in.Header.Get("X-Scan-ID"), c.in.URL.EscapedPath())
	defer c.visit.leave()
	dials := p.dials(c.in.Context(), p.scanContext(c))
	c.treatment = p.treat(c, dials) // also with mode off: a scan that was served before is mixed
	if dials.Off() {
		c.headers = false
		p.forward(c)
		return
	}
	c.hold = &hold{ledger: p.held}
	c.rescuable = p.allowed(c, nil).Rescue
	if c.treatment.Serve {
		p.serve(c)
		return
	}
	p.shadow(c)
}

// dials asks for the positions of the dials, and adds the breaker's.
func (p *Proxy) dials(ctx context.Context, scan ScanContext) rollout.Dials {
	dials := p.deps.Dials(ctx, scan)
	dials.BreakerClosed = p.breaker.Closed()
	return dials
}

func (p *Proxy) scanContext(c *call) ScanContext {
	facts := c.visit.facts()
	return ScanContext{ScanKey: facts.key, Client: facts.client}
}

// treat decides the scan of a call, or holds it to what was decided.
func (p *Proxy) treat(c *call, dials rollout.Dials) rollout.Treatment {
	treatment := c.visit.treat(rollout.Decide(dials, p.cfg.Salt, c.visit.key()))
	if !treatment.Serve && c.visit.facts().mixed {
		c.reason = ReasonMixed
	}
	return treatment
}

// PrimaryReachable reports whether the primary answered when it was last asked.
// It is true before the first request.
func (p *Proxy) PrimaryReachable() bool { return !p.unreachable.Load() }

// RecordError is why the exchanges that came last to the Recorder were not
// recorded; nil when they were.
func (p *Proxy) RecordError() error {
	if trouble := p.records.trouble.Load(); trouble != nil {
		return *trouble
	}
	return nil
}

// Verdicts is how many exchanges of clients came to which verdict since the
// start.
func (p *Proxy) Verdicts() map[string]uint64 { return p.metrics.verdicts.counts() }

// Effective says which shares the dials allow at this moment, and which dial
// binds, for a scan that no flag rule singles out.
func (p *Proxy) Effective(ctx context.Context) rollout.Effective {
	return p.dials(ctx, ScanContext{}).Effective()
}

// enlist registers work that outlives its request; false once Close was called.
func (p *Proxy) enlist() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		return false
	}
	p.working.Add(1)
	return true
}

// Close ends the work behind the data plane: copies that wait are dropped and
// counted, those that the candidate has are finished until ctx ends. Requests that
// come later pass to the primary. Close the listener first.
func (p *Proxy) Close(ctx context.Context) error {
	p.mu.Lock()
	first := !p.closing
	p.closing = true
	p.mu.Unlock()
	if !first {
		return nil
	}
	stop := context.AfterFunc(ctx, p.giveUp)
	defer stop()
	p.lookout.close()
	p.side.close(func(j *job) { p.dropAside(j, sideDropped) })
	p.mirror.close(func(j *job) { p.drop(j, dropShutdown) })
	p.working.Wait()
	p.rest() // what is undecided is recorded as that, and can be settled later
	p.arbiter.close(p.leaveAsItStands)
	p.giveUp()
	err := p.records.close(ctx)
	p.transport.CloseIdleConnections()
	if idle, ok := p.deps.CandidateTransport.(interface{ CloseIdleConnections() }); ok {
		idle.CloseIdleConnections()
	}
	return err
}
