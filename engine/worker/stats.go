package worker

import (
	"maps"
	"sync"
	"time"
)

// Reason is why a worker had to be replaced.
type Reason string

// The reasons, which are also the values of the metric label.
const (
	// ReasonStart: it could not be started, or was not ready in time.
	ReasonStart Reason = "start"
	// ReasonCrash: it ended by itself or was killed by somebody else.
	ReasonCrash Reason = "crash"
	// ReasonMemory: killed, it held more than it may, or it ended itself for that.
	ReasonMemory Reason = "memory"
	// ReasonDeadline: killed, an analysis overran its deadline.
	ReasonDeadline Reason = "deadline"
	// ReasonCanceled: killed, its caller had gone away and it went on.
	ReasonCanceled Reason = "canceled"
	// ReasonAnswer: killed, its answer was not one of HTTP, or too large.
	ReasonAnswer Reason = "answer"
	// ReasonSpent: killed after it had answered, as its answer asked for.
	ReasonSpent Reason = "spent"
)

// reasons lists every Reason, so that a counter exists before it counts.
var reasons = []Reason{ReasonStart, ReasonCrash, ReasonMemory, ReasonDeadline, ReasonCanceled, ReasonAnswer, ReasonSpent}

// Stats is the pool at one moment.
type Stats struct {
	// Workers is how many there should be, Alive how many are up, Busy how
	// many of these hold a request, and Waiting for how many a place waits, after
	// a death, before it starts the next one; Backoff is the longest of these waits.
	Workers, Alive, Busy, Waiting int
	Backoff                       time.Duration
	// Queued is the number of requests waiting for a worker.
	Queued int
	// Restarts counts replaced workers by reason since the start; those of
	// All but ReasonStart and ReasonCrash were killed by the pool, or by their own
	// guard of the memory.
	Restarts map[Reason]uint64
	// Poisonous is the number of networks that are refused for what they did to
	// workers, and Refused how many requests were.
	Poisonous int
	Refused   uint64
}

// Stats returns the pool's present state.
func (p *Pool) Stats() Stats {
	s := p.tally.snapshot()
	s.Queued = int(p.queued.Load())
	s.Poisonous, s.Refused = p.poison.stats()
	return s
}

// tally counts what the slots report.
type tally struct {
	mu    sync.Mutex // guards the rest
	stats Stats
	waits map[*slot]time.Duration // the backoff of those that are in it
}

func newTally(workers int) *tally {
	t := &tally{stats: Stats{Workers: workers, Restarts: map[Reason]uint64{}}, waits: map[*slot]time.Duration{}}
	for _, r := range reasons {
		t.stats.Restarts[r] = 0
	}
	return t
}

func (t *tally) alive(by int) { t.mu.Lock(); t.stats.Alive += by; t.mu.Unlock() }
func (t *tally) busy(by int)  { t.mu.Lock(); t.stats.Busy += by; t.mu.Unlock() }

func (t *tally) restart(r Reason) { t.mu.Lock(); t.stats.Restarts[r]++; t.mu.Unlock() }

// backoff says how long s waits; 0: it goes on.
func (t *tally) backoff(s *slot, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if d == 0 {
		delete(t.waits, s)
		return
	}
	t.waits[s] = d
}

func (t *tally) snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Restarts = maps.Clone(s.Restarts)
	s.Waiting = len(t.waits)
	for _, d := range t.waits {
		s.Backoff = max(s.Backoff, d)
	}
	return s
}
