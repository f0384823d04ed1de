package control

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"understudy/rollout"
)

// Controller is the one that steps a rollout. Its methods are safe for
// concurrent use.
type Controller struct {
	cfg     Config
	started time.Time
	metrics *metrics
	view    atomic.Pointer[view]

	commands chan *pending
	flags    chan struct{} // holds a token when the flags may have changed
	closing  chan context.Context
	done     chan struct{} // closed when the goroutine has ended
	working  sync.WaitGroup
	ctx      context.Context // of measuring; ends with the controller
	cancel   context.CancelFunc

	// What follows belongs to the goroutine.
	state   rollout.State
	journal journal
	ticking ticking
	steered steering
	inForce bool // between the ends of Start and of Close: ticks are stepped
}

// Start loads the rollout, or begins one, tells it what has changed since it was
// saved, and goes on. What it can't read it leaves alone, and answers with an
// error.
func Start(ctx context.Context, cfg Config) (*Controller, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	c := &Controller{
		cfg: cfg, commands: make(chan *pending), flags: make(chan struct{}, 1),
		closing: make(chan context.Context, 1), done: make(chan struct{}),
	}
	c.started, c.journal, c.ticking = c.now(), newJournal(), newTicking(cfg)
	c.metrics = newMetrics(c)
	if err := c.load(ctx); err != nil {
		return nil, fmt.Errorf("start rollout controller: %w", err)
	}
	c.inForce = true
	c.publish()
	if cfg.Registerer != nil {
		if err := c.metrics.register(cfg.Registerer); err != nil {
			return nil, fmt.Errorf("start rollout controller: register metrics: %w", err)
		}
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	go c.run()
	return c, nil
}

// load brings the state to where it was, and up to date: a release since then
// must not be served for a moment with the evidence of another one.
func (c *Controller) load(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	saved, err := c.cfg.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	settings, source, _ := c.cfg.Flags()
	versions := c.versions(ctx)
	if saved.Version == 0 && len(saved.State) == 0 {
		state, effects := c.cfg.Policy.Begin(settings, versions, c.now())
		c.accept(&pending{}, state, effects)
	} else {
		if c.state, err = decode(saved.State); err != nil {
			return err
		}
		c.journal.stored = saved
		position := c.state.Position
		c.cfg.Logger.Info("rollout goes on", "stage", position.Stage, "condition", position.Condition, "since", position.Since, "soak", c.state.Progress.Soak)
	}
	for _, event := range []rollout.Event{rollout.Released{Versions: versions}, rollout.Flagged{Settings: settings, Source: source}, rollout.Fixed{Stage: c.cfg.Fixed}} {
		c.take(&pending{event: event})
	}
	c.settle(ctx)
	return nil
}

// settle saves what there is, once, and returns when no save is under way.
func (c *Controller) settle(ctx context.Context) {
	for c.flush(); c.journal.saving != nil; c.flush() {
		select {
		case outcome := <-c.journal.outcomes:
			c.finish(outcome)
		case <-ctx.Done():
			return
		}
	}
}

func (c *Controller) run() {
	defer close(c.done)
	defer c.ticking.stop()
	c.beginTick() // health is not known before
	c.arm()
	for {
		select {
		case event := <-c.cfg.Inbox.events:
			c.take(&pending{event: event})
		case p := <-c.commands:
			c.command(p)
		case <-c.flags:
			c.takeFlags()
		case <-c.ticking.ticks:
			c.beginTick()
		case g := <-c.ticking.gathered:
			c.ticking.ready = &g
		case <-c.ticking.timer.C:
			c.ticking.overdue = true
		case outcome := <-c.journal.outcomes:
			c.finish(outcome)
		case ctx := <-c.closing:
			c.end(ctx)
			return
		}
		c.takeInbox()
		c.flush()
		c.publish()
		c.arm()
	}
}

// takeInbox takes up all that the breaker has said by now.
func (c *Controller) takeInbox() {
	for {
		select {
		case event := <-c.cfg.Inbox.events:
			c.take(&pending{event: event})
		default:
			return
		}
	}
}

// Position is the position that is in force. It is one atomic load. Nobody may
// write to what it points at.
func (c *Controller) Position() rollout.Position { return c.view.Load().state.Position }

// FlagsChanged says that the flags may have changed. It does not block.
func (c *Controller) FlagsChanged() {
	select {
	case c.flags <- struct{}{}:
	default:
	}
}

// Do does what a person asks for, and returns once that is saved. The error is a
// *rollout.Refusal, ErrUnsaved, ErrNotDone, ErrClosed or that of ctx; when ctx
// ends it may still be done.
func (c *Controller) Do(ctx context.Context, event rollout.Event) (Status, error) {
	switch event.(type) {
	case rollout.Promote, rollout.Hold, rollout.Resume, rollout.Abort, rollout.Reset, rollout.SetOverride,
		rollout.ClearOverride, rollout.CarryOver, rollout.Reported:
	default:
		return c.Status(), fmt.Errorf("%T is nothing that a person may ask for", event)
	}
	reply := make(chan error, 1)
	select {
	case c.commands <- &pending{event: event, reply: reply}:
	case <-c.done:
		return c.Status(), ErrClosed
	case <-ctx.Done():
		return c.Status(), ctx.Err()
	}
	select {
	case err := <-reply: // always comes, at the end of the controller too
		return c.Status(), err
	case <-ctx.Done():
		return c.Status(), ctx.Err()
	}
}

// Close saves what is not saved yet, as long as ctx lasts, and ends.
func (c *Controller) Close(ctx context.Context) error {
	select {
	case c.closing <- ctx:
	case <-c.done:
	}
	<-c.done
	c.cancel()
	idle := make(chan struct{})
	go func() {
		c.working.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	if n := c.view.Load().unsaved; n > 0 {
		return fmt.Errorf("close rollout controller: %d changes are in force and not saved: %w", n, cmp.Or(c.journal.failing, ctx.Err()))
	}
	return nil
}

// end is the last that the goroutine does.
func (c *Controller) end(ctx context.Context) {
	c.cancel()
	c.inForce = false // no tick any more: nothing is to be promoted on the way out
	c.takeInbox()
	c.journal.dirty = c.journal.dirty || len(c.journal.unsaved) > 0
	c.settle(ctx)
	for _, p := range c.journal.waiting {
		c.journal.answer(p, ErrClosed)
	}
	for _, p := range c.journal.unsaved {
		c.journal.answer(p, fmt.Errorf("%w: %w", ErrUnsaved, ErrClosed))
	}
	if s := c.journal.saving; s != nil && s.raise != nil {
		c.journal.answer(s.raise.pending, fmt.Errorf("%w: %w", ErrNotDone, ErrClosed))
	}
	c.publish()
}

// now has no monotonic part, which would not come back from the store.
func (c *Controller) now() time.Time { return c.cfg.Now().Round(0).UTC() }
