package control

import (
	"fmt"
	"slices"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

// Status is a rollout as it stands.
type Status struct {
	State   rollout.State    `json:"state"`
	Gate    rollout.Gate     `json:"gate"` // out of the present stage
	Breaker breaker.Snapshot `json:"breaker"`
	DryRun  bool             `json:"dry_run"` // mode dry_run: everything is decided, nothing done
	Frozen  []string         `json:"frozen"`  // what keeps the rollout from soak and promotion: sentences
	Unsaved int              `json:"unsaved"` // changes that are in force and not in the store
	Seq     int64            `json:"seq"`     // number of the last audit record that is stored
	Head    string           `json:"head"`    // its digest
	Started time.Time        `json:"started"` // this controller
	At      time.Time        `json:"at"`
}

// view is what the goroutine shows to others. It is never written to.
type view struct {
	state   rollout.State
	frozen  []string
	unsaved int
	seq     int64
	head    string
	saving  time.Time // begin of the save under way; zero: there is none
}

// Status is the rollout now.
func (c *Controller) Status() Status {
	v, now := c.view.Load(), c.now()
	frozen := v.frozen
	if !v.saving.IsZero() && now.Sub(v.saving) > 2*c.cfg.Timeout { // no tick is stepped meanwhile
		frozen = append(slices.Clip(frozen), fmt.Sprintf("store: a save is under way since %s", v.saving.Format(time.RFC3339)))
	}
	return Status{
		State: v.state, Gate: c.cfg.Policy.Gate(v.state, now), Breaker: c.cfg.Breaker.Snapshot(),
		DryRun: v.state.Position.Settings.Mode == rollout.ModeDryRun,
		Frozen: frozen, Unsaved: v.unsaved, Seq: v.seq, Head: v.head, Started: c.started, At: now,
	}
}

// publish shows what is in force, sets the breaker by it, and answers those who
// waited for it.
func (c *Controller) publish() {
	v := &view{
		state: c.state, frozen: c.frozen(), unsaved: c.journal.changes(),
		seq: c.journal.stored.Seq, head: c.journal.stored.Head,
	}
	if s := c.journal.saving; s != nil {
		v.saving = s.began
	}
	c.view.Store(v)
	c.steer()
	for _, answer := range c.journal.answers {
		answer()
	}
	c.journal.answers = nil
}

// frozen lists what keeps the rollout where it is though nobody wants that.
func (c *Controller) frozen() []string {
	list := []string{}
	if !c.ticking.health.Flags {
		list = append(list, "flags: their source is not well, the last good values are kept")
	}
	if !c.ticking.health.Candidate {
		list = append(list, "candidate: it is not well")
	}
	if err := c.ticking.measureError; err != nil {
		list = append(list, fmt.Sprintf("store: evidence can't be measured: %v", err))
	}
	if err := c.journal.failing; err != nil {
		list = append(list, fmt.Sprintf("store: the rollout can't be saved: %v", err))
	}
	return list
}

// steering is what the breaker was last set to.
type steering struct {
	state    breaker.State
	suspects []string
	guard    bool
	moved    bool // the breaker has moved by itself since, or the state is not what it was set by
}

// steer sets the breaker to what the position says. It does so only when that is
// news, or answers what the breaker has said: one that has opened a moment ago,
// and whose word is not read yet, must not be closed again.
func (c *Controller) steer() {
	position := c.state.Position
	want := steering{state: breaker.Open, guard: position.Serving(c.now())}
	switch position.Condition {
	case rollout.Normal:
		want.state = breaker.Closed
	case rollout.Probing:
		want.state, want.suspects = breaker.HalfOpen, position.Suspects
	}
	was := c.steered
	if !was.moved && want.state == was.state && want.guard == was.guard && slices.Equal(want.suspects, was.suspects) {
		return
	}
	// Only the guard is news: the state stays the breaker's.
	if !was.moved && want.state == was.state && c.cfg.Breaker.Snapshot().State != want.state {
		return
	}
	c.cfg.Breaker.Set(want.state, want.suspects, want.guard)
	c.steered = want
}
