package control

import (
	"slices"

	"understudy/rollout"
)

// conflict: somebody else has saved in between. Theirs is stored, so it stands;
// ours happened too, and is stepped again on it.
func (c *Controller) conflict(s *save, found Saved) {
	j := &c.journal
	if c.ourOwn(s, found) {
		return
	}
	state, err := decode(found.State)
	if err != nil {
		c.failed(s, err)
		return
	}
	c.cfg.Logger.Warn("somebody else has changed the rollout; going on from there",
		"stage", state.Position.Stage, "condition", state.Position.Condition, "seq", found.Seq)
	mine := slices.Clone(j.unsaved)
	if s.raise != nil {
		mine = slices.Insert(mine, len(s.covers), s.raise.pending)
	}
	c.ticking.carried, c.ticking.drained = plus(c.ticking.carried, c.ticking.drained), rollout.Entry{}
	c.enterFrom(c.state, state)
	j.stored, j.unsaved, c.state = found, nil, state
	c.ticking.resume(state.Progress.Ticked)
	c.ticking.soon = true
	c.again(mine)
}

// ourOwn reports whether what is stored are the first of the very records that
// were to be saved: an earlier save got through, though it answered an error.
func (c *Controller) ourOwn(s *save, found Saved) bool {
	j := &c.journal
	records := 0
	for i, p := range s.covers {
		records += len(p.changes)
		if len(p.changes) == 0 || s.records[records-1].Digest != found.Head {
			continue
		}
		for _, p := range s.covers[:i+1] {
			j.answer(p, nil)
		}
		j.stored, j.unsaved, j.dirty = found, j.unsaved[i+1:], true
		if s.raise != nil {
			j.waiting = append([]*pending{s.raise.pending}, j.waiting...)
		}
		return true
	}
	return false
}

// again steps events that were stepped on another state before. What raises has
// to be saved first, and waits its turn. A tick is not repeated: what it measured
// is counted already on the state that was found, or is measured by the next one,
// which comes at once.
func (c *Controller) again(events []*pending) {
	for _, p := range events {
		if _, tick := p.event.(rollout.Tick); tick || p.event == nil {
			continue
		}
		next, effects, err := c.cfg.Policy.Step(c.state, p.event, c.now())
		switch {
		case err != nil:
			c.cfg.Logger.Warn("what was in force is refused after somebody else's change", "error", err)
			c.journal.answer(p, err)
		case c.raises(next.Position):
			c.journal.waiting = append(c.journal.waiting, p)
		default:
			c.accept(p, next, effects)
		}
	}
}
