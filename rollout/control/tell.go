package control

import (
	"fmt"
	"strings"

	"understudy/rollout"
	"understudy/rollout/notify"
)

// tell logs, counts and notifies what a step came to, once for each event: one
// that is stepped again on somebody else's state is no news.
func (c *Controller) tell(p *pending, effects []rollout.Effect) {
	if p.told {
		return
	}
	p.told = true
	for _, effect := range effects {
		switch e := effect.(type) {
		case rollout.Change:
			c.metrics.changes.WithLabelValues(string(e.Kind)).Inc()
			c.cfg.Logger.Info("rollout "+string(e.Kind), "reason", e.Reason, "actor", e.Actor, "trigger", e.Trigger,
				"from", e.From.Stage, "to", e.To.Stage, "condition", e.To.Condition)
			if worthTelling(e) {
				c.cfg.Notify(c.message(e))
			}
		case rollout.Notice:
			c.metrics.notices.WithLabelValues(string(e.Kind)).Inc()
			c.cfg.Logger.Warn("rollout notice", "kind", e.Kind, "text", e.Text)
			position := c.state.Position
			c.cfg.Notify(notify.Message{
				At: e.At, Kind: string(e.Kind), Text: e.Text, Stage: position.Stage.String(), Condition: string(position.Condition),
				ServePercent: c.state.ServePercent(e.At), Actor: rollout.ActorController,
			})
		}
	}
}

// verbs are the changes that people are told of, in words.
var verbs = map[rollout.ChangeKind]string{
	rollout.ChangePromoted:    "promoted",
	rollout.ChangeDemoted:     "demoted",
	rollout.ChangeTripped:     "tripped",
	rollout.ChangeStopped:     "stopped",
	rollout.ChangeAborted:     "aborted",
	rollout.ChangeReentered:   "in service again",
	rollout.ChangeReset:       "reset",
	rollout.ChangeOverride:    "overridden",
	rollout.ChangeOverrideEnd: "the override has ended",
}

func worthTelling(c rollout.Change) bool {
	_, listed := verbs[c.Kind]
	return listed || c.From.Stage != c.To.Stage
}

func (c *Controller) message(change rollout.Change) notify.Message {
	to := change.To
	return notify.Message{
		At: change.At, Kind: string(change.Kind), Text: sentence(change), Stage: to.Stage.String(), Condition: string(to.Condition),
		ServePercent: rollout.State{Position: to}.ServePercent(change.At),
		Actor:        change.Actor, Reason: change.Reason, Trigger: change.Trigger, Exchanges: change.Exchanges,
	}
}

// sentence is a change in words: "promoted from shadow to canary_1 by controller:
// every criterion is met".
func sentence(c rollout.Change) string {
	verb, listed := verbs[c.Kind]
	if !listed {
		verb = strings.ReplaceAll(string(c.Kind), "_", " ")
	}
	where := "at " + c.To.Stage.String()
	if c.From.Stage != c.To.Stage {
		where = fmt.Sprintf("from %s to %s", c.From.Stage, c.To.Stage)
	}
	if o := c.To.Override; o != nil && c.Kind == rollout.ChangeOverride {
		where = fmt.Sprintf("at %s to %g %% until %s", c.To.Stage, o.Percent, o.Until.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	return fmt.Sprintf("%s %s by %s: %s", verb, where, strings.TrimPrefix(c.Actor, "person:"), c.Reason)
}
