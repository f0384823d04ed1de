package simulate

import (
	"time"

	"understudy/rollout"
)

// enough is how many executions the longest window of the triggers looks at.
// After as many clean ones nothing of what came before is left in any window.
const enough = 180

// scanOf is a scan all of whose calls went well.
type scanOf struct {
	key   string
	began time.Duration
	calls int
}

// quiet are the clean executions that the closed breaker has not been shown yet.
//
// A clean execution changes nothing but what the windows hold, and the windows
// are read when an execution is not clean. So it is enough to show, before that,
// the last ones that a window can hold, in order and with the clock set to their
// times. The rest is counted. That all results are the same is tested.
type quiet struct {
	scans []scanOf
	calls int // of scans
	// counted are clean executions that the breaker has not counted, less those
	// shown to it after they were counted here.
	counted int
}

func (q *quiet) add(s scanOf) {
	q.scans = append(q.scans, s)
	q.calls += s.calls
	q.counted += s.calls
	if len(q.scans) < 4*enough { // let a few pile up: moving them costs more than keeping them
		return
	}
	drop := 0
	for q.calls-q.scans[drop].calls >= enough {
		q.calls -= q.scans[drop].calls
		drop++
	}
	q.scans = q.scans[:copy(q.scans, q.scans[drop:])]
}

// forget leaves out those that would only fill windows that are emptied.
func (q *quiet) forget() { q.scans, q.calls = q.scans[:0], 0 }

// flush shows the breaker what it must know of before an execution that is not
// clean.
func (r *run) flush() {
	q := &r.quiet
	now := r.at
	for _, s := range q.scans {
		if q.calls -= s.calls; q.calls >= enough {
			continue
		}
		for i := range s.calls {
			r.at = s.began + r.pace()*time.Duration(i) + quick
			r.breaker.Begin(s.key, "").End(rollout.Clean, true)
		}
		q.counted -= s.calls
	}
	r.at = now
	q.forget()
}
