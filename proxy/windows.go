package proxy

import (
	"fmt"
	"time"
)

// verdictOfExecution is how one call of the candidate went, as the breaker sees it.
type verdictOfExecution int

const (
	executionClean   verdictOfExecution = iota
	executionSlow                       // completed, but not in time
	executionError                      // crash, invalid or unservable answer, non-deadline error
	executionTimeout                    // own deadline passed
	executionVoid                       // says nothing about the candidate: own saturation, a client's cancel
)

// execution is one entry of the windows.
type execution struct {
	at        time.Time
	scan      string
	verdict   verdictOfExecution
	completed bool // an answer came, whatever it was worth
}

func isError(e execution) bool   { return e.verdict == executionError }
func isTimeout(e execution) bool { return e.verdict == executionTimeout }
func isFailure(e execution) bool { return isError(e) || isTimeout(e) }
func isSlow(e execution) bool    { return e.verdict == executionSlow }

// rule trips when, among the last executions, at least bad are counted from at
// least scans scans. A count and not a ratio, because a scan is a burst: the
// windows were sized by simulation (rollout design, triggers).
type rule struct {
	trigger   string
	window    int
	completed bool // the window holds completed executions only
	counts    func(execution) bool
	bad       int
	scans     int
}

// streak trips when executions of one kind follow each other without a break.
type streak struct {
	trigger string
	counts  func(execution) bool
	bad     int
	scans   int
}

var rules = []rule{
	{trigger: "error_rate", window: 180, counts: isError, bad: 11, scans: 4},
	{trigger: "timeout_rate", window: 90, counts: isTimeout, bad: 10, scans: 3}, // 10 of 90 is more than 10 %
	{trigger: "any_failure", window: 54, counts: isFailure, bad: 6, scans: 3},
	{trigger: "slow", window: 180, completed: true, counts: isSlow, bad: 11, scans: 4},
}

var streaks = []streak{
	{trigger: "errors_in_a_row", counts: isError, bad: 3, scans: 2},
	{trigger: "timeouts_in_a_row", counts: isTimeout, bad: 3, scans: 2},
}

const (
	windowLength = 180            // the longest window of rules
	windowAge    = 24 * time.Hour // older entries fall out
)

// windows remembers as many executions as the rules look at. The completed ones
// are kept apart, because timeouts must not push them out of their window.
type windows struct {
	all, completed []execution
}

func (w *windows) add(e execution) {
	w.all = keep(w.all, e)
	if e.completed {
		w.completed = keep(w.completed, e)
	}
}

func (w *windows) clear() { w.all, w.completed = nil, nil }

func keep(list []execution, e execution) []execution {
	if len(list) == windowLength {
		copy(list, list[1:])
		list = list[:windowLength-1]
	}
	return append(list, e)
}

// Tally is one rule with what it counted.
type Tally struct {
	Trigger string // error_rate, timeout_rate, any_failure, slow, errors_in_a_row, timeouts_in_a_row
	Bad     int    // executions that count against the candidate
	Of      int    // executions looked at
	Scans   int    // distinct scans the bad ones come from
	Trips   bool   // the rule's limits are reached
}

// String is the tally as a sentence: "error_rate: 11 of the last 120 executions, from 5 scans".
func (t Tally) String() string {
	return fmt.Sprintf("%s: %d of the last %d executions, from %d scans", t.Trigger, t.Bad, t.Of, t.Scans)
}

// tallies counts all rules over the executions of the last 24 hours.
func (w *windows) tallies(now time.Time) []Tally {
	all, completed := fresh(w.all, now), fresh(w.completed, now)
	var list []Tally
	for _, r := range rules {
		entries := all
		if r.completed {
			entries = completed
		}
		entries = entries[max(0, len(entries)-r.window):]
		list = append(list, tally(r.trigger, entries, r.counts, r.bad, r.scans))
	}
	for _, s := range streaks {
		entries := all
		for i := len(entries) - 1; i >= 0; i-- {
			if !s.counts(entries[i]) {
				entries = entries[i+1:]
				break
			}
		}
		list = append(list, tally(s.trigger, entries, s.counts, s.bad, s.scans))
	}
	return list
}

func tally(trigger string, entries []execution, counts func(execution) bool, bad, scans int) Tally {
	t := Tally{Trigger: trigger, Of: len(entries)}
	from := map[string]struct{}{}
	for _, e := range entries {
		if counts(e) {
			t.Bad++
			from[e.scan] = struct{}{}
		}
	}
	t.Scans = len(from)
	t.Trips = t.Bad >= bad && t.Scans >= scans
	return t
}

func fresh(list []execution, now time.Time) []execution {
	for i, e := range list {
		if now.Sub(e.at) < windowAge {
			return list[i:]
		}
	}
	return nil
}
