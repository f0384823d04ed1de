package control

import (
	"fmt"

	"understudy/rollout"
	"understudy/rollout/audit"
)

// mostWaiting is how many raises may wait for a save to end, and mostUnsaved how
// many changes may wait for the store before flags, versions and people have to
// wait too. What the evidence says is taken in any case; it can't say much, since
// cooldowns run.
const (
	mostWaiting = 16
	mostUnsaved = 1000
)

// pending is an event on its way into the store.
type pending struct {
	event   rollout.Event
	changes []rollout.Change // that it came to
	sealed  []audit.Record   // of them, as they were tried to be saved
	reply   chan error       // of a person who waits; nil: nobody does, or does no more
	told    bool             // its effects were logged, counted and notified
}

// raises reports whether clients would meet more of the candidate. Full and
// complete serve the same share, but not at the same risk.
func (c *Controller) raises(to rollout.Position) bool {
	from := c.state.Position
	return c.share(to) > c.share(from) || to.Stage > from.Stage ||
		to.Condition == rollout.Normal && from.Condition != rollout.Normal
}

// share is what a position asks for. Ceilings, the kill switch and the breaker
// don't wait for us, so they are left out.
func (c *Controller) share(p rollout.Position) float64 {
	d := p.Dials(c.now())
	d.Mode, d.Enabled, d.CeilingPercent, d.BreakerClosed = rollout.ModeAuto, true, 100, true
	return d.Effective().ServePercent
}

// take steps an event. What lowers the share, or leaves it, is in force when take
// returns, and is saved after; what raises it is saved first.
func (c *Controller) take(p *pending) {
	next, effects, err := c.cfg.Policy.Step(c.state, p.event, c.now())
	switch {
	case err != nil:
		c.journal.answer(p, err)
	case !c.raises(next.Position):
		c.accept(p, next, effects)
	case c.journal.saving == nil:
		c.save(&raise{p, next, effects})
	case len(c.journal.waiting) < mostWaiting:
		c.journal.waiting = append(c.journal.waiting, p)
	default:
		c.journal.answer(p, fmt.Errorf("%w: the store is slow and too much waits for it", ErrNotDone))
	}
}

// accept puts a step in force. It is shown by the next publish.
func (c *Controller) accept(p *pending, next rollout.State, effects []rollout.Effect) {
	c.enterFrom(c.state, next)
	c.state = next
	p.changes, p.sealed = changes(effects), nil
	c.journal.add(p)
	c.tell(p, effects)
	switch p.event.(type) {
	case rollout.Spoke, rollout.ProbeFailed, rollout.ProbesPassed:
		c.steered.moved = true
	}
}

// enterFrom forgets what the breaker counted for a stage that was left.
func (c *Controller) enterFrom(from, to rollout.State) {
	if c.inForce && !from.Position.Entered.Equal(to.Position.Entered) {
		c.cfg.Breaker.Drain()
		c.ticking.drained, c.ticking.carried = rollout.Entry{}, rollout.Entry{}
	}
}

func changes(effects []rollout.Effect) (list []rollout.Change) {
	for _, e := range effects {
		if c, ok := e.(rollout.Change); ok {
			list = append(list, c)
		}
	}
	return list
}

// command takes what a person asks for.
func (c *Controller) command(p *pending) {
	if n := c.journal.changes(); n >= mostUnsaved {
		c.journal.answer(p, fmt.Errorf("%w: %d changes wait for the store", ErrNotDone, n))
		return
	}
	c.take(p)
}

// takeFlags tells the machine the flags, if they are others. The data plane reads
// them by itself; here they are decided by and audited.
func (c *Controller) takeFlags() {
	settings, source, _ := c.cfg.Flags()
	if settings != c.state.Position.Settings && c.journal.changes() < mostUnsaved {
		c.take(&pending{event: rollout.Flagged{Settings: settings, Source: source}})
	}
}

func (c *Controller) takeVersions(v rollout.Versions) {
	if c.journal.changes() < mostUnsaved {
		c.take(&pending{event: rollout.Released{Versions: v}})
	}
}
