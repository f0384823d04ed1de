package rollout

import (
	"fmt"
	"time"
)

// asked answers what a person asks for.
func (m *move) asked(e Event) error {
	switch e := e.(type) {
	case Promote:
		return m.promote(e)
	case Hold:
		return m.hold(e.By, true)
	case Resume:
		return m.hold(e.By, false)
	case Abort:
		return m.abort(e.By)
	case Reset:
		m.reset(e.By)
	case SetOverride:
		return m.override(e)
	case ClearOverride:
		return m.clearOverride(e.By)
	case CarryOver:
		return m.carryOver(e)
	case Reported:
		m.change(Change{Kind: ChangeReport, Actor: e.Actor, Reason: e.Reason, Report: e.Digest}, nil)
	default:
		return fmt.Errorf("take event: %T is none", e)
	}
	return nil
}

// promote gives the approval that a gate may ask for, and nothing else: what the
// evidence does not allow takes an override.
func (m *move) promote(e Promote) error {
	position := m.state.Position
	gate := m.policy.Gate(m.state, m.now)
	switch blocked := m.blocked(); {
	case gate.Outcome == OutcomeNone:
		return refuse("promote from %s: there is no stage to go to", position.Stage)
	case blocked != "":
		return refuse("promote from %s: %s", position.Stage, blocked)
	case gate.Outcome != OutcomePass && !gate.awaitsApproval():
		return refuse("promote from %s to %s: the gate is not passed: %s", gate.From, gate.To, gate.Why)
	}
	reason := e.Reason
	if reason == "" {
		reason = "approved"
	}
	for i := range gate.Criteria {
		if c := &gate.Criteria[i]; c.Name == CriterionApproval {
			c.Value, c.Met, c.Text = 1, true, "approved by "+e.Actor
		}
	}
	gate.Outcome, gate.Why = OutcomePass, "every criterion is met"
	m.enter(Change{Kind: ChangePromoted, Actor: e.Actor, Reason: reason, Gate: &gate, Report: e.Report}, gate.To, nil)
	return nil
}

func (m *move) hold(by By, held bool) error {
	kind, refusal := ChangeHeld, "hold: the rollout is held already"
	if !held {
		kind, refusal = ChangeResumed, "resume: the rollout is not held"
	}
	if m.state.Position.Held == held {
		return refuse("%s", refusal)
	}
	m.change(Change{Kind: kind, Actor: by.Actor, Reason: by.Reason}, func(to *Position) { to.Held = held })
	return nil
}

func (m *move) abort(by By) error {
	if m.state.Position.Condition == Aborted {
		return refuse("abort: the rollout is aborted already")
	}
	m.change(Change{Kind: ChangeAborted, Actor: by.Actor, Reason: by.Reason}, m.halt(Aborted))
	return nil
}

// reset goes back to where it is safe to begin again. Trips are forgotten,
// because somebody has looked at them; the evidence is not.
func (m *move) reset(by By) {
	stage := min(m.state.Position.Stage, Shadow)
	m.enter(Change{Kind: ChangeReset, Actor: by.Actor, Reason: by.Reason}, stage, func(to *Position) {
		m.halt(Normal)(to)
		to.Strikes, to.Cooldown, to.Trips, to.Suspects = 0, 0, nil, nil
	})
}

func (m *move) override(e SetOverride) error {
	position := m.state.Position
	switch {
	case !(e.Percent >= 0 && e.Percent <= 100): // also NaN
		return refuse("override: percent is %v, allowed is 0 to 100", e.Percent)
	case e.For <= 0 || e.For > m.policy.OverrideMost:
		return refuse("override: for is %s, allowed is more than 0s and at most %s", e.For, m.policy.OverrideMost)
	case e.Reason == "":
		return refuse("override: reason is missing")
	case position.Stage == Off:
		return refuse("override: the stage is off, the candidate is not asked")
	case position.Condition != Normal:
		return refuse("override: the candidate is %s, and no override beats that", position.Condition)
	}
	o := &Override{Percent: e.Percent, Actor: e.Actor, Reason: e.Reason, Until: m.now.Add(e.For)}
	m.change(Change{Kind: ChangeOverride, Actor: e.Actor, Reason: e.Reason}, func(to *Position) { to.Override = o })
	return nil
}

func (m *move) clearOverride(by By) error {
	if m.state.Position.Override == nil {
		return refuse("end override: there is none")
	}
	m.change(Change{Kind: ChangeOverrideEnd, Actor: by.Actor, Reason: by.Reason}, func(to *Position) { to.Override = nil })
	return nil
}

// carryOver believes that a release is the same candidate as the one before.
func (m *move) carryOver(e CarryOver) error {
	position := m.state.Position
	before := position.Before
	if before != nil {
		same := before.Versions
		same.Candidate = position.Versions.Candidate
		switch {
		case same != position.Versions:
			return refuse("carry over: not only the candidate is another one, but also the primary, the comparer or the policy, and the evidence is about those too")
		case e.Compared < 1:
			return refuse("carry over: no stored question was asked again")
		case e.Differ != 0:
			return refuse("carry over: %d of %d answers differ from those of the release before", e.Differ, e.Compared)
		case position.Condition != Normal || position.Fixed:
			return refuse("carry over: %s", m.blocked())
		}
	}
	if before == nil || before.Stage <= position.Stage {
		return refuse("carry over: there is no higher stage of a release before")
	}
	reason := fmt.Sprintf("%s (%d stored questions, the same answers)", e.Reason, e.Compared)
	m.enter(Change{Kind: ChangeCarriedOver, Actor: e.Actor, Reason: reason}, before.Stage, func(to *Position) { to.Before = nil })
	evidence := &m.state.Progress.Evidence
	*evidence = Evidences{
		Mirror:     evidence.Mirror.Plus(before.Evidence.Mirror),
		Variations: evidence.Variations.Plus(before.Evidence.Variations),
		Served:     evidence.Served.Plus(before.Evidence.Served),
	}
	return nil
}

// Next is when the position may change by time alone: the end of a cooldown or
// of an override. The zero time: by none.
func (p Position) Next() time.Time {
	next := p.Until
	if o := p.Override; o != nil && (next.IsZero() || o.Until.Before(next)) {
		next = o.Until
	}
	return next
}
