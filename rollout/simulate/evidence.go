package simulate

import (
	"strconv"
	"time"

	"understudy/rollout"
)

// visit is a scan as the store would hold it.
type visit struct {
	began, ends   time.Duration
	calls, failed int
	fresh         bool // a case of it is new
	differs       bool
	served        bool
	mixed         bool // a trip came between: no evidence
	unseen        bool // the primary was not asked
}

// counted is what the store would hold in life.
type counted struct {
	visits  []*visit            // not counted yet
	open    []time.Duration     // when each open disagreement is closed in which the candidate is wrong
	defects map[string]struct{} // exchanges it is wrong about
	varied  int                 // networks that were due
	phase   time.Duration       // of the self-tests
	tested  int                 // self-tests counted so far
	played  int                 // those since then that were played: the breaker counts them
	period  time.Duration       // of the outage that comes or is
}

// measure is a tick: what the controller gathers, and one step.
func (r *run) measure() {
	entry := r.breaker.Drain()
	quietly := r.endedQuietly()
	entry.Executions += quietly - r.quiet.told
	entry.Completed += quietly - r.quiet.told
	r.quiet.told = quietly
	tests := r.tests(r.at)
	passed := tests - r.counted.tested - r.counted.played
	entry.SelfTests += passed
	entry.SelfTestsPassed += passed
	r.counted.tested, r.counted.played = tests, 0

	measured := r.gather(entry)
	measured.Variations = r.vary()
	measured.OpenWrong = r.stillOpen()
	well := rollout.Health{Flags: true, Store: true, Candidate: !r.down()}
	elapsed := r.at - r.ticked
	r.ticked = r.at
	if err := r.step(rollout.Tick{Elapsed: elapsed, Monotonic: elapsed, Health: well, Measured: measured}); err != nil {
		panic(err) // only people are refused
	}
	// The machine is asked when a cooldown ends too, and not a tick later.
	if next := r.state.Position.Next(); !next.IsZero() {
		r.next[tick] = min(r.next[tick], max(r.at, next.Sub(begin)))
	}
}

// gather counts the scans that are old enough, each once.
func (r *run) gather(entry rollout.Entry) rollout.Measured {
	until := r.at - r.cfg.Policy.EvidenceDelay
	in := rollout.Measured{Until: begin.Add(until), Entry: entry}
	entered := r.state.Position.Entered.Sub(begin)
	n := 0
	for _, v := range r.counted.visits {
		if v.began > until {
			break
		}
		n++
		if v.unseen {
			continue
		}
		since := v.began >= entered
		if since {
			in.Entry.Eligible += v.calls
			in.Entry.Compared += v.calls - v.failed
		}
		if v.mixed || v.failed == v.calls { // no evidence, or nothing was compared
			continue
		}
		one := rollout.Count{Scans: 1}
		if v.differs {
			one.Disagree = 1
		}
		if v.fresh {
			in.Mirror = in.Mirror.Plus(one)
			if since {
				in.Entry.Mirror = in.Entry.Mirror.Plus(one)
			}
		}
		if v.served {
			in.Served = in.Served.Plus(one)
		}
	}
	r.counted.visits = r.counted.visits[:copy(r.counted.visits, r.counted.visits[n:])]
	return in
}

// vary asks about the varied networks that were due since the last tick. A
// candidate that is down is asked and does not answer: nothing is compared.
func (r *run) vary() (disagree []bool) {
	due := int(float64(r.cfg.Candidate.VariationsPerHour) * r.at.Hours())
	for ; r.counted.varied < due; r.counted.varied++ {
		if r.down() || !r.met {
			continue
		}
		differs := chance(r.varied, r.is.Disagree)
		if differs && r.is.Provable {
			r.wrong(r.name + "variation-" + strconv.Itoa(r.counted.varied))
		}
		disagree = append(disagree, differs)
	}
	return disagree
}

// stillOpen is how many disagreements are open now in which the candidate is
// wrong. They are closed in the order in which they were opened.
func (r *run) stillOpen() int {
	for len(r.counted.open) > 0 && r.counted.open[0] <= r.at {
		r.counted.open = r.counted.open[1:]
	}
	return len(r.counted.open)
}
