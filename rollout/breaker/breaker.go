package breaker

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"understudy/rollout"
)

// State is what the breaker says about the candidate.
type State string

// The states. Users meet the candidate only in Closed.
const (
	Closed   State = "closed"
	Open     State = "open"
	HalfOpen State = "half_open" // the mirror probes, users are never probed
)

// States lists all of them.
func States() []State { return []State{Closed, Open, HalfOpen} }

// Config is what a Breaker works with.
type Config struct {
	Policy rollout.Policy
	Now    func() time.Time // nil: time.Now
	Hooks  Hooks
}

// Hooks are told what the breaker has decided. They are called without locks
// held, by whoever reported what decided it, and must not block. Nil: nobody is
// told.
type Hooks struct {
	Spoke        func(rollout.Spoke)        // it was closed, and is open now
	ProbeFailed  func(rollout.ProbeFailed)  // it was half-open, and is open now
	ProbesPassed func(rollout.ProbesPassed) // it is half-open and waits for Set; told once
}

// Breaker is safe for concurrent use.
type Breaker struct {
	policy rollout.Policy
	now    func() time.Time
	hooks  Hooks

	closed atomic.Bool
	epoch  atomic.Uint64 // counts changes of state; an execution belongs to the epoch it began in

	mu      sync.Mutex // guards all below
	state   State
	since   time.Time // of the state
	gate    *gobreaker.TwoStepCircuitBreaker[any]
	turned  gobreaker.State // what the gate has come to
	windows rollout.Windows
	guard   bool // clients may be served
	wrong   int  // wrong answers while guard was set

	success    time.Time // the last one
	awake      time.Time // the timer of unavailability runs from here
	selfTests  int       // failed in a row
	probes     int       // HalfOpen: clean executions in a row
	passed     bool      // HalfOpen: ProbesPassed was told
	pinned     []string  // HalfOpen: the suspects, as Set named them
	suspects   []string  // those of pinned that have not gone well yet
	accused    string    // exchange and sentence of the wrong answer that opens it
	accusation string
	last       *rollout.Spoke
	drained    rollout.Entry // counted since Drain
}

// New makes a breaker that is closed. Its start counts as a success, so that the
// timer of unavailability has something to run from.
func New(c Config) *Breaker {
	b := &Breaker{policy: c.Policy, now: c.Now, hooks: c.Hooks}
	if b.now == nil {
		b.now = time.Now
	}
	b.success = b.now()
	b.enter(Closed, nil)
	return b
}

// Policy is the one it was made with.
func (b *Breaker) Policy() rollout.Policy { return b.policy }

// Closed reports whether clients may meet the candidate. It is one atomic load:
// the data plane asks at every request.
func (b *Breaker) Closed() bool { return b.closed.Load() }

// State is the state at this moment.
func (b *Breaker) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Set puts the breaker into a state; it is the controller's. suspects are the
// exchanges that must go well before probing ends. guard says that clients may
// be served, so that one wrong answer opens it. What is so already stays as it
// is; a change of state empties the windows, and gives the candidate the whole
// of Policy.Unavailable for its next success.
func (b *Breaker) Set(state State, suspects []string, guard bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.guard = guard
	if state == b.state && (state != HalfOpen || slices.Equal(suspects, b.pinned)) {
		return
	}
	b.enter(state, suspects)
}

// enter begins a state with nothing counted. b.mu is held.
func (b *Breaker) enter(state State, suspects []string) {
	now := b.now()
	b.state, b.since, b.awake = state, now, now
	b.epoch.Add(1)
	b.windows.Reset()
	b.wrong, b.selfTests, b.probes, b.passed = 0, 0, 0, false
	b.pinned, b.suspects, b.gate = nil, nil, nil
	switch state {
	case Closed:
		b.gate = b.closedGate()
	case HalfOpen:
		b.pinned, b.suspects = slices.Clone(suspects), slices.Clone(suspects)
		b.gate = b.halfOpenGate()
	}
	b.closed.Store(state == Closed)
}

// told is what the hooks are told when the lock is free.
type told struct {
	spoke  *rollout.Spoke
	failed *rollout.ProbeFailed
	passed *rollout.ProbesPassed
}

func (b *Breaker) tell(t told) {
	switch {
	case t.spoke != nil && b.hooks.Spoke != nil:
		b.hooks.Spoke(*t.spoke)
	case t.failed != nil && b.hooks.ProbeFailed != nil:
		b.hooks.ProbeFailed(*t.failed)
	case t.passed != nil && b.hooks.ProbesPassed != nil:
		b.hooks.ProbesPassed(*t.passed)
	}
}
