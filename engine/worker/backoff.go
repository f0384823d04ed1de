package worker

import "time"

// Backoff between the deaths of one slot's workers.
const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// healthyAfter is how long a worker has to live for its death to count
	// as the first.
	healthyAfter = time.Minute
)

// backsOff reports whether the next worker waits after an end for this reason:
// what may come again at once. The other ends take time or a caller.
func backsOff(r Reason) bool {
	return r == ReasonCrash || r == ReasonMemory || r == ReasonAnswer
}

// backoff is 100 ms, doubled with each death in a row before this one, at most
// 30 s.
func backoff(deaths int) time.Duration {
	if deaths >= 9 { // 100 ms << 9 is above 30 s
		return maxBackoff
	}
	return min(maxBackoff, firstBackoff<<deaths)
}

// pause waits for the backoff.
func (s *slot) pause() {
	d := backoff(s.deaths)
	s.deaths++
	s.pool.tally.backoff(s, d)
	defer s.pool.tally.backoff(s, 0)
	select {
	case <-s.pool.config.Clock.After(d):
	case <-s.pool.closing:
	}
}
