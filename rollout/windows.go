package rollout

import (
	"slices"
	"time"
)

// rule trips when, among the last executions, at least bad are counted from at
// least scans scans. A count and not a ratio, because a scan is a burst; the
// numbers were sized together by simulation.
type rule struct {
	trigger   string
	window    int  // executions looked at; 0: those since the last one that does not count, a row
	completed bool // of completed executions only
	counts    [len(results)]bool
	bad       int
	scans     int
}

var (
	isError   = [len(results)]bool{Errored: true}
	isTimeout = [len(results)]bool{TimedOut: true}
	isFailure = [len(results)]bool{Errored: true, TimedOut: true}
	isSlow    = [len(results)]bool{Slow: true}
)

// rules are the triggers that count executions, in the order in which they are asked.
var rules = [...]rule{
	{trigger: TriggerErrors, window: 180, counts: isError, bad: 11, scans: 4},
	{trigger: TriggerTimeouts, window: 90, counts: isTimeout, bad: 10, scans: 3}, // 10 of 90 are more than 10 %
	{trigger: TriggerFailures, window: 54, counts: isFailure, bad: 6, scans: 3},
	{trigger: TriggerSlow, window: 180, completed: true, counts: isSlow, bad: 11, scans: 4},
	{trigger: TriggerErrorRun, counts: isError, bad: 3, scans: 2},
	{trigger: TriggerTimeoutRun, counts: isTimeout, bad: 3, scans: 2},
}

const (
	longestWindow = 180            // of rules
	windowAge     = 24 * time.Hour // at this age an execution falls out
)

// Windows remembers as many executions as the triggers look at. The completed
// ones are kept apart, because timeouts must not push them out of their window.
// The zero value is empty. It guards nothing: one goroutine at a time.
type Windows struct {
	all, completed ring
}

// Add takes the execution that ended last.
func (w *Windows) Add(e Execution) {
	w.all.add(e)
	if e.Completed {
		w.completed.add(e)
	}
}

// Reset forgets all executions.
func (w *Windows) Reset() { w.all.n, w.completed.n = 0, 0 }

// Tallies counts for each trigger that looks at executions, in the order of
// Triggers. Only what is not Clean can make one trip, so nobody need ask after
// a clean one.
func (w *Windows) Tallies(now time.Time) []Tally {
	list := make([]Tally, 0, len(rules))
	for i := range rules {
		list = append(list, w.tally(&rules[i], now))
	}
	return list
}

func (w *Windows) tally(r *rule, now time.Time) Tally {
	t := Tally{Trigger: r.trigger, Limit: r.bad, Least: r.scans}
	from := make([]string, 0, 16) // few: a list is quicker than a map
	t.Of = w.walk(r, now, func(e *Execution) {
		t.Bad++
		if !slices.Contains(from, e.Scan) {
			from = append(from, e.Scan)
		}
	})
	t.Scans = len(from)
	t.Trips = t.Bad >= t.Limit && t.Scans >= t.Least
	return t
}

// walk shows the executions that count for a rule, the last one first, and
// gives how many it looked at.
func (w *Windows) walk(r *rule, now time.Time, bad func(*Execution)) (of int) {
	entries, most := &w.all, longestWindow
	if r.completed {
		entries = &w.completed
	}
	if r.window > 0 {
		most = r.window
	}
	for ; of < min(most, entries.n); of++ {
		e := entries.back(of)
		if now.Sub(e.At) >= windowAge {
			break
		}
		counts := r.counts[e.Result]
		if r.window == 0 && !counts {
			break
		}
		if counts {
			bad(e)
		}
	}
	return of
}

// Behind lists the exchanges that count for a trigger, at most that many: the
// last ones, oldest first.
func (w *Windows) Behind(trigger string, now time.Time, most int) (exchanges []string) {
	for i := range rules {
		if rules[i].trigger != trigger {
			continue
		}
		w.walk(&rules[i], now, func(e *Execution) {
			if len(exchanges) < most && e.Exchange != "" && !slices.Contains(exchanges, e.Exchange) {
				exchanges = append(exchanges, e.Exchange)
			}
		})
	}
	slices.Reverse(exchanges)
	return exchanges
}

// ring holds the last executions.
type ring struct {
	entries [longestWindow]Execution
	next, n int
}

func (r *ring) add(e Execution) {
	r.entries[r.next] = e
	if r.next++; r.next == len(r.entries) {
		r.next = 0
	}
	r.n = min(r.n+1, len(r.entries))
}

// back is the execution i before the last one, for i below n.
func (r *ring) back(i int) *Execution {
	at := r.next - 1 - i
	if at < 0 {
		at += len(r.entries)
	}
	return &r.entries[at]
}
