package proxy

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// BreakerState is what the breaker says about the candidate.
type BreakerState string

// The states. Users meet the candidate only in BreakerClosed.
const (
	BreakerClosed   BreakerState = "closed"
	BreakerOpen     BreakerState = "open"
	BreakerHalfOpen BreakerState = "half_open" // the mirror probes, users are never probed
)

var breakerStates = []BreakerState{BreakerClosed, BreakerOpen, BreakerHalfOpen}

// BreakerConfig holds the times of the breaker; its windows are fixed, because
// they were simulated together.
type BreakerConfig struct {
	Cooldown     time.Duration // after the first trip; each further trip doubles it
	CooldownMost time.Duration
	Probes       int           // clean executions in a row that close it again
	Slow         time.Duration // a completed execution that took longer is slow
}

// DefaultBreakerConfig is 30 minutes, at most 8 hours, 72 probes, 30 seconds.
func DefaultBreakerConfig() BreakerConfig {
	return BreakerConfig{Cooldown: 30 * time.Minute, CooldownMost: 8 * time.Hour, Probes: 72, Slow: 30 * time.Second}
}

func (c BreakerConfig) validate() error {
	switch {
	case c.Cooldown < time.Second || c.Cooldown > 24*time.Hour:
		return fmt.Errorf("field Breaker.Cooldown %s: want 1s to 24h", c.Cooldown)
	case c.CooldownMost < c.Cooldown || c.CooldownMost > 7*24*time.Hour:
		return fmt.Errorf("field Breaker.CooldownMost %s: want Cooldown (%s) to 168h", c.CooldownMost, c.Cooldown)
	case c.Probes < 1 || c.Probes > 100_000:
		return fmt.Errorf("field Breaker.Probes %d: want 1 to 100000", c.Probes)
	case c.Slow < time.Millisecond || c.Slow > time.Hour:
		return fmt.Errorf("field Breaker.Slow %s: want 1ms to 1h", c.Slow)
	}
	return nil
}

// BreakerSnapshot is the breaker at one moment, for logs, pages and audits.
type BreakerSnapshot struct {
	State    BreakerState
	Since    time.Time // when it came into this state
	Until    time.Time // BreakerOpen: end of the cooldown; else zero
	Trips    int       // trips not yet forgiven; a day closed forgives one
	Reason   string    // why it last left BreakerClosed, "" if it never did
	Tripped  []Tally   // the counts at that moment
	Counts   []Tally   // the counts now
	ProbesOK int       // BreakerHalfOpen: clean executions in a row so far
}

// breaker keeps users away from a candidate that fails. Every execution is
// reported, mirrored or served, so a fault that the mirror meets trips it before
// users do. Mirroring itself is never blocked.
//
// gobreaker holds the state. It reads the real clock, and a cooldown must be
// testable and restart-safe, so the cooldown is counted here and a fresh gate is
// made at each transition that time causes.
type breaker struct {
	cfg      BreakerConfig
	now      func() time.Time
	onChange func(BreakerSnapshot) // called without the lock, may be nil

	mu       sync.Mutex // guards all below
	gate     *gobreaker.TwoStepCircuitBreaker[any]
	state    BreakerState // the state last told
	epoch    int          // counts state changes; an execution belongs to the epoch it began in
	windows  windows
	since    time.Time
	until    time.Time
	cooldown time.Duration
	trips    int
	reason   string
	tripped  []Tally
}

// errBad is what the gate is told of an execution that is not clean. Slow ones
// too: gobreaker asks ReadyToTrip only on a failure.
var errBad = errors.New("execution is not clean")

// never is a gobreaker timeout that does not end: the cooldown is ours.
const never = 100 * 365 * 24 * time.Hour

func newBreaker(cfg BreakerConfig, now func() time.Time, onChange func(BreakerSnapshot)) *breaker {
	b := &breaker{cfg: cfg, now: now, onChange: onChange, state: BreakerClosed, since: now()}
	b.gate = b.closedGate()
	return b
}

// closedGate trips when our windows say so.
func (b *breaker) closedGate() *gobreaker.TwoStepCircuitBreaker[any] {
	return gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Timeout:     never,
		ReadyToTrip: func(gobreaker.Counts) bool { return b.tripping() != nil },
	})
}

// halfOpenGate closes after cfg.Probes clean executions in a row and opens at
// the first that is not. gobreaker comes to half-open only by way of open.
func (b *breaker) halfOpenGate() *gobreaker.TwoStepCircuitBreaker[any] {
	gate := gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Timeout:     time.Nanosecond,
		MaxRequests: uint32(b.cfg.Probes),
		ReadyToTrip: func(gobreaker.Counts) bool { return true },
	})
	if done, err := gate.Allow(); err == nil {
		done(errBad)
	}
	for gate.State() != gobreaker.StateHalfOpen {
		runtime.Gosched() // until the clock has moved by a nanosecond
	}
	return gate
}

