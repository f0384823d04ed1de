package simulate

import (
	"time"

	"understudy/rollout"
)

// enough is how many executions the longest window of the triggers looks at.
// After as many clean ones nothing of what came before is left in any window.
const enough = 180

// scanOf is a scan all of whose calls go well.
type scanOf struct {
	visit *visit
	key   string
}

// quiet are the clean executions that the closed breaker has not been shown.
//
// A clean execution changes nothing but what the windows hold, and the windows
// are read when an execution is not clean. So it is enough to show, before that,
// the last ones that a window can hold, in order and with the clock set to their
// times. The rest is counted. That all results are the same is tested.
type quiet struct {
	scans []scanOf
	calls int // of scans
	left  int // executions that were never shown, those of scans among them
	told  int // of left that a tick has counted
}

// calm reports whether the executions of a scan that goes well are of no
// consequence.
func (r *run) calm() bool {
	return !r.cfg.plain && len(r.flying) == 0 && r.breaker.Closed()
}

func (q *quiet) add(s scanOf) {
	q.scans = append(q.scans, s)
	q.calls += s.visit.calls
	q.left += s.visit.calls
	if len(q.scans) < 4*enough { // moving them costs more than keeping a few
		return
	}
	drop := 0
	for q.calls-q.scans[drop].visit.calls >= enough {
		q.calls -= q.scans[drop].visit.calls
		drop++
	}
	q.scans = q.scans[:copy(q.scans, q.scans[drop:])]
}

// forget leaves out those that would fill windows that are emptied.
func (q *quiet) forget() { q.scans, q.calls = q.scans[:0], 0 }

// ended are those of left that have ended by now.
func (r *run) endedQuietly() int {
	q := &r.quiet
	ended := q.left
	for i := len(q.scans) - 1; i >= 0 && q.scans[i].visit.ends > r.at; i-- {
		for number := range q.scans[i].visit.calls {
			if r.endOf(q.scans[i], number) > r.at {
				ended--
			}
		}
	}
	return ended
}

func (r *run) endOf(s scanOf, number int) time.Duration {
	return s.visit.began + r.pace()*time.Duration(number) + r.quick()
}

// flush shows the breaker what it must know of before something happens that is
// not clean. Calls that have not ended by now are under way.
func (r *run) flush() {
	q, now := &r.quiet, r.at
	if len(q.scans) == 0 {
		return
	}
	for _, s := range q.scans {
		if q.calls -= s.visit.calls; q.calls >= enough {
			continue
		}
		q.left -= s.visit.calls
		for number := range s.visit.calls {
			c := call{visit: s.visit, scan: s.key, number: number, result: rollout.Clean, ends: r.endOf(s, number)}
			c.starts = c.ends - r.quick()
			c.comes = c.starts
			if c.ends <= now {
				r.at = c.ends
				r.tell(c)
				continue
			}
			r.queue(&c)
			c.old = r.breaker.Begin(c.scan, "")
			r.flying = append(r.flying, c)
		}
	}
	r.at = now
	q.forget()
	r.land()
}
