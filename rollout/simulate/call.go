package simulate

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"understudy/rollout"
)

// How long things take. The deadline of a call is that of the sidecar.
const (
	apart    = time.Second            // between two calls of a scan
	quick    = 200 * time.Millisecond // a call that goes well, or ends in an error
	tooLong  = 45 * time.Second       // a call that ends in its deadline
	overSlow = 5 * time.Second        // by which a slow call is later than Policy.Slow
)

// call is a question to the candidate that is under way.
type call struct {
	visit  *visit
	scan   string
	number int
	result rollout.Result
	ends   time.Duration
	wrong  bool // it is the last of its scan, and the candidate is proven wrong then
}

// fly begins all calls of a scan.
func (r *run) fly(v *visit, key string, bad []fate, wrong bool) {
	results := make([]rollout.Result, v.calls) // Clean
	for _, f := range bad {
		results[f.number] = f.result
	}
	from := len(r.flying)
	for i, result := range results {
		ends := r.at + r.pace()*time.Duration(i) + r.takes(result)
		v.ends = max(v.ends, ends)
		r.flying = append(r.flying, call{visit: v, scan: key, number: i, result: result, ends: ends})
	}
	last := from
	for i := from; i < len(r.flying); i++ {
		if r.flying[i].ends >= r.flying[last].ends {
			last = i
		}
	}
	r.flying[last].wrong = wrong
	r.land()
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
		r.wrong(exchange(c.scan, c.number))
	}
}

// tell is one execution.
func (r *run) tell(c call) {
	r.ended++
	name := ""
	if c.result != rollout.Clean {
		r.catchUp()
		name = exchange(c.scan, c.number)
	}
	if !c.result.Failed() {
		r.success = r.at
	}
	r.breaker.Begin(c.scan, name).End(c.result, !c.result.Failed())
	r.hear()
}

func exchange(scan string, number int) string { return scan + "/" + strconv.Itoa(number) }

// strand makes a timeout of each call that is under way: the candidate has
// stopped answering.
func (r *run) strand() {
	for i := range r.flying {
		c := &r.flying[i]
		if c.result.Failed() {
			continue
		}
		c.ends += r.takes(rollout.TimedOut) - r.takes(c.result)
		c.result = rollout.TimedOut
		c.visit.failed++
		c.visit.ends = max(c.visit.ends, c.ends)
	}
	r.land()
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
