package control

import (
	"understudy/rollout"
	"understudy/rollout/breaker"
)

// healOpen makes up for a hook that was lost: the breaker has opened, and the
// position does not know.
func (c *Controller) healOpen() {
	b := c.cfg.Breaker.Snapshot()
	if b.State != breaker.Open {
		return
	}
	switch condition := c.state.Position.Condition; {
	case condition == rollout.Normal && b.Last != nil:
		c.take(&pending{event: *b.Last})
	case condition == rollout.Probing:
		c.take(&pending{event: rollout.ProbeFailed{Reason: "the breaker has opened while probing"}})
	}
}

// healPassed makes up for one that was lost, or could not be saved.
func (c *Controller) healPassed() {
	b := c.cfg.Breaker.Snapshot()
	if c.state.Position.Condition == rollout.Probing && b.State == breaker.HalfOpen && b.ProbesPassed >= b.Probes && len(b.Suspects) == 0 {
		c.take(&pending{event: rollout.ProbesPassed{Reason: "all probes are clean, and no suspect is left"}})
	}
}
