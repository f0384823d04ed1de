package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Policy is every number of the rollout. Start from DefaultPolicy: its numbers
// were simulated together, and zero is no default.
type Policy struct {
	// Soak is how much healthy time a stage takes before its gate can pass.
	SoakShadow   time.Duration `json:"soak_shadow" yaml:"soak_shadow"`
	SoakCanary1  time.Duration `json:"soak_canary_1" yaml:"soak_canary_1"`
	SoakCanary10 time.Duration `json:"soak_canary_10" yaml:"soak_canary_10"`
	SoakCanary50 time.Duration `json:"soak_canary_50" yaml:"soak_canary_50"`
	SoakFull     time.Duration `json:"soak_full" yaml:"soak_full"`

	Rate           float64 `json:"rate" yaml:"rate"`                       // q of the mirror's and the first served gate, 0 to 1
	StrictRate     float64 `json:"strict_rate" yaml:"strict_rate"`         // q of the gate to full, 0 to 1
	Coverage       float64 `json:"coverage" yaml:"coverage"`               // least share of eligible exchanges that was compared, 0 to 1
	FirstServed    int     `json:"first_served" yaml:"first_served"`       // scans that canary_1 must have served
	Availability   float64 `json:"availability" yaml:"availability"`       // the share of self-tests that succeed must be greater, 0 to 1
	ErrorRate      float64 `json:"error_rate" yaml:"error_rate"`           // the share of executions that fail must be less, 0 to 1
	SlowShare      float64 `json:"slow_share" yaml:"slow_share"`           // the share of completed executions that are slow must be less, 0 to 1
	FailAfter      int     `json:"fail_after" yaml:"fail_after"`           // distinct scans after which evidence against the candidate fails a gate
	VariationShare float64 `json:"variation_share" yaml:"variation_share"` // most of the shadow gate's scans that may be variations, 0 to below 1
	// Approvals are stages that take a person's approval to enter; complete always does.
	Approvals []Stage `json:"approvals" yaml:"approvals"`

	Slow             time.Duration `json:"slow" yaml:"slow"`                             // a completed execution that took longer is slow
	SelfTestEvery    time.Duration `json:"self_test_every" yaml:"self_test_every"`       // pause between self-tests
	SelfTestFailures int           `json:"self_test_failures" yaml:"self_test_failures"` // failed self-tests in a row, without a live success, that trip
	Unavailable      time.Duration `json:"unavailable" yaml:"unavailable"`               // time without any success that trips

	Cooldown     time.Duration `json:"cooldown" yaml:"cooldown"`           // after the first trip; each further one doubles it
	CooldownMost time.Duration `json:"cooldown_most" yaml:"cooldown_most"` // longest cooldown
	Forgive      time.Duration `json:"forgive" yaml:"forgive"`             // clean time that forgives one trip's doubling
	Probes       int           `json:"probes" yaml:"probes"`               // clean executions in a row that end probing
	AbortTrips   int           `json:"abort_trips" yaml:"abort_trips"`     // trips from canary_1 or above, within AbortWithin, that abort
	AbortWithin  time.Duration `json:"abort_within" yaml:"abort_within"`

	Tick          time.Duration `json:"tick" yaml:"tick"`                     // pause between two looks at the gates
	ClockSlack    time.Duration `json:"clock_slack" yaml:"clock_slack"`       // most by which wall and monotonic time may differ in a tick that counts
	EvidenceDelay time.Duration `json:"evidence_delay" yaml:"evidence_delay"` // age at which a scan is over and settled, and is counted

	InconclusiveAfter time.Duration `json:"inconclusive_after" yaml:"inconclusive_after"` // time in a stage after which an open gate alerts
	ProbingAfter      time.Duration `json:"probing_after" yaml:"probing_after"`           // time of probing that alerts
	OverrideMost      time.Duration `json:"override_most" yaml:"override_most"`           // longest override
	OverrideWarn      time.Duration `json:"override_warn" yaml:"override_warn"`           // time before the end of an override that alerts
}

// DefaultPolicy is the policy of the design.
func DefaultPolicy() Policy {
	const day = 24 * time.Hour
	return Policy{
		SoakShadow: 2 * day, SoakCanary1: 2 * day, SoakCanary10: 2 * day, SoakCanary50: 3 * day, SoakFull: 28 * day,
		Rate: 0.05, StrictRate: 0.01, Coverage: 0.95, FirstServed: 3,
		Availability: 0.995, ErrorRate: 0.01, SlowShare: 0.05, FailAfter: 300, VariationShare: 0.8,
		Slow: 30 * time.Second, SelfTestEvery: 15 * time.Second, SelfTestFailures: 4, Unavailable: 5 * time.Minute,
		Cooldown: 30 * time.Minute, CooldownMost: 8 * time.Hour, Forgive: day, Probes: 72, AbortTrips: 3, AbortWithin: 7 * day,
		Tick: time.Minute, ClockSlack: 5 * time.Second, EvidenceDelay: 25 * time.Minute,
		InconclusiveAfter: 7 * day, ProbingAfter: day, OverrideMost: 7 * day, OverrideWarn: time.Hour,
	}
}

