package simulate

import (
	"fmt"
	"time"

	"understudy/rollout"
)

// Candidate describes a candidate and the traffic it meets. Start from
// DefaultCandidate.
type Candidate struct {
	ScansPerDay       float64   `json:"scans_per_day"`       // 1 to 20,000, at even distances
	CallsPerScan      int       `json:"calls_per_scan"`      // questions of a scan, 1 to 100
	Workers           int       `json:"workers"`             // calls under way at the same time, 1 to 1024; more wait
	Repeats           float64   `json:"repeats"`             // share of scans of the network of the scan before, 0 to 1: no new case, the same outcome
	VariationsPerHour int       `json:"variations_per_hour"` // varied networks, 0 to 3600, each with a new case
	Behaviour         Behaviour `json:"behaviour"`
	Outage            Outage    `json:"outage"`
	// Hangs says how it is down: it takes calls and never answers. Else it refuses
	// them, or its process is gone, and they end in an error at once.
	Hangs bool `json:"hangs"`
	// ReverseShadow is the share of scans, 0 to 1, that are compared in complete,
	// where the primary is not asked otherwise.
	ReverseShadow float64 `json:"reverse_shadow"`
	// CloseAfter is how long a person takes to close a disagreement in which the
	// candidate is wrong; 0: nobody does.
	CloseAfter time.Duration `json:"close_after"`
	Fault      *Fault        `json:"fault"` // what changes on the way; nil: nothing
}

// Behaviour is how a candidate answers. Rates are 0 to 1.
type Behaviour struct {
	Disagree    float64 `json:"disagree"`     // share of networks about which it disagrees with the primary
	Provable    bool    `json:"provable"`     // its disagreements are proven to be its fault; else nobody can say
	ErrorRate   float64 `json:"error_rate"`   // share of calls, or of scans with WholeScan, that end in an error
	TimeoutRate float64 `json:"timeout_rate"` // the same, in its deadline
	SlowRate    float64 `json:"slow_rate"`    // the same, in an answer that is slow
	WholeScan   bool    `json:"whole_scan"`   // the rates are of scans, all calls of which meet the same fate
	Down        bool    `json:"down"`         // it does not answer at all, nor does it pass a self-test
}

// Outage is a time in which the candidate does not answer at all. The zero value
// is none.
type Outage struct {
	For   time.Duration `json:"for"`
	Every time.Duration `json:"every"` // one in each such time, at a random moment of it
}

// Fault is another behaviour, from a stage on.
type Fault struct {
	At rollout.Stage `json:"at"` // begins when the stage is entered for the first time
	// Within is how long after that at most, at a random moment; 0: at once.
	Within    time.Duration `json:"within"`
	Behaviour Behaviour     `json:"behaviour"`
}

// DefaultCandidate is faultless, at the pace of a live network explorer: a scan
// every five minutes.
func DefaultCandidate() Candidate {
	return Candidate{ScansPerDay: 288, CallsPerScan: 17, Workers: 2, VariationsPerHour: 12, ReverseShadow: 0.05}
}

// Validate names the first field that is out of its range, and the range.
func (c Candidate) Validate() error {
	switch {
	case !(c.ScansPerDay >= 1 && c.ScansPerDay <= 20_000): // also NaN
		return fmt.Errorf("candidate: scans_per_day is %v, allowed is 1 to 20000", c.ScansPerDay)
	case c.CallsPerScan < 1 || c.CallsPerScan > 100:
		return fmt.Errorf("candidate: calls_per_scan is %d, allowed is 1 to 100", c.CallsPerScan)
	case c.Workers < 1 || c.Workers > 1024:
		return fmt.Errorf("candidate: workers is %d, allowed is 1 to 1024", c.Workers)
	case !(c.Repeats >= 0 && c.Repeats <= 1):
		return fmt.Errorf("candidate: repeats is %v, allowed is 0 to 1", c.Repeats)
	case !(c.ReverseShadow >= 0 && c.ReverseShadow <= 1):
		return fmt.Errorf("candidate: reverse_shadow is %v, allowed is 0 to 1", c.ReverseShadow)
	case c.VariationsPerHour < 0 || c.VariationsPerHour > 3600:
		return fmt.Errorf("candidate: variations_per_hour is %d, allowed is 0 to 3600", c.VariationsPerHour)
	case c.CloseAfter < 0:
		return fmt.Errorf("candidate: close_after is %s, allowed is 0s or more", c.CloseAfter)
	case c.Outage.For < 0 || c.Outage.For > 0 && c.Outage.Every <= c.Outage.For:
		return fmt.Errorf("candidate: outage is %s every %s, allowed is a time and a longer one", c.Outage.For, c.Outage.Every)
	}
	if err := c.Behaviour.validate("behaviour"); err != nil || c.Fault == nil {
		return err
	}
	if c.Fault.At < rollout.Shadow || c.Fault.At > rollout.Complete {
		return fmt.Errorf("candidate: fault at is %s, allowed is shadow to complete", c.Fault.At)
	}
	if c.Fault.Within < 0 {
		return fmt.Errorf("candidate: fault within is %s, allowed is 0s or more", c.Fault.Within)
	}
	return c.Fault.Behaviour.validate("fault")
}

func (b Behaviour) validate(of string) error {
	for _, rate := range []struct {
		field string
		value float64
	}{
		{"disagree", b.Disagree},
		{"error_rate", b.ErrorRate},
		{"timeout_rate", b.TimeoutRate},
		{"slow_rate", b.SlowRate},
		{"sum of error_rate, timeout_rate and slow_rate", b.bad()},
	} {
		if !(rate.value >= 0 && rate.value <= 1) {
			return fmt.Errorf("candidate: %s: %s is %v, allowed is 0 to 1", of, rate.field, rate.value)
		}
	}
	return nil
}

// bad is the share of calls, or of scans, that count against the candidate.
func (b Behaviour) bad() float64 { return b.ErrorRate + b.TimeoutRate + b.SlowRate }

// beyond reports whether a rate is above the limit its trigger is there for, so
// that a trip is none by chance.
func (b Behaviour) beyond() bool {
	return b.Down || b.ErrorRate > 0.05 || b.TimeoutRate > 0.1 || b.ErrorRate+b.TimeoutRate > 0.1 || b.SlowRate > 0.05
}
