package rollout

import (
	"fmt"
	"time"
)

// Result is how one execution, a call of the candidate, went.
type Result int

// The results. What says nothing about the candidate (its own saturation, a
// client's cancel, a restart by us, a self-test) is no execution at all.
const (
	Clean    Result = iota
	Slow            // completed, later than Policy.Slow
	Errored         // crash, invalid or unservable answer, non-deadline error
	TimedOut        // its own deadline passed
)

var results = [...]string{Clean: "clean", Slow: "slow", Errored: "error", TimedOut: "timeout"}

// String is the result as logs and metrics write it.
func (r Result) String() string {
	if r < 0 || int(r) >= len(results) {
		return fmt.Sprintf("result(%d)", int(r))
	}
	return results[r]
}

// Failed reports whether no answer came that could be used. A slow one could.
func (r Result) Failed() bool { return r == Errored || r == TimedOut }

// Execution is one call of the candidate, mirrored or served.
type Execution struct {
	At        time.Time
	Scan      string
	Exchange  string
	Result    Result
	Completed bool // an answer came, whatever it was worth
}

// The triggers: what trips the breaker, and TriggerDisagreement, which stops the
// candidate.
const (
	TriggerErrors       = "error_rate"
	TriggerTimeouts     = "timeout_rate"
	TriggerFailures     = "any_failure"
	TriggerSlow         = "slow"
	TriggerErrorRun     = "errors_in_a_row"
	TriggerTimeoutRun   = "timeouts_in_a_row"
	TriggerUnavailable  = "unavailable"
	TriggerSelfTest     = "self_test"
	TriggerWrongAnswer  = "wrong_answer"
	TriggerDisagreement = "disagreement"
)

// Triggers lists all of them.
func Triggers() []string {
	return []string{
		TriggerErrors, TriggerTimeouts, TriggerFailures, TriggerSlow, TriggerErrorRun, TriggerTimeoutRun,
		TriggerUnavailable, TriggerSelfTest, TriggerWrongAnswer, TriggerDisagreement,
	}
}

// Tally is one trigger with what it counted beside its limits.
type Tally struct {
	Trigger string `json:"trigger"`
	Bad     int    `json:"bad"`         // executions that count against the candidate
	Of      int    `json:"of"`          // executions looked at
	Scans   int    `json:"scans"`       // distinct scans the bad ones come from
	Limit   int    `json:"limit"`       // Bad that trips
	Least   int    `json:"least_scans"` // Scans that it takes
	Trips   bool   `json:"trips"`       // both are reached
}

// String is the tally as a sentence: "error_rate: 11 of the last 120 executions, from 5 scans".
func (t Tally) String() string {
	return fmt.Sprintf("%s: %d of the last %d executions, from %d scans", t.Trigger, t.Bad, t.Of, t.Scans)
}
