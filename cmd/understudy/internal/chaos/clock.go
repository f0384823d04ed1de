package chaos

import (
	"context"
	"sync/atomic"
	"time"
)

// jumps are how far the clock is off, in turns.
var jumps = []time.Duration{
	time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour, time.Second, -time.Second, 0, 365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour, 45 * time.Second,
}

// clockFaults needs a sidecar in this process: no other clock can be moved.
func clockFaults() []Fault {
	return inBoth(Fault{
		Name: "clock jumping", Why: "a wait that never ends, a scan that is over at once",
		Prepare: func(ctx context.Context, t *Target) error {
			// No process is started: it would be the one of the test.
			t.Use("--no-arbiter")
			t.offset = new(atomic.Int64)
			t.Now = func() time.Time {
				// Round: without its monotonic part, as a clock that was set shows it.
				return time.Now().Round(0).Add(time.Duration(t.offset.Load()))
			}
			return rightAnswers(ctx, t)
		},
		Start: func(ctx context.Context, t *Target) (func(), error) {
			t.struck.Store(0) // questions to the candidate are no jumps
			n := 0
			return every(ctx, 15*time.Millisecond, func() {
				t.offset.Store(int64(jumps[n%len(jumps)]))
				t.Struck()
				n++
			}), nil
		},
	})
}
