package simulate

import (
	"slices"
	"strconv"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

// How long things take. The deadline of a call is that of the sidecar.
const (
	apart    = time.Second            // between two calls of a scan
	quick    = 200 * time.Millisecond // a call that goes well, or ends in an error
	tooLong  = 45 * time.Second       // a call that ends in its deadline
	overSlow = 5 * time.Second        // by which a slow call is later than Policy.Slow
)

// call is one question of a scan to the candidate.
type call struct {
	number int
	result rollout.Result
	ends   time.Duration // on the virtual clock
}

// scan is one scan, from its first call to the verdict.
func (r *run) scan() {
	began := r.at
	r.scans++
	key := r.name + strconv.Itoa(r.scans)
	met := visit{began: began, calls: r.cfg.Candidate.CallsPerScan, fresh: r.network()}
	served := r.percent > 0 && rollout.InShare(r.name, key, r.percent)
	stage, trips := r.state.Position.Stage, len(r.log.Trips)
	bad := r.fates()
	met.failed = r.ask(key, bad)
	// A disagreement shows in one of the answers. If that call failed, it does not.
	shows := r.differs && !failed(bad, r.rng.IntN(met.calls))
	if shows && r.is.Provable {
		r.wrong(key)
	}
	met.differs = shows
	// A trip sends the rest of a served scan to the primary: no evidence.
	met.mixed = served && len(r.log.Trips) > trips
	met.served = served && !met.mixed
	r.log.seen(stage, served, shows)
	r.counted.visits = append(r.counted.visits, met)
}

// network says whether the scan is about another network than the one before,
// and what the candidate makes of it.
func (r *run) network() (fresh bool) {
	repeats, differs := chance(r.rng, r.cfg.Candidate.Repeats), chance(r.rng, r.is.Disagree)
	if r.met && repeats {
		return false
	}
	r.met, r.differs = true, differs
	return true
}

// behave begins a behaviour.
func (r *run) behave(b Behaviour) {
	r.is, r.met, r.calls = b, false, until(r.rng, b.bad())
}

func (r *run) down() bool { return r.outage || r.is.Down }

// fates are the calls of a scan that do not go well, by their number.
func (r *run) fates() []call {
	n := r.cfg.Candidate.CallsPerScan
	switch {
	case r.down():
		return r.all(rollout.TimedOut)
	case r.is.WholeScan:
		if r.calls > 0 {
			r.calls--
			return nil
		}
		r.calls = until(r.rng, r.is.bad())
		return r.all(r.fate())
	}
	var bad []call
	at := 0
	for r.calls < n-at {
		at += r.calls
		bad = append(bad, call{number: at, result: r.fate()})
		at++
		r.calls = until(r.rng, r.is.bad())
	}
	r.calls -= n - at
	return bad
}

func (r *run) all(result rollout.Result) []call {
	bad := make([]call, r.cfg.Candidate.CallsPerScan)
	for i := range bad {
		bad[i] = call{number: i, result: result}
	}
	return bad
}

// fate is how a call goes that does not go well.
func (r *run) fate() rollout.Result {
	switch at := r.rng.Float64() * r.is.bad(); {
	case at < r.is.ErrorRate:
		return rollout.Errored
	case at < r.is.ErrorRate+r.is.TimeoutRate:
		return rollout.TimedOut
	}
	return rollout.Slow
}

func failed(bad []call, number int) bool {
	return slices.ContainsFunc(bad, func(c call) bool { return c.number == number && c.result.Failed() })
}

// ask tells the breaker of each call in the order in which they end, and gives
// how many failed.
func (r *run) ask(key string, bad []call) (failures int) {
	n := r.cfg.Candidate.CallsPerScan
	if len(bad) == 0 && r.breaker.State() == breaker.Closed && !r.cfg.plain {
		r.quiet.add(scanOf{key, r.at, n})
		r.log.Executions += n
		r.at += r.lasts(n)
		return 0
	}
	r.flush()
	for _, c := range r.inOrder(bad) {
		r.at = max(r.at, c.ends)
		r.log.Executions++
		r.breaker.Begin(key, key+"/"+strconv.Itoa(c.number)).End(c.result, c.result != rollout.TimedOut && c.result != rollout.Errored)
		r.hear()
		if c.result.Failed() {
			failures++
		}
	}
	return failures
}

// inOrder are all calls of a scan that begins now, by their end.
func (r *run) inOrder(bad []call) []call {
	calls := make([]call, r.cfg.Candidate.CallsPerScan)
	for i := range calls {
		calls[i].number = i
	}
	for _, c := range bad {
		calls[c.number] = c
	}
	for i := range calls {
		calls[i].ends = r.at + r.pace()*time.Duration(i) + r.takes(calls[i].result)
	}
	slices.SortStableFunc(calls, func(a, b call) int { return int(a.ends - b.ends) })
	return calls
}

// pace is the time between two calls: less where the scans come so quickly that
// they would run into each other.
func (r *run) pace() time.Duration {
	return min(apart, r.gap/time.Duration(2*r.cfg.Candidate.CallsPerScan))
}

func (r *run) takes(result rollout.Result) time.Duration {
	switch result {
	case rollout.Slow:
		return r.cfg.Policy.Slow + overSlow
	case rollout.TimedOut:
		return max(tooLong, r.cfg.Policy.Slow+2*overSlow)
	}
	return quick
}

// lasts is how long a scan takes that goes well.
func (r *run) lasts(calls int) time.Duration { return r.pace()*time.Duration(calls-1) + quick }

// wrong is a verdict that the candidate is wrong, with proof: it opens a
// disagreement, and the breaker hears of it.
func (r *run) wrong(exchange string) {
	closes := never
	if after := r.cfg.Candidate.CloseAfter; after > 0 {
		closes = r.at + after
	}
	r.counted.open = append(r.counted.open, closes)
	r.counted.defects = append(r.counted.defects, exchange)
	r.flush()
	r.breaker.Wrong(exchange, "the candidate is proven wrong")
	r.hear()
}
