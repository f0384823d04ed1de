package rollout

import (
	"fmt"
	"slices"
	"time"
)

// spoke answers a trigger. The breaker is open already; here is decided for how
// long, and whether it may close by itself at all.
func (m *move) spoke(e Spoke) {
	position := m.state.Position
	switch {
	case position.Stage == Off || position.Condition != Normal:
		return
	case e.Trigger == TriggerWrongAnswer && !position.Serving(m.now):
		m.notice(NoticeTripDiscarded, "%s; nobody is served, so it keeps the gate shut and trips nothing", e.Reason)
		return
	case m.dryRun():
		m.notice(NoticeWouldTrip, "mode dry_run: would trip, %s", e.Reason)
		return
	}
	m.trip(e)
	if n := m.recentTrips(); n >= m.policy.AbortTrips {
		reason := fmt.Sprintf("%d trips within %s", n, m.policy.AbortWithin)
		m.change(Change{Kind: ChangeAborted, Actor: ActorController, Reason: reason, Trigger: e.Trigger}, m.halt(Aborted))
	}
}

func (m *move) trip(e Spoke) {
	position := m.state.Position
	strikes := max(0, position.Strikes-int(m.now.Sub(position.Since)/m.policy.Forgive)) + 1
	cooldown := m.policy.cooldown(strikes)
	m.change(Change{
		Kind: ChangeTripped, Actor: ActorController, Reason: e.Reason,
		Trigger: e.Trigger, Tallies: e.Tallies, Exchanges: e.Exchanges,
	}, func(to *Position) {
		m.halt(Tripped)(to)
		to.Strikes, to.Cooldown, to.Until = strikes, cooldown, m.now.Add(cooldown)
		to.Trips = m.remember(Trip{At: m.now, Trigger: e.Trigger, Stage: position.Stage})
		to.Suspects = slices.Clone(e.Exchanges)
	})
}

// halt takes the share to 0.
func (m *move) halt(condition Condition) func(to *Position) {
	return func(to *Position) {
		to.Condition, to.Since, to.Until = condition, m.now, time.Time{}
		to.trimOverride()
	}
}

// trimOverride ends an override of more than the stage allows: whoever set it had
// not seen what has happened since. One that holds the share down stays.
func (p *Position) trimOverride() {
	if p.Override != nil && p.Override.Percent > p.Stage.Percent() {
		p.Override = nil
	}
}

// cooldown is that of the nth trip.
func (p Policy) cooldown(strikes int) time.Duration {
	d := p.Cooldown
	for range strikes - 1 {
		if d >= p.CooldownMost {
			break
		}
		d *= 2
	}
	return min(d, p.CooldownMost)
}

// remember adds a trip to those that may come to count together. Those in shadow
// never do, since nobody was served.
func (m *move) remember(t Trip) []Trip {
	trips := append(slices.Clone(m.state.Position.Trips), t)
	return trips[max(0, len(trips)-m.policy.AbortTrips):]
}

func (m *move) recentTrips() (n int) {
	for _, t := range m.state.Position.Trips {
		if t.Stage >= Canary1 && m.now.Sub(t.At) <= m.policy.AbortWithin {
			n++
		}
	}
	return n
}

// cooled begins to probe when the cooldown has passed.
func (m *move) cooled() {
	position := m.state.Position
	if position.Condition != Tripped || m.now.Before(position.Until) {
		return
	}
	m.change(Change{Kind: ChangeProbing, Actor: ActorController, Reason: fmt.Sprintf("the cooldown of %s is over", position.Cooldown)}, func(to *Position) {
		to.Condition, to.Since, to.Until = Probing, m.now, time.Time{}
	})
}

// probeFailed starts the cooldown anew, doubled. It is no trip: nobody was
// served.
func (m *move) probeFailed(e ProbeFailed) {
	if m.state.Position.Condition != Probing {
		return
	}
	m.change(Change{Kind: ChangeProbeFailed, Actor: ActorController, Reason: e.Reason}, func(to *Position) {
		to.Condition, to.Since = Tripped, m.now
		to.Cooldown = min(2*max(to.Cooldown, m.policy.Cooldown), m.policy.CooldownMost)
		to.Until = m.now.Add(to.Cooldown)
	})
}

// probesPassed closes the breaker, one stage lower than it tripped.
func (m *move) probesPassed(e ProbesPassed) {
	position := m.state.Position
	if position.Condition != Probing {
		return
	}
	stage := position.Stage
	if stage > Shadow {
		stage--
	}
	m.enter(Change{Kind: ChangeReentered, Actor: ActorController, Reason: e.Reason}, stage, func(to *Position) {
		to.Condition, to.Since, to.Suspects = Normal, m.now, nil
		to.trimOverride()
	})
}
