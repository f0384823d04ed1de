package simulate

import (
	"cmp"
	"slices"
	"time"

	"understudy/rollout"
)

// Report is what all runs come to. Shares are 0 to 1.
type Report struct {
	Config Config        `json:"config"`
	Stages []StageReport `json:"stages"` // shadow to complete
	Ends   []End         `json:"ends"`   // the most frequent one first
	Trips  TripReport    `json:"trips"`

	Stopped   float64 `json:"stopped"`   // share of runs that ended so
	Aborted   float64 `json:"aborted"`   // the same
	Demotions float64 `json:"demotions"` // a run, on average

	Served       float64 `json:"served_scans"`         // a run, on average
	WouldBeWrong float64 `json:"would_be_wrong_scans"` // of them, those in which the candidate disagreed
	ServedWrong  float64 `json:"served_wrong_scans"`   // and those in which such an answer reached a client
	Executions   int     `json:"executions"`           // of all runs

	Fault   *CaughtReport `json:"fault"`   // nil: none is described
	Outages *CaughtReport `json:"outages"` // the same; those that began with a closed breaker

	outcomes []Outcome
}

// StageReport says when runs come to a stage.
type StageReport struct {
	Stage   rollout.Stage `json:"stage"`
	Reached float64       `json:"reached"` // share of runs
	// Days until it was entered for the first time, over all runs: null where too
	// few of them did within the time.
	Days Spread `json:"days"`
}

// End is how runs end.
type End struct {
	Stage     rollout.Stage     `json:"stage"`
	Condition rollout.Condition `json:"condition"`
	Runs      float64           `json:"runs"` // share
}

// TripReport counts trips.
type TripReport struct {
	PerMonth float64        `json:"per_30_days"` // of the time until runs end
	ByChance float64        `json:"by_chance_per_30_days"`
	Runs     float64        `json:"runs"` // share of runs with one or more
	Triggers map[string]int `json:"triggers"`
}

// CaughtReport says how quickly the breaker tripped after something had gone
// wrong.
type CaughtReport struct {
	Began      int            `json:"began"`
	Caught     float64        `json:"caught"`     // share of them
	Within60   float64        `json:"within_60"`  // share of them that was caught within 60 executions
	Executions Spread         `json:"executions"` // until the trip, over all of them
	Seconds    Spread         `json:"seconds"`    // the same
	Triggers   map[string]int `json:"triggers"`
}

func newReport(c Config, outcomes []Outcome) *Report {
	r := &Report{Config: c, outcomes: outcomes}
	for _, stage := range rollout.Stages()[rollout.Shadow:] {
		r.Stages = append(r.Stages, r.stageReport(stage))
	}
	n := float64(len(outcomes))
	for i := range outcomes {
		o := &outcomes[i]
		r.Stopped += float64(o.Stops) / n
		r.Aborted += float64(o.Aborts) / n
		r.Demotions += float64(o.Demotions) / n
		r.Served += float64(o.Served) / n
		r.WouldBeWrong += float64(o.WouldBeWrong) / n
		r.ServedWrong += float64(o.ServedWrong) / n
		r.Executions += o.Executions
	}
	r.countEnds()
	r.countTrips()
	if c.Candidate.Fault != nil {
		var list []Detection
		for _, o := range outcomes {
			if o.Fault != nil {
				list = append(list, *o.Fault)
			}
		}
		r.Fault = caught(list)
	}
	if c.Candidate.Outage.For > 0 {
		var list []Detection
		for _, o := range outcomes {
			list = append(list, o.Outages...)
		}
		r.Outages = caught(list)
	}
	return r
}

// Stage is the report of a stage.
func (r *Report) Stage(s rollout.Stage) StageReport { return r.Stages[s-rollout.Shadow] }

// ReachedWithin is the share of runs that came to a stage in less than a time.
func (r *Report) ReachedWithin(stage rollout.Stage, within time.Duration) float64 {
	n := 0
	for i := range r.outcomes {
		if at, ok := r.outcomes[i].reached(stage); ok && at < within {
			n++
		}
	}
	return float64(n) / float64(len(r.outcomes))
}

func (r *Report) stageReport(stage rollout.Stage) StageReport {
	days := make([]float64, 0, len(r.outcomes))
	n := 0
	for i := range r.outcomes {
		at, ok := r.outcomes[i].reached(stage)
		if !ok {
			days = append(days, inf)
			continue
		}
		n++
		days = append(days, at.Hours()/24)
	}
	return StageReport{Stage: stage, Reached: float64(n) / float64(len(r.outcomes)), Days: spread(days)}
}

func (r *Report) countEnds() {
	counts := map[End]int{}
	for i := range r.outcomes {
		last := r.outcomes[i].Moves[len(r.outcomes[i].Moves)-1]
		counts[End{Stage: last.Stage, Condition: last.Condition}]++
	}
	for end, n := range counts {
		end.Runs = float64(n) / float64(len(r.outcomes))
		r.Ends = append(r.Ends, end)
	}
	slices.SortFunc(r.Ends, func(a, b End) int {
		return cmp.Or(cmp.Compare(b.Runs, a.Runs), cmp.Compare(b.Stage, a.Stage), cmp.Compare(a.Condition, b.Condition))
	})
}

func (r *Report) countTrips() {
	r.Trips.Triggers = map[string]int{}
	var months float64
	all, byChance, runs := 0, 0, 0
	for i := range r.outcomes {
		o := &r.outcomes[i]
		months += o.Ended.Hours() / (30 * 24)
		if len(o.Trips) > 0 {
			runs++
		}
		for _, t := range o.Trips {
			all++
			if t.ByChance {
				byChance++
			}
			r.Trips.Triggers[t.Trigger]++
		}
	}
	r.Trips.PerMonth, r.Trips.ByChance = float64(all)/months, float64(byChance)/months
	r.Trips.Runs = float64(runs) / float64(len(r.outcomes))
}

func caught(list []Detection) *CaughtReport {
	c := &CaughtReport{Began: len(list), Triggers: map[string]int{}}
	executions, seconds := make([]float64, 0, len(list)), make([]float64, 0, len(list))
	n, within := 0, 0
	for _, d := range list {
		if !d.Caught {
			executions, seconds = append(executions, inf), append(seconds, inf)
			continue
		}
		n++
		if d.Executions <= 60 {
			within++
		}
		executions, seconds = append(executions, float64(d.Executions)), append(seconds, d.Took.Seconds())
		c.Triggers[d.Trigger]++
	}
	if len(list) > 0 {
		c.Caught, c.Within60 = float64(n)/float64(len(list)), float64(within)/float64(len(list))
	}
	c.Executions, c.Seconds = spread(executions), spread(seconds)
	return c
}
