package simulate

import (
	"time"
)

// planOutage draws the outage of the period that begins at a time.
func (r *run) planOutage(period time.Duration) {
	outage := r.cfg.Candidate.Outage
	if outage.For == 0 {
		return
	}
	r.counted.period = period
	r.next[edge] = period + time.Duration(r.rng.Float64()*float64(outage.Every-outage.For))
}

// turn is the beginning or the end of an outage.
func (r *run) turn() {
	outage := r.cfg.Candidate.Outage
	if r.outage {
		r.outage = false
		r.planOutage(r.counted.period + outage.Every)
		return
	}
	r.outage = true
	r.next[edge] = r.at + outage.For
	r.goDown()
	if r.breaker.Closed() {
		r.log.Outages = append(r.log.Outages, r.detection())
	}
}

// breakDown is the beginning of the fault.
func (r *run) breakDown() {
	r.faulty = true
	r.behave(r.cfg.Candidate.Fault.Behaviour)
	if r.is.Down {
		r.goDown()
	}
	fault := r.detection()
	r.log.Fault = &fault
}

// goDown begins to play self-tests, and ends what is under way.
func (r *run) goDown() {
	r.catchUp()
	r.strand()
	if r.next[selfTest] == never {
		r.next[selfTest] = r.lastTest() + r.cfg.Policy.SelfTestEvery
	}
	r.watch()
}

// catchUp shows the breaker what went well and was not played, before something
// happens that does not: the clean executions, and the last self-test.
func (r *run) catchUp() {
	r.flush()
	now, last := r.at, r.lastTest()
	if last <= r.success || r.next[selfTest] != never { // they are being played
		return
	}
	r.at, r.success = last, last
	r.breaker.SelfTest(true)
	r.counted.played++
	r.at = now
}

// lastTest is when the last self-test was; below 0: there was none.
func (r *run) lastTest() time.Duration {
	every := r.cfg.Policy.SelfTestEvery
	return r.counted.phase + time.Duration(r.tests(r.at)-1)*every
}

// tests is how many self-tests there were until a time.
func (r *run) tests(at time.Duration) int {
	if at < r.counted.phase {
		return 0
	}
	return int((at-r.counted.phase)/r.cfg.Policy.SelfTestEvery) + 1
}

// testItself plays a self-test. One that is passed after those that were not is
// the last that must be played.
func (r *run) testItself() {
	if !r.cfg.plain {
		r.flush()
	}
	r.counted.played++
	switch {
	case !r.down():
		r.success = r.at
		r.breaker.SelfTest(true)
	case !r.cfg.Candidate.Hangs:
		r.breaker.SelfTest(false)
	default:
		r.next[testEnds] = r.at + testLate
	}
	r.hear()
	if r.down() || r.cfg.plain {
		r.next[selfTest] = r.at + r.cfg.Policy.SelfTestEvery
	}
	r.watch()
}

// testEnded is the end of a self-test that nobody has answered. Where all workers
// are busy it was not even asked: then their calls count, and it does not.
func (r *run) testEnded() {
	if r.busy(r.at) {
		return
	}
	r.breaker.SelfTest(false)
	r.hear()
	r.watch()
}

// watch sets the exact timer. A candidate that is up passes its self-tests in
// time.
func (r *run) watch() {
	r.next[deadline] = never
	if at := r.breaker.Deadline(); r.down() && !at.IsZero() {
		r.next[deadline] = max(r.at, at.Sub(begin))
	}
}

func (r *run) expire() {
	r.catchUp()
	r.breaker.Expire()
	r.hear()
}
