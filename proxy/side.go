package proxy

import (
	"context"
	"slices"
	"sync"
	"time"

	"understudy/compare"
)

// Side work asks what no client has asked: the candidate once more about whole
// families (deep.go), both sides about varied networks (variation.go), and while
// the breaker is half-open the candidate about what is past (probe.go). One
// goroutine does it, one call at a time and, but for suspects, only while nothing
// is done for a client; its calls, but for replays, are no executions for the
// breaker, and no client sees them.

// mostSide is how many exchanges may wait to be asked about in depth.
const mostSide = 16

// What became of side work that came to no verdict.
const (
	sideDropped     = "dropped"     // no room, no quiet, or Close came first
	sideInterrupted = "interrupted" // a client's request came in the middle of a call
)

var (
	sideSources = []string{SourceDeep, SourceVariation}
	sideResults = append([]string{
		string(compare.VerdictPrimaryFailed), string(compare.VerdictCandidateFailed), string(compare.VerdictBothFailed),
		string(compare.VerdictInconclusive), sideDropped, sideInterrupted, otherAnalysis,
	}, verdictNames()...)
)

func verdictNames() (names []string) {
	for _, v := range compare.Verdicts {
		names = append(names, string(v))
	}
	return names
}

// sideWork is what the goroutine works from.
type sideWork struct {
	deep chan *job
	stop context.CancelFunc
	done chan struct{}

	mu      sync.Mutex // guards all below
	closed  bool
	network network // the last one to vary

	variations uint64 // asked for so far; the goroutine's own, as is
	prober     prober
}

// network is a request about a network as it is, its groups not merged.
type network struct {
	body []byte
	hold *hold
}

func newSideWork() *sideWork {
	return &sideWork{deep: make(chan *job, mostSide), done: make(chan struct{})}
}

// startSide starts the goroutine. Without ticks it varies nothing.
func (p *Proxy) startSide() {
	ctx, stop := context.WithCancel(p.background)
	p.side.stop = stop
	ticks, end := p.variationTicks()
	probes, endProbes := p.probeTicks()
	go func() {
		defer close(p.side.done)
		defer end()
		defer endProbes()
		for {
			select {
			case <-ctx.Done():
				return
			case j := <-p.side.deep:
				p.aside(func() { p.askDeeper(ctx, j) })
			case <-ticks:
				p.aside(func() { p.vary(ctx) })
			case <-probes:
				p.aside(func() { p.probe(ctx) })
			}
		}
	}()
}

// aside contains a panic of side work.
func (p *Proxy) aside(work func()) {
	defer func() {
		if fault := recover(); fault != nil {
			p.metrics.dropped(dropPanic)
			p.log.Error("side work panicked", "panic", fault)
		}
	}()
	work()
}

// close ends the goroutine and lets go of what waits. ended is called for each
// job that was not begun.
func (s *sideWork) close(ended func(*job)) {
	s.mu.Lock()
	s.closed = true
	s.network.hold.release()
	s.network = network{}
	s.mu.Unlock()
	s.stop()
	<-s.done
	for {
		select {
		case j := <-s.deep:
			ended(j)
		default:
			return
		}
	}
}

// quietPatience is how long side work waits for a moment without clients. Where
// they never end, what waits is dropped, so that probes have their turn.
const quietPatience = time.Minute

// askAside asks one side one question as soon as no client is served. ok is false
// if none came soon, or if a client came, or Close, before the answer did.
func (p *Proxy) askAside(ctx context.Context, side *asker, j *job) (reply compare.Reply, ok bool) {
	calling, leave, err := p.traffic.quietly(ctx, quietPatience)
	if err != nil {
		return reply, false
	}
	defer leave()
	calling, cancel := context.WithTimeout(calling, p.cfg.CandidateDeadline+p.cfg.CandidateSlack)
	defer cancel()
	reply = side.ask(calling, j.asked, j.hold)
	return reply, reply.Failure != compare.FailureCanceled
}

// concludeAside compares and records an exchange of side work.
func (p *Proxy) concludeAside(j *job) {
	if skip := p.compareJob(j); skip != "" {
		p.dropAside(j, sideDropped)
		return
	}
	p.decided(j)
}

func (p *Proxy) dropAside(j *job, result string) {
	p.metrics.besides(j.source, result)
	j.hold.release()
}

// mirrorOff reports whether operators want the candidate left alone.
func (p *Proxy) mirrorOff(ctx context.Context) bool { return p.Effective(ctx).MirrorPercent == 0 }

// holding is a hold that has paid for n bytes, or nil without room for them.
func (p *Proxy) holding(n int) *hold {
	h := &hold{ledger: p.held}
	if !h.reserve(int64(n)) {
		return nil
	}
	return h
}

// remember looks at an exchange of a client, before its bodies go: what it may be
// asked about next.
func (p *Proxy) remember(j *job) {
	if j.source != SourceLive || !j.compared || len(j.result.Metrics) == 0 {
		return
	}
	p.sampleDeep(j)
	if p.varies() && slices.Contains(variedLevels, j.result.Level) && stellarNetwork(j.asked.body) {
		p.side.keep(j.asked.body, p.holding(len(j.asked.body)))
	}
}

// keep takes the network that is varied next; without room for it, none.
func (s *sideWork) keep(body []byte, h *hold) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.network.hold.release()
	s.network = network{}
	switch {
	case s.closed:
		h.release()
	case h != nil:
		s.network = network{body, h}
	}
}

func (s *sideWork) last() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.network.body
}

// startTicker is a clock of n ticks an hour.
func startTicker(n int) (ticks <-chan time.Time, end func()) {
	ticker := time.NewTicker(time.Hour / time.Duration(n))
	return ticker.C, ticker.Stop
}
