package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"understudy/rollout"
	"understudy/rollout/audit"
)

// mostConflicts is how often in a row a save is tried again because somebody else
// was there first; then it waits for the next tick.
const mostConflicts = 3

// journal is what is on its way into the store. At most one save is under way, so
// that the store sees the changes in order.
type journal struct {
	stored    Saved      // what the store has, as far as is known
	unsaved   []*pending // in force, and not known to be in the store; in order
	waiting   []*pending // raises that wait for the save under way
	saving    *save      // nil: none is under way
	outcomes  chan outcome
	dirty     bool  // something is in force that no save was tried for
	failing   error // why the last save failed
	conflicts int   // in a row

	answers []func() // to be given once what they are about is published
}

// raise is a step that is in force only once it is saved.
type raise struct {
	*pending
	next    rollout.State
	effects []rollout.Effect
}

// save is one call of Store.Save.
type save struct {
	covers  []*pending // of unsaved, in order
	raise   *raise     // nil: none; comes after those
	records []audit.Record
	after   Saved // what is stored if it succeeds
	began   time.Time
}

// outcome is how a save ended. After an error, found is what is stored; nil: that
// could not be read either.
type outcome struct {
	err   error
	found *Saved
}

func newJournal() journal { return journal{outcomes: make(chan outcome, 1)} }

// add keeps an accepted event for as long as it is needed: until its changes are
// stored and whoever waits for it has an answer; and while a raise is being
// saved, which it will have to be stepped after.
func (j *journal) add(p *pending) {
	j.dirty = true
	if len(p.changes) > 0 || p.reply != nil || j.saving != nil && j.saving.raise != nil {
		j.unsaved = append(j.unsaved, p)
	}
}

// changes is how many changes are not in the store.
func (j *journal) changes() (n int) {
	for _, p := range j.unsaved {
		n += len(p.changes)
	}
	return n
}

func (j *journal) answer(p *pending, err error) {
	if p.reply == nil {
		return
	}
	reply := p.reply
	p.reply = nil
	j.answers = append(j.answers, func() { reply <- err })
}

// flush does what had to wait for a save, and begins the next one.
func (c *Controller) flush() {
	j := &c.journal
	for j.saving == nil && len(j.waiting) > 0 {
		p := j.waiting[0]
		j.waiting = j.waiting[1:]
		c.take(p)
	}
	if j.saving == nil && c.inForce {
		c.tickIfDue()
	}
	if j.saving == nil && j.dirty {
		c.save(nil)
	}
}

// save begins a save of all that is in force, with a raise on top.
func (c *Controller) save(r *raise) {
	j := &c.journal
	s := &save{covers: slices.Clone(j.unsaved), raise: r, began: c.now()}
	state, events := c.state, s.covers
	if r != nil {
		r.changes, r.sealed = changes(r.effects), nil
		state, events = r.next, append(slices.Clip(events), r.pending)
	}
	j.saving, j.dirty = s, false
	text, err := encode(state)
	if err == nil {
		s.records, err = j.stored.seal(events)
	}
	if err != nil { // nothing that time mends; but to stop would not be better
		j.outcomes <- outcome{err: err}
		return
	}
	s.after = j.stored.after(text, s.records)
	from := j.stored.Version
	c.working.Go(func() { j.outcomes <- c.write(from, text, s.records) })
}

// write saves. When that fails it looks what is stored: somebody else may have
// been first, and a save may be done though it answers an error.
func (c *Controller) write(from int64, text []byte, records []audit.Record) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), c.cfg.Timeout)
	defer cancel()
	err := c.cfg.Store.Save(ctx, from, text, records)
	if err == nil {
		return outcome{}
	}
	ctx, cancel = context.WithTimeout(context.Background(), c.cfg.Timeout)
	defer cancel()
	found, loadErr := c.cfg.Store.Load(ctx)
	if loadErr != nil {
		return outcome{err: fmt.Errorf("%w; load: %w", err, loadErr)}
	}
	return outcome{err, &found}
}

// finish is called when a save has ended.
func (c *Controller) finish(o outcome) {
	j := &c.journal
	s := j.saving
	j.saving = nil
	switch {
	case o.err == nil:
		c.saved(s, s.after)
	case o.found != nil && len(s.records) > 0 && o.found.Head == s.after.Head:
		c.saved(s, *o.found)
	case o.found == nil || !errors.Is(o.err, ErrConflict) || j.conflicts >= mostConflicts:
		c.failed(s, o.err)
	default:
		j.conflicts++
		c.conflict(s, *o.found)
	}
}

// saved: the store has it. Events that came in between were stepped without the
// raise; they are stepped again after it.
func (c *Controller) saved(s *save, stored Saved) {
	j := &c.journal
	if j.failing != nil {
		c.cfg.Logger.Info("rollout is saved again", "changes", len(s.records))
	}
	j.stored, j.failing, j.conflicts = stored, nil, 0
	c.ticking.drained = rollout.Entry{}
	for _, p := range s.covers {
		j.answer(p, nil)
	}
	later := j.unsaved[len(s.covers):]
	j.unsaved = later
	if s.raise == nil {
		return
	}
	j.unsaved = nil
	c.enterFrom(c.state, s.raise.next)
	c.state = s.raise.next
	c.tell(s.raise.pending, s.raise.effects)
	j.answer(s.raise.pending, nil)
	c.again(later)
}

// failed: what is in force stays so and is tried again at the next tick, what
// raises is not done.
func (c *Controller) failed(s *save, err error) {
	j := &c.journal
	if j.failing == nil {
		c.cfg.Logger.Error("rollout can't be saved; nothing is promoted until it can", "error", err)
	}
	j.failing, j.conflicts = err, 0
	for _, p := range s.covers {
		j.answer(p, fmt.Errorf("%w: %w", ErrUnsaved, err))
	}
	kept := j.unsaved[:0]
	for _, p := range j.unsaved {
		if len(p.changes) > 0 || p.reply != nil {
			kept = append(kept, p)
		}
	}
	j.unsaved = kept
	if s.raise == nil {
		return
	}
	switch event := s.raise.event.(type) {
	case rollout.Tick:
		event.Health.Store = false
		c.take(&pending{event: event})
	case rollout.Fixed:
		c.ticking.again = s.raise.pending
	default: // of ProbesPassed the breaker's snapshot reminds us
		j.answer(s.raise.pending, fmt.Errorf("%w: %w", ErrNotDone, err))
	}
}
