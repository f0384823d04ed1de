package worker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
)

var (
	_ http.RoundTripper = (*Pool)(nil)
	_ http.Handler      = (*Pool)(nil)
)

// Pool hands requests to a fixed number of child processes. It is both an
// http.RoundTripper and an http.Handler. Its methods may be called from any
// goroutine.
type Pool struct {
	config   Config
	launcher launcher
	first    line // of requests that somebody waits for
	later    line // of the others: they go when first is empty
	queued   atomic.Int64
	tally    *tally
	poison   *poison // nil: every network is asked about
	resident func(pid int) (int64, error)

	started   atomic.Bool
	closing   chan struct{} // closed by Close: nothing new is begun
	killing   chan struct{} // closed when Close has waited long enough
	closeOnce sync.Once
	killOnce  sync.Once
	slots     sync.WaitGroup
	ended     chan struct{} // closed when every slot and the launcher are gone
}

// New returns a pool that has not started anything yet.
func New(c Config) (*Pool, error) {
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return nil, err
	}
	p := &Pool{
		config:  c,
		first:   make(line),
		later:   make(line),
		closing: make(chan struct{}),
		killing: make(chan struct{}),
		ended:   make(chan struct{}),
		tally:   newTally(c.Workers),

		resident: resident,
	}
	if !c.Forgiving {
		p.poison = newPoison(c.Clock.Now, c.Logger)
	}
	if c.Registerer != nil {
		if err := c.Registerer.Register(newCollector(p)); err != nil {
			return nil, fmt.Errorf("register engine worker metrics: %w", err)
		}
	}
	return p, nil
}

// Start starts the workers and returns once each of them has come up or
// failed to. It is an error if none came up; the pool then keeps trying, and
// answers 503 meanwhile, until Close. A ctx that ends stops only the waiting.
func (p *Pool) Start(ctx context.Context) error {
	if !p.started.CompareAndSwap(false, true) {
		return errors.New("start engine workers: started already, or closed")
	}
	p.launcher.start(p.config.Nice)
	first := make(chan error, p.config.Workers)
	for range p.config.Workers {
		s := &slot{pool: p, firstStart: func(err error) { first <- err }}
		p.slots.Go(s.run)
	}
	go func() {
		p.slots.Wait()
		p.launcher.stop()
		close(p.ended)
	}()
	var failures []error
	for range p.config.Workers {
		select {
		case err := <-first:
			if err != nil {
				failures = append(failures, err)
			}
		case <-ctx.Done():
			return fmt.Errorf("start engine workers: %w", context.Cause(ctx))
		}
	}
	if len(failures) == p.config.Workers {
		return fmt.Errorf("start engine workers: %w", failures[0])
	}
	return nil
}

// Close ends the workers and returns when they are gone. Requests that wait
// get 503 at once; requests that a worker holds may end until ctx does, then
// their workers are killed, and the cause of ctx is returned. Closing again
// waits for the same end.
func (p *Pool) Close(ctx context.Context) error {
	p.closeOnce.Do(func() {
		close(p.closing)
		if p.started.CompareAndSwap(false, true) {
			close(p.ended)
		}
	})
	select {
	case <-p.ended:
		return nil
	case <-ctx.Done():
	}
	p.killOnce.Do(func() { close(p.killing) })
	<-p.ended
	return fmt.Errorf("close engine workers: %w", context.Cause(ctx))
}

func (p *Pool) isClosing() bool {
	select {
	case <-p.closing:
		return true
	default:
		return false
	}
}
