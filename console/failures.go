package console

import (
	"sync"
	"time"
)

// The bound on wrong tokens.
const (
	mostFailures  = 10          // that are answered and logged one by one within failureWindow
	failureWindow = time.Minute // then they are forgotten
)

// failures counts wrong tokens. Beyond the bound they are turned away and no
// longer logged one by one. A right one passes all the same: whoever can reach the
// port, and on one machine all come from the same address, must not be able to
// keep an operator from aborting. What keeps guessing hopeless is the length of
// the secrets.
type failures struct {
	now func() time.Time

	mu    sync.Mutex // guards what follows
	began time.Time  // of the window
	count int
}

func newFailures(now func() time.Time) *failures { return &failures{now: now} }

// add counts one and gives its number in the window.
func (f *failures) add() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.began) >= failureWindow {
		f.began, f.count = now, 0
	}
	f.count++
	return f.count
}
