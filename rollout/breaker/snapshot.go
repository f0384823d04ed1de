package breaker

import (
	"time"

	"understudy/rollout"
)

// Snapshot is the breaker at one moment, for logs, pages and audits.
type Snapshot struct {
	State        State     `json:"state"`
	Since        time.Time `json:"since"`         // of the state
	ProbesPassed int       `json:"probes_passed"` // HalfOpen: clean executions in a row
	Probes       int       `json:"probes"`        // that it takes
	Suspects     []string  `json:"suspects"`      // HalfOpen: exchanges that must go well yet
	// Tallies are all triggers of the breaker's with what they count now. That of
	// unavailable counts seconds, that of self_test failed ones in a row.
	Tallies         []rollout.Tally `json:"tallies"`
	LastSuccess     time.Time       `json:"last_success"` // of a live execution or a self-test; the start before the first
	FailedSelfTests int             `json:"failed_self_tests"`
	Last            *rollout.Spoke  `json:"last"` // the last trip; nil: none yet
}

// Snapshot is the breaker now.
func (b *Breaker) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Snapshot{
		State: b.state, Since: b.since, ProbesPassed: min(b.probes, b.policy.Probes), Probes: b.policy.Probes,
		Suspects: append([]string{}, b.suspects...), Tallies: b.tallies(b.now()), LastSuccess: b.success,
		FailedSelfTests: b.selfTests, Last: b.last,
	}
}
