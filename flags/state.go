package flags

import (
	"fmt"
	"sync"
	"time"
)

// Status says where the values in effect come from.
type Status string

// The three statuses.
const (
	StatusFresh    Status = "fresh"    // the flag file, or what the flag server says, as it is
	StatusStale    Status = "stale"    // an earlier version of it, or the file in place of a server that never answered
	StatusDefaults Status = "defaults" // no source is configured, or (with an error) none was good so far
)

var statuses = []Status{StatusFresh, StatusStale, StatusDefaults}

// State is a Status, when it began, and why it is not fresh (nil when it is, or when no source is
// configured).
type State struct {
	Status Status
	Since  time.Time
	Err    error
	// Contact is when the flag server was last heard; zero when it never was, or without one.
	Contact time.Time
}

// Healthy reports whether the values are what the operators want now, as far as one can know. What
// is not healthy still holds, but nothing should be promoted on the strength of it.
func (s State) Healthy() bool { return s.Status != StatusStale && s.Err == nil }

// stateKeeper holds the State.
type stateKeeper struct {
	now func() time.Time
	// staleness is the longest silence of a server that is called fresh; 0 without a server.
	staleness time.Duration

	mu    sync.Mutex // guards state
	state State
}

func newStateKeeper(c Config) *stateKeeper {
	k := &stateKeeper{now: c.Now}
	if c.Server != "" {
		k.staleness = c.Staleness
	}
	k.set(StatusDefaults, nil)
	return k
}

func (k *stateKeeper) set(status Status, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if status != k.state.Status {
		k.state.Since = k.now()
	}
	k.state.Status, k.state.Err = status, err
}

// heard notes that the flag server said something.
func (k *stateKeeper) heard() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state.Contact = k.now()
}

// get gives the state. What is fresh turns stale by itself when the server, which says something
// several times in each staleness, has been silent for longer: this process may have been stopped.
func (k *stateKeeper) get() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.state
	if k.staleness == 0 || s.Status != StatusFresh {
		return s
	}
	if silent := k.now().Sub(s.Contact); silent > k.staleness {
		s.Status, s.Since = StatusStale, s.Contact.Add(k.staleness)
		s.Err = fmt.Errorf("flag server: last heard %s ago, allowed is %s", silent.Round(time.Second), k.staleness)
	}
	return s
}
