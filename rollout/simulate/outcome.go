package simulate

import (
	"time"

	"understudy/rollout"
)

// Outcome is what became of one run. Times are since its beginning.
type Outcome struct {
	Moves      []Move // the stage and condition it began with, and each later one
	Trips      []Trip
	Demotions  int
	Stops      int
	Aborts     int
	Ended      time.Duration // the end of the time, or when it came to wait for a person
	Executions int
	Served     int // scans inside the serve share
	// WouldBeWrong are those in which the candidate disagreed: up to full none of
	// its answers reached a client then.
	WouldBeWrong int
	ServedWrong  int         // scans in which such an answer did, in complete
	Fault        *Detection  // nil: it never began
	Outages      []Detection // those that began with a closed breaker
}

// Move is a change of stage or condition.
type Move struct {
	At        time.Duration
	Stage     rollout.Stage
	Condition rollout.Condition
}

// Trip is one trip of the breaker.
type Trip struct {
	At       time.Duration
	Trigger  string
	Stage    rollout.Stage
	ByChance bool
}

// Detection is how long it took to trip the breaker after something had gone
// wrong.
type Detection struct {
	Began      time.Duration
	Caught     bool
	Trigger    string
	Took       time.Duration
	Executions int // until then, those that ended after it began
}

// detection begins to watch for a trip.
func (r *run) detection() Detection { return Detection{Began: r.at, Executions: -r.executions()} }

// executions are all that have ended.
func (r *run) executions() int { return r.ended + r.endedQuietly() }

// trip keeps a trip, and what it caught.
func (o *Outcome) trip(r *run, c rollout.Change) {
	deserved := r.is.beyond() || r.outage || c.Trigger == rollout.TriggerWrongAnswer
	o.Trips = append(o.Trips, Trip{At: r.at, Trigger: c.Trigger, Stage: c.From.Stage, ByChance: !deserved})
	if o.Fault != nil {
		o.Fault.catch(r, c.Trigger)
	}
	if n := len(o.Outages); n > 0 && r.outage {
		o.Outages[n-1].catch(r, c.Trigger)
	}
	for i := len(r.counted.visits) - 1; i >= 0 && r.counted.visits[i].began+longest >= r.at; i-- {
		v := r.counted.visits[i]
		v.mixed = v.served && v.ends > r.at // the rest of it goes to the primary
	}
}

func (d *Detection) catch(r *run, trigger string) {
	if d.Caught {
		return
	}
	d.Caught, d.Trigger, d.Took = true, trigger, r.at-d.Began
	d.Executions += r.executions()
}

// seen counts a scan.
func (o *Outcome) seen(stage rollout.Stage, v *visit) {
	if !v.served {
		return
	}
	o.Served++
	if !v.differs {
		return
	}
	o.WouldBeWrong++
	if stage == rollout.Complete {
		o.ServedWrong++
	}
}

func (o *Outcome) close(r *run) Outcome {
	o.Ended, o.Executions = r.at, r.executions()
	return *o
}

// reached is when the run first entered a stage.
func (o *Outcome) reached(stage rollout.Stage) (at time.Duration, ok bool) {
	for _, m := range o.Moves {
		if m.Stage == stage {
			return m.At, true
		}
	}
	return 0, false
}

// last is the stage and the condition at a time.
func (o *Outcome) last(at time.Duration) Move {
	m := o.Moves[0]
	for _, next := range o.Moves[1:] {
		if next.At > at {
			break
		}
		m = next
	}
	return m
}

// longest is how long a scan takes at most.
const longest = 2 * mostWait
