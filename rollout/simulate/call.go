package simulate

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

// How long things take. The deadline of a call is that of the sidecar.
const (
	apart    = time.Second            // between two calls of a scan
	quick    = 200 * time.Millisecond // a call that goes well, or ends in an error, at most
	tooLong  = 45 * time.Second       // a call that ends in its deadline
	overSlow = 5 * time.Second        // by which a slow call is later than Policy.Slow
	mostWait = 20 * time.Minute       // in the queue of the mirror, before it is full
	testLate = 5 * time.Second        // a self-test that nobody answers
)

// call is a question to the candidate that waits or is under way.
type call struct {
	visit  *visit
	scan   string
	number int
	result rollout.Result
	comes  time.Duration // into the queue
	starts time.Duration // a worker takes it
	ends   time.Duration
	old    *breaker.Run // it was begun before the breaker changed, if that happened
	wrong  bool         // it is the last of its scan, and the candidate is proven wrong then
}

// fly begins all calls of a scan.
func (r *run) fly(v *visit, key string, bad []fate, wrong bool) {
	results := make([]rollout.Result, v.calls) // Clean
	for _, f := range bad {
		results[f.number] = f.result
	}
	last := -1
	for i, result := range results {
		c := call{visit: v, scan: key, number: i, result: result, comes: r.at + r.pace()*time.Duration(i)}
		if !r.queue(&c) {
			v.failed++
			continue
		}
		c.old = r.breaker.Begin(key, c.exchange())
		r.flying = append(r.flying, c)
		if n := len(r.flying) - 1; last < 0 || c.ends >= r.flying[last].ends {
			last = n
		}
	}
	if last >= 0 {
		r.flying[last].wrong = wrong
	}
	r.land()
}

// queue gives a call to the worker that is free first. A call that would wait for
// too long is dropped: the queue is full.
func (r *run) queue(c *call) (taken bool) {
	worker := 0
	for i, free := range r.workers {
		if free < r.workers[worker] {
			worker = i
		}
	}
	c.starts = max(c.comes, r.workers[worker])
	if c.starts-c.comes > mostWait {
		return false
	}
	c.ends = c.starts + r.takes(c.result)
	c.visit.ends = max(c.visit.ends, c.ends)
	r.workers[worker] = c.ends
	return true
}

// land sorts what is under way by when it ends. Of two that end together the one
// that began first comes first.
func (r *run) land() {
	slices.SortStableFunc(r.flying, func(a, b call) int { return cmp.Compare(a.ends, b.ends) })
	r.next[landing] = never
	if len(r.flying) > 0 {
		r.next[landing] = r.flying[0].ends
	}
}

// landed tells the breaker of the call that ends now.
func (r *run) landed() {
	c := r.flying[0]
	r.flying = r.flying[:copy(r.flying, r.flying[1:])]
	r.next[landing] = never
	if len(r.flying) > 0 {
		r.next[landing] = r.flying[0].ends
	}
	r.tell(c)
	if c.wrong {
		r.wrong(c.exchange())
	}
}

// tell is one execution. One that was begun before the breaker changed says
// nothing to it.
func (r *run) tell(c call) {
	r.ended++
	if c.result != rollout.Clean {
		r.catchUp()
	}
	if !c.result.Failed() {
		r.success = r.at
	}
	execution := c.old
	if c.starts >= r.changed {
		execution = r.breaker.Begin(c.scan, c.exchange())
	}
	execution.End(c.result, !c.result.Failed())
	r.hear()
}

// exchange names a call. Nobody asks for the name of one that went well.
func (c *call) exchange() string {
	if c.result == rollout.Clean && !c.wrong {
		return ""
	}
	return c.scan + "/" + strconv.Itoa(c.number)
}

// strand ends each call badly that is not over: the candidate has gone down.
// Where it hangs, those that wait must wait longer.
func (r *run) strand() {
	calls := slices.Clone(r.flying)
	slices.SortStableFunc(calls, func(a, b call) int { return cmp.Compare(a.starts, b.starts) })
	r.flying = r.flying[:0]
	clear(r.workers)
	for _, c := range calls {
		if !c.result.Failed() {
			c.visit.failed++
		}
		c.result, c.comes = r.whenDown(), max(c.comes, min(c.starts, r.at))
		if !r.queue(&c) {
			continue
		}
		c.ends = max(c.ends, r.at) // it was refused while under way
		r.flying = append(r.flying, c)
	}
	r.land()
}

// busy reports whether all workers are at work at a time.
func (r *run) busy(at time.Duration) bool {
	n := 0
	for _, c := range r.flying {
		if c.starts <= at && at < c.ends {
			n++
		}
	}
	return n >= len(r.workers)
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
	return r.quick()
}

// quick is how long a call takes that goes well: never so long that calls wait
// for each other.
func (r *run) quick() time.Duration { return min(quick, r.pace()) }