// Validate names the first field that is out of its range, and the range.
func (p Policy) Validate() error {
	for _, share := range []struct {
		field string
		value float64
	}{
		{"rate", p.Rate},
		{"strict_rate", p.StrictRate},
		{"coverage", p.Coverage},
		{"availability", p.Availability},
		{"error_rate", p.ErrorRate},
		{"slow_share", p.SlowShare},
	} {
		if !(share.value > 0 && share.value < 1) { // also NaN
			return fmt.Errorf("policy: %s is %v, allowed is more than 0 and less than 1", share.field, share.value)
		}
	}
	if !(p.VariationShare >= 0 && p.VariationShare < 1) {
		return fmt.Errorf("policy: variation_share is %v, allowed is 0 to less than 1", p.VariationShare)
	}
	for _, n := range []struct {
		field              string
		value, least, most int
	}{
		{"first_served", p.FirstServed, 0, 1_000_000},
		{"fail_after", p.FailAfter, 1, 1_000_000},
		{"self_test_failures", p.SelfTestFailures, 1, 1000},
		{"probes", p.Probes, 1, 100_000},
		{"abort_trips", p.AbortTrips, 1, 1000},
	} {
		if n.value < n.least || n.value > n.most {
			return fmt.Errorf("policy: %s is %d, allowed is %d to %d", n.field, n.value, n.least, n.most)
		}
	}
	for _, stage := range p.Approvals {
		if stage < Canary1 || stage > Complete {
			return fmt.Errorf("policy: approvals names %s, allowed are canary_1 to complete", stage)
		}
	}
	return p.validateTimes()
}

func (p Policy) validateTimes() error {
	const day = 24 * time.Hour
	for _, d := range []struct {
		field            string
		value, low, high time.Duration
	}{
		{"soak_shadow", p.SoakShadow, 0, 365 * day},
		{"soak_canary_1", p.SoakCanary1, 0, 365 * day},
		{"soak_canary_10", p.SoakCanary10, 0, 365 * day},
		{"soak_canary_50", p.SoakCanary50, 0, 365 * day},
		{"soak_full", p.SoakFull, 0, 365 * day},
		{"slow", p.Slow, time.Millisecond, time.Hour},
		{"self_test_every", p.SelfTestEvery, 100 * time.Millisecond, time.Hour},
		{"unavailable", p.Unavailable, time.Second, day},
		{"cooldown", p.Cooldown, time.Second, day},
		{"cooldown_most", p.CooldownMost, p.Cooldown, 7 * day},
		{"forgive", p.Forgive, time.Minute, 365 * day},
		{"abort_within", p.AbortWithin, time.Minute, 365 * day},
		{"tick", p.Tick, 100 * time.Millisecond, time.Hour},
		{"clock_slack", p.ClockSlack, time.Millisecond, time.Minute},
		{"evidence_delay", p.EvidenceDelay, time.Second, day},
		{"inconclusive_after", p.InconclusiveAfter, time.Minute, 365 * day},
		{"probing_after", p.ProbingAfter, time.Minute, 365 * day},
		{"override_most", p.OverrideMost, time.Minute, 365 * day},
		{"override_warn", p.OverrideWarn, time.Second, 365 * day},
	} {
		if d.value < d.low || d.value > d.high {
			return fmt.Errorf("policy: %s is %s, allowed is %s to %s", d.field, d.value, d.low, d.high)
		}
	}
	return nil
}

// Soak is the healthy time the gate out of a stage takes; 0 for off and complete.
func (p Policy) Soak(stage Stage) time.Duration {
	switch stage {
	case Shadow:
		return p.SoakShadow
	case Canary1:
		return p.SoakCanary1
	case Canary10:
		return p.SoakCanary10
	case Canary50:
		return p.SoakCanary50
	case Full:
		return p.SoakFull
	}
	return 0
}

// NeedsApproval reports whether a stage takes a person's approval to enter.
func (p Policy) NeedsApproval(stage Stage) bool {
	return stage == Complete || slices.Contains(p.Approvals, stage)
}

// Digest stands for all the numbers: evidence that was gathered under others is
// about another rollout.
func (p Policy) Digest() string {
	text, err := json.Marshal(p)
	if err != nil {
		return "unknown" // a stage that is none, which Validate refuses
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}
