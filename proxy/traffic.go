package proxy

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Why a side call was not made, or not to its end.
var (
	errInterrupted = errors.New("a client's request has come")
	errNoQuiet     = errors.New("clients keep coming")
)

// traffic knows whether anything is done for a client: a request in flight, or an
// exchange of one that the candidate still works on. Side work goes on only while
// there is nothing, and gives way at once when something comes.
type traffic struct {
	mu        sync.Mutex // guards all below
	busy      int
	quiet     chan struct{}           // closed when busy falls to 0
	interrupt context.CancelCauseFunc // of the side call under way, nil without one
}

func (t *traffic) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy == 0 {
		t.quiet = make(chan struct{})
	}
	t.busy++
	if t.interrupt != nil {
		t.interrupt(errInterrupted)
		t.interrupt = nil
	}
}

func (t *traffic) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy--; t.busy == 0 {
		close(t.quiet)
	}
}

// quietly waits until nothing is done for a client, and gives a context that ends
// when something is again. It gives up after patience. leave must be called; one
// caller at a time.
func (t *traffic) quietly(ctx context.Context, patience time.Duration) (calling context.Context, leave func(), err error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	for ctx.Err() == nil {
		t.mu.Lock()
		if t.busy == 0 {
			inside, interrupt := context.WithCancelCause(ctx)
			t.interrupt = interrupt
			t.mu.Unlock()
			return inside, func() { t.leave(interrupt) }, nil
		}
		quiet := t.quiet
		t.mu.Unlock()
		select {
		case <-quiet:
		case <-late.C:
			return nil, nil, errNoQuiet
		case <-ctx.Done():
		}
	}
	return nil, nil, ctx.Err()
}

func (t *traffic) leave(interrupt context.CancelCauseFunc) {
	t.mu.Lock()
	t.interrupt = nil
	t.mu.Unlock()
	interrupt(nil)
}
