package simulate

import (
	"slices"
	"strconv"
	"time"

	"understudy/rollout"
)

// scan is one scan: what becomes of each of its calls is drawn as it begins, and
// happens in its time.
func (r *run) scan() {
	n := r.cfg.Candidate.CallsPerScan
	r.scans++
	r.live = r.at + r.pace()*time.Duration(n-1)
	key := r.name + strconv.Itoa(r.scans)
	v := &visit{began: r.at, calls: n, fresh: r.network()}
	v.served = r.percent > 0 && rollout.InShare(r.name, key, r.percent)
	bad := r.fates()
	for _, c := range bad {
		if c.result.Failed() {
			v.failed++
		}
	}
	// A disagreement shows in one of the answers. If that call failed, it does not.
	v.differs = r.differs && !failed(bad, r.rng.IntN(n))
	alone := v.served && r.state.Position.Stage == rollout.Complete
	v.unseen = alone && !rollout.InShare(r.name+"reverse/", key, 100*r.cfg.Candidate.ReverseShadow)
	wrong := v.differs && r.is.Provable && !v.unseen
	r.log.seen(r.state.Position.Stage, v)
	r.counted.visits = append(r.counted.visits, v)
	if len(bad) == 0 && !wrong && r.calm() {
		v.ends = r.at + r.pace()*time.Duration(n-1) + r.quick()
		r.quiet.add(scanOf{v, key})
		return
	}
	r.flush()
	r.fly(v, key, bad, wrong)
}

// network says whether the scan is about another network than the one before,
// and settles what the candidate makes of it.
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

// whenDown is how the calls of a candidate end that is down.
func (r *run) whenDown() rollout.Result {
	if r.cfg.Candidate.Hangs {
		return rollout.TimedOut
	}
	return rollout.Errored
}

// fate is what becomes of a call, by its number in the scan.
type fate struct {
	number int
	result rollout.Result
}

// fates are those of the calls of a scan that do not go well.
func (r *run) fates() []fate {
	n := r.cfg.Candidate.CallsPerScan
	switch {
	case r.down():
		return r.all(r.whenDown())
	case r.is.WholeScan:
		if r.calls > 0 {
			r.calls--
			return nil
		}
		r.calls = until(r.rng, r.is.bad())
		return r.all(r.fate())
	}
	var bad []fate
	at := 0
	for r.calls < n-at {
		at += r.calls
		bad = append(bad, fate{at, r.fate()})
		at++
		r.calls = until(r.rng, r.is.bad())
	}
	r.calls -= n - at
	return bad
}

func (r *run) all(result rollout.Result) []fate {
	bad := make([]fate, r.cfg.Candidate.CallsPerScan)
	for i := range bad {
		bad[i] = fate{i, result}
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

func failed(bad []fate, number int) bool {
	return slices.ContainsFunc(bad, func(f fate) bool { return f.number == number && f.result.Failed() })
}

// wrong is a verdict that the candidate is wrong, with proof: it opens a
// disagreement, and the breaker hears of it.
func (r *run) wrong(exchange string) {
	closes := never
	if after := r.cfg.Candidate.CloseAfter; after > 0 {
		closes = r.at + after
	}
	r.counted.open = append(r.counted.open, closes)
	r.counted.defects[exchange] = struct{}{}
	r.catchUp()
	r.breaker.Wrong(exchange, "the candidate is proven wrong")
	r.hear()
}
