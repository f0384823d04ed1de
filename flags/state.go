package flags

import (
	"sync"
	"time"
)

// Status says where the values in effect come from.
type Status string

// The three statuses.
const (
	StatusFresh    Status = "fresh"    // the flag file as it is
	StatusStale    Status = "stale"    // an earlier version of it: the present one cannot be used
	StatusDefaults Status = "defaults" // no file is configured, or (with an error) none was good so far
)

var statuses = []Status{StatusFresh, StatusStale, StatusDefaults}

// State is a Status, when it began, and why it is not fresh (nil when it is, or when no file is
// configured).
type State struct {
	Status Status
	Since  time.Time
	Err    error
}

// stateKeeper holds the State and its metric.
type stateKeeper struct {
	now     func() time.Time
	metrics *metrics

	mu    sync.Mutex // guards state
	state State
}

func newStateKeeper(now func() time.Time, m *metrics) *stateKeeper {
	k := &stateKeeper{now: now, metrics: m}
	k.set(StatusDefaults, nil)
	return k
}

func (k *stateKeeper) fresh() { k.set(StatusFresh, nil) }

// stale notes a file that cannot be used; had says whether there was a good one before.
func (k *stateKeeper) stale(err error, had bool) {
	if had {
		k.set(StatusStale, err)
	} else {
		k.set(StatusDefaults, err)
	}
}

func (k *stateKeeper) set(status Status, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if status != k.state.Status {
		k.state.Since = k.now()
	}
	k.state.Status, k.state.Err = status, err
	for _, s := range statuses {
		k.metrics.state.WithLabelValues(string(s)).Set(number(s == status))
	}
}

func (k *stateKeeper) get() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}
