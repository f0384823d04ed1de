package control

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/rollout"
	"understudy/rollout/audit"
	"understudy/rollout/breaker"
	"understudy/rollout/notify"
)

// What callers tell apart with errors.Is. A refusal is a *rollout.Refusal.
var (
	// ErrConflict is what a Store answers when somebody else has saved in between.
	ErrConflict = errors.New("the rollout was changed by somebody else")
	// ErrUnsaved: what was asked for is in force, and is not in the store yet. It is tried again at each tick.
	ErrUnsaved = errors.New("it is in force, but could not be saved yet")
	// ErrNotDone: what was asked for raises the share, could not be saved, and so was not done.
	ErrNotDone = errors.New("it was not done, because it could not be saved")
	// ErrClosed: the controller has ended.
	ErrClosed = errors.New("the rollout controller has ended")
)

// Saved is what a Store keeps of a rollout. The zero value: nothing yet.
type Saved struct {
	Version int64  // counts the saves
	Seq     int64  // number of the last audit record
	Head    string // its digest
	State   []byte // JSON
}

// Store keeps the state of a rollout and its audit.
type Store interface {
	Load(ctx context.Context) (Saved, error)
	// Save replaces the state of version from, and adds records to the audit, both or none. It
	// answers ErrConflict when another version is stored.
	Save(ctx context.Context, from int64, state []byte, records []audit.Record) error
}

// Span is the time that a Measurer is asked about.
type Span struct {
	After, Until time.Time // scans that began later than After, at Until or earlier
	Entered      time.Time // when the stage was entered
	Since        time.Time // when the evidence begins: what another version was asked is new to this one
}

// Measurer says what came in during a span.
type Measurer interface {
	Measure(ctx context.Context, span Span) (rollout.Measured, error)
}

// Breaker is the part of *breaker.Breaker that a controller uses.
type Breaker interface {
	Set(state breaker.State, suspects []string, guard bool)
	Snapshot() breaker.Snapshot
	Drain() rollout.Entry
}

var _ Breaker = (*breaker.Breaker)(nil)

// Flags says what the flags are, where they come from, and whether their source
// is well. It must not block.
type Flags func() (settings rollout.Settings, source string, healthy bool)

// Config is what a controller works with. Store, Measurer, Breaker and Flags are
// needed; Policy has no zero value either.
type Config struct {
	Policy   rollout.Policy
	Fixed    *rollout.Stage // the stage that the command line sets; nil: the evidence moves it
	Store    Store
	Measurer Measurer
	Breaker  Breaker
	Inbox    *Inbox // that the breaker's hooks lead to; nil: what the breaker has to say is seen at the next tick
	Flags    Flags

	Versions      func(ctx context.Context) rollout.Versions // nil, or an empty field of it: not known
	CandidateWell func() bool                                // nil: always
	Notify        func(notify.Message)                       // must not block; nil: nobody is told

	Timeout time.Duration // of one call of Store, Measurer or Versions; 0: 10 s

	Now       func() time.Time     // nil: time.Now
	Monotonic func() time.Duration // a clock that nobody can set; nil: the one of the process
	Ticks     <-chan time.Time     // nil: one each Policy.Tick

	Registerer prometheus.Registerer // nil: no metrics
	Logger     *slog.Logger          // nil: silent
}

func (c Config) validate() error {
	for _, need := range []struct {
		field   string
		missing bool
	}{
		{"Store", c.Store == nil},
		{"Measurer", c.Measurer == nil},
		{"Breaker", c.Breaker == nil},
		{"Flags", c.Flags == nil},
	} {
		if need.missing {
			return fmt.Errorf("rollout controller: %s is missing", need.field)
		}
	}
	if c.Timeout < 0 || c.Timeout > time.Hour {
		return fmt.Errorf("rollout controller: Timeout is %s, allowed is 0s to 1h", c.Timeout)
	}
	return c.Policy.Validate()
}

func (c Config) withDefaults() Config {
	if c.Inbox == nil {
		c.Inbox = NewInbox()
	}
	if c.Versions == nil {
		c.Versions = func(context.Context) rollout.Versions { return rollout.Versions{} }
	}
	if c.CandidateWell == nil {
		c.CandidateWell = func() bool { return true }
	}
	if c.Notify == nil {
		c.Notify = func(notify.Message) {}
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Monotonic == nil {
		start := time.Now()
		c.Monotonic = func() time.Duration { return time.Since(start) }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}
