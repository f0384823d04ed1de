package simulate

import (
	"strconv"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

// While the breaker is half-open the sidecar looks each second whether there is
// something to probe besides the mirror: what had tripped it, and, where no
// client has come for a minute, exchanges of the past.
const (
	probeEvery  = time.Second
	replayAfter = time.Minute
)

// probes does what the sidecar would do now.
func (r *run) probes() {
	if r.breaker.State() != breaker.HalfOpen {
		return
	}
	r.next[probe] = r.at + probeEvery
	for _, exchange := range r.breaker.Suspects() {
		why := r.again(exchange)
		r.breaker.Suspect(exchange, why == "", why)
		r.hear()
	}
	if len(r.flying) > 0 { // a replay, unlike a suspect, waits for a moment without clients
		return
	}
	quiet := r.at - max(r.live, r.state.Position.Since.Sub(begin))
	if r.breaker.State() == breaker.HalfOpen && quiet >= replayAfter {
		r.replay()
	}
}

// again asks about an input that tripped the breaker, and says what is wrong with
// the answer. About what the candidate is wrong it is wrong again; all else was
// bad luck.
func (r *run) again(exchange string) (why string) {
	if _, defect := r.counted.defects[exchange]; defect && !r.down() {
		return "proven wrong"
	}
	if result := r.one(); result != rollout.Clean {
		return result.String()
	}
	return ""
}

// replay is an execution of a scan of its own.
func (r *run) replay() {
	r.replays++
	r.ended++
	name := r.name + "replay-" + strconv.Itoa(r.replays)
	result := r.one()
	r.breaker.Begin(name, name).End(result, !result.Failed())
	r.hear()
}

// one is how a call goes that belongs to no scan.
func (r *run) one() rollout.Result {
	switch {
	case r.down():
		return r.whenDown()
	case chance(r.rng, r.is.bad()):
		return r.fate()
	}
	return rollout.Clean
}
