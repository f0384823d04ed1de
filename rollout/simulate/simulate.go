package simulate

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"understudy/rollout"
)

// Config says what is played, and how often.
type Config struct {
	Policy    rollout.Policy `json:"policy"`
	Candidate Candidate      `json:"candidate"`
	Days      int            `json:"days"` // of virtual time, 1 to 3650
	Runs      int            `json:"runs"` // 1 to 1,000,000
	Seed      uint64         `json:"seed"` // the same seed gives the same report
	// ApproveAfter is how long a person takes to approve where a gate waits for
	// that; 0: nobody does, and full is the end.
	ApproveAfter time.Duration `json:"approve_after"`

	// plain shows each clean execution to the breaker, also those that no later
	// decision can depend on. It is there to prove that they make no difference.
	plain bool
}

const day = 24 * time.Hour

// Validate names the first field that is out of its range, and the range.
func (c Config) Validate() error {
	switch {
	case c.Days < 1 || c.Days > 3650:
		return fmt.Errorf("simulate: days is %d, allowed is 1 to 3650", c.Days)
	case c.Runs < 1 || c.Runs > 1_000_000:
		return fmt.Errorf("simulate: runs is %d, allowed is 1 to 1000000", c.Runs)
	case c.ApproveAfter < 0:
		return fmt.Errorf("simulate: approve_after is %s, allowed is 0s or more", c.ApproveAfter)
	}
	if err := c.Policy.Validate(); err != nil {
		return err
	}
	return c.Candidate.Validate()
}

// Run plays all runs, on as many cores as there are, and sums them up. done is
// told each time how many are over; it may be called from several goroutines at
// once, nil: nobody is told. A context that ends gives its error.
func Run(ctx context.Context, c Config, done func(runs int)) (*Report, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if done == nil {
		done = func(int) {}
	}
	outcomes := make([]Outcome, c.Runs)
	var taken, ended atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), c.Runs) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(taken.Add(1)) - 1
				if i >= c.Runs {
					return
				}
				outcomes[i] = newRun(&c, i).play(ctx)
				done(int(ended.Add(1)))
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return newReport(c, outcomes), nil
}