// tripping gives the first rule whose limits are reached; b.mu is held.
func (b *breaker) tripping() *Tally {
	for _, t := range b.windows.tallies(b.now()) {
		if t.Trips {
			return &t
		}
	}
	return nil
}

// State is the state at this moment.
func (b *breaker) State() BreakerState {
	b.mu.Lock()
	changed := b.advance()
	state := b.state
	b.mu.Unlock()
	b.tell(changed)
	return state
}

// run is one execution between its begin and its end.
type run struct {
	breaker *breaker
	epoch   int
	scan    string
}

// begin registers an execution. It never refuses: an open breaker keeps clients
// away from the candidate, not the mirror.
func (b *breaker) begin(scan string) *run {
	b.mu.Lock()
	changed := b.advance()
	r := &run{breaker: b, epoch: b.epoch, scan: scan}
	b.mu.Unlock()
	b.tell(changed)
	return r
}

// end reports how the execution went. One that began in another state than it
// ends in says nothing: a call from before the trip is no probe.
func (r *run) end(verdict verdictOfExecution, completed bool) {
	if verdict == executionVoid {
		return
	}
	b := r.breaker
	b.mu.Lock()
	changed := b.advance()
	if r.epoch == b.epoch && b.state != BreakerOpen {
		b.windows.add(execution{at: b.now(), scan: r.scan, verdict: verdict, completed: completed})
		b.report(verdict)
		changed = b.follow() || changed
	}
	b.mu.Unlock()
	b.tell(changed)
}

// report passes an execution to the gate in one step: what is in flight must not
// use up the gate's places for probes.
func (b *breaker) report(verdict verdictOfExecution) {
	done, err := b.gate.Allow()
	if err != nil {
		return
	}
	if verdict == executionClean {
		done(nil)
		return
	}
	done(errBad)
}

// advance lets time act: an open breaker whose cooldown has passed may be
// probed. b.mu is held.
func (b *breaker) advance() (changed bool) {
	if b.state != BreakerOpen || b.now().Before(b.until) {
		return false
	}
	b.gate = b.halfOpenGate()
	b.enter(BreakerHalfOpen)
	return true
}

// follow takes over what the gate has decided. b.mu is held.
func (b *breaker) follow() (changed bool) {
	state := b.gate.State()
	switch {
	case b.state == BreakerClosed && state == gobreaker.StateOpen:
		b.trip()
	case b.state == BreakerHalfOpen && state == gobreaker.StateClosed:
		b.gate = b.closedGate()
		b.enter(BreakerClosed)
	case b.state == BreakerHalfOpen && b.gate.Counts().Requests == 0:
		// The gate opened, and by its nanosecond is half-open again.
		b.probeFailed()
	default:
		return false
	}
	return true
}

// trip opens the breaker. The counts are kept before they are emptied.
func (b *breaker) trip() {
	now := b.now()
	if tally := b.tripping(); tally != nil {
		b.reason = tally.String()
	}
	b.tripped = b.windows.tallies(now)
	b.trips = b.forgiven(now) + 1
	b.cooldown = b.cfg.Cooldown
	for range b.trips - 1 {
		b.cooldown = min(2*b.cooldown, b.cfg.CooldownMost)
	}
	b.enter(BreakerOpen)
	b.until = now.Add(b.cooldown)
}

// probeFailed restarts the cooldown, doubled; it is no trip.
func (b *breaker) probeFailed() {
	b.cooldown = min(2*b.cooldown, b.cfg.CooldownMost)
	b.enter(BreakerOpen)
	b.until = b.now().Add(b.cooldown)
}

// forgiven is the number of trips that still count: a day closed forgives one.
func (b *breaker) forgiven(now time.Time) int {
	if b.state != BreakerClosed {
		return b.trips
	}
	return max(0, b.trips-int(now.Sub(b.since)/(24*time.Hour)))
}

// enter changes the state; the windows start anew. b.mu is held.
func (b *breaker) enter(state BreakerState) {
	b.state, b.since, b.until = state, b.now(), time.Time{}
	b.epoch++
	b.windows.clear()
}

func (b *breaker) tell(changed bool) {
	if changed && b.onChange != nil {
		b.onChange(b.snapshot())
	}
}

func (b *breaker) snapshot() BreakerSnapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	s := BreakerSnapshot{
		State: b.state, Since: b.since, Until: b.until, Trips: b.forgiven(now),
		Reason: b.reason, Tripped: b.tripped, Counts: b.windows.tallies(now),
	}
	if b.state == BreakerHalfOpen {
		s.ProbesOK = int(b.gate.Counts().ConsecutiveSuccesses)
	}
	return s
}
