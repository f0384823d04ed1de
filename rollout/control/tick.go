package control

import (
	"context"
	"time"

	"understudy/rollout"
)

// ticking is what a controller needs to tick.
type ticking struct {
	ticks    <-chan time.Time
	stop     func()
	timer    *time.Timer // runs to alarm
	alarm    time.Time   // Position.Next as it was
	gathered chan gathered

	under   bool      // something is being gathered
	ready   *gathered // and is here, to be stepped when no save is under way
	soon    bool      // the next tick begins at once
	overdue bool      // the timer has run out: a tick without anything measured
	again   *pending  // what the command line says, until it could be saved

	last, before moment // the last tick and the one before it; zero: there was none

	// Executions and self-tests that the breaker has counted: with the ticks that are
	// not stored yet, and those whose tick was lost to somebody else's.
	drained, carried rollout.Entry
	measureError     error
	health           rollout.Health
}

// gathered is what was asked for a tick, and about what.
type gathered struct {
	about    span
	measured rollout.Measured
	err      error
	versions rollout.Versions
}

// span is what scans are measured of. A measure of another one is of no use.
type span struct{ counted, entered, since time.Time }

func spanOf(s rollout.State) span {
	return span{s.Progress.Counted, s.Position.Entered, s.Position.EvidenceSince}
}

func newTicking(cfg Config) ticking {
	t := ticking{ticks: cfg.Ticks, gathered: make(chan gathered, 1), timer: time.NewTimer(time.Hour)}
	ticker := (*time.Ticker)(nil)
	if t.ticks == nil {
		ticker = time.NewTicker(cfg.Policy.Tick)
		t.ticks = ticker.C
	}
	t.timer.Stop()
	timer := t.timer
	t.stop = func() {
		timer.Stop()
		if ticker != nil {
			ticker.Stop()
		}
	}
	t.health = rollout.Health{Flags: true, Store: true, Candidate: true}
	return t
}

// beginTick asks, in the background, for what a tick needs: store and candidate
// may be slow, and a trip must not wait for them. A tick that comes while the
// last one is under way is left out; the next one is the longer.
func (c *Controller) beginTick() {
	t := &c.ticking
	if t.under {
		return
	}
	t.under, t.soon = true, false
	about := spanOf(c.state)
	after := about.counted
	if about.since.After(after) {
		after = about.since
	}
	until := c.now().Add(-c.cfg.Policy.EvidenceDelay)
	if until.Before(after) {
		until = after // nothing is old enough; but what is open now is asked for too
	}
	c.working.Go(func() {
		g := gathered{about: about, versions: c.versions(c.ctx)}
		ctx, cancel := context.WithTimeout(c.ctx, c.cfg.Timeout)
		defer cancel()
		g.measured, g.err = c.cfg.Measurer.Measure(ctx, Span{After: after, Until: until, Entered: about.entered, Since: about.since})
		t.gathered <- g
	})
}

func (c *Controller) versions(ctx context.Context) rollout.Versions {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	v := c.cfg.Versions(ctx)
	if v.Policy == "" {
		v.Policy = c.cfg.Policy.Digest()
	}
	return v
}

// tickIfDue steps the ticks that wait. No save is under way.
func (c *Controller) tickIfDue() {
	t := &c.ticking
	if g := t.ready; g != nil {
		t.ready, t.under = nil, false
		c.tick(*g)
	}
	if t.overdue && c.journal.saving == nil {
		t.overdue = false
		c.stepTick(nothing(c.state))
	}
	if t.soon {
		c.beginTick()
	}
}

// tick is a whole tick. What takes the candidate away comes before it, so that
// nothing is promoted past it; what brings it back comes after.
func (c *Controller) tick(g gathered) {
	c.takeInbox()
	c.takeFlags()
	c.takeVersions(g.versions)
	c.publish()
	c.healOpen()
	if c.journal.saving != nil { // a raise came first; the tick is of the stage after it
		c.ticking.ready, c.ticking.under = &g, true
		return
	}
	c.noteMeasure(g.err)
	measured := nothing(c.state)
	if g.err == nil {
		measured.OpenWrong = g.measured.OpenWrong
		if g.about == spanOf(c.state) {
			measured = g.measured
		}
	}
	c.stepTick(measured)
	c.healPassed()
	if p := c.ticking.again; p != nil {
		c.ticking.again = nil
		c.take(p)
	}
}

// nothing is a measure in which nothing came in.
func nothing(s rollout.State) rollout.Measured {
	return rollout.Measured{Until: s.Progress.Counted, OpenWrong: s.Progress.OpenWrong}
}

func (c *Controller) noteMeasure(err error) {
	if err != nil && c.ticking.measureError == nil {
		c.cfg.Logger.Error("evidence can't be measured; nothing is promoted until it can", "error", err)
	}
	c.ticking.measureError = err
}

func (c *Controller) stepTick(measured rollout.Measured) {
	t := &c.ticking
	_, _, flagsWell := c.cfg.Flags()
	t.health = rollout.Health{
		Flags: flagsWell, Candidate: c.cfg.CandidateWell(),
		Store: c.journal.failing == nil && t.measureError == nil,
	}
	drained := c.cfg.Breaker.Drain()
	t.drained = plus(t.drained, plus(t.carried, drained))
	measured.Entry = plus(measured.Entry, plus(t.carried, drained))
	t.carried = rollout.Entry{}
	event := rollout.Tick{Health: t.health, Measured: measured}
	event.Elapsed, event.Monotonic = t.lap(c.now(), c.cfg.Monotonic())
	c.journal.dirty = true // also tries again what could not be saved
	c.take(&pending{event: event})
}

// moment is a time by both clocks.
type moment struct {
	wall      time.Time
	monotonic time.Duration
}

// lap is the time since the last tick; 0 for the first one.
func (t *ticking) lap(wall time.Time, monotonic time.Duration) (elapsed, steady time.Duration) {
	t.before, t.last = t.last, moment{wall, monotonic}
	if !t.before.wall.IsZero() {
		elapsed, steady = wall.Sub(t.before.wall), monotonic-t.before.monotonic
	}
	return elapsed, steady
}

// resume lets the next lap begin at the last tick that somebody else has stored:
// what passed before is counted, what passed since is not, though we may have
// ticked and lost that. It never begins before the tick that came before our last.
func (t *ticking) resume(ticked time.Time) {
	if t.before.wall.IsZero() {
		return
	}
	if ticked.Before(t.before.wall) {
		ticked = t.before.wall
	}
	back := t.last.wall.Sub(ticked) // by both clocks, so that a jump within the lap still shows
	t.last = moment{ticked, t.last.monotonic - back}
}

// plus adds what the breaker counts; the rest is a's.
func plus(a, b rollout.Entry) rollout.Entry {
	a.SelfTests += b.SelfTests
	a.SelfTestsPassed += b.SelfTestsPassed
	a.Executions += b.Executions
	a.Failed += b.Failed
	a.Completed += b.Completed
	a.Slow += b.Slow
	return a
}

// arm sets the timer to the next time at which the position changes by time
// alone, so that probing begins then and not a tick late.
func (c *Controller) arm() {
	t := &c.ticking
	next := c.state.Position.Next()
	if next.Equal(t.alarm) {
		return
	}
	t.alarm = next
	t.timer.Stop()
	if !next.IsZero() {
		t.timer.Reset(max(0, next.Sub(c.now())))
	}
}
