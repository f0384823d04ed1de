package rollout

import (
	"fmt"
	"time"
)

// longestTick is how many pauses between ticks one tick may stand for: a process
// that was stopped for hours has seen nothing of them.
const longestTick = 5

func (m *move) tick(e Tick) {
	m.measure(e.Measured)
	m.soak(e)
	m.state.Progress.Health, m.state.Progress.Ticked = e.Health, m.now
	m.expire()
	m.cooled()
	m.stop()
	m.remind(m.decide())
}

// measure adds what came in.
func (m *move) measure(in Measured) {
	progress := &m.state.Progress
	evidence := &progress.Evidence
	evidence.Mirror = evidence.Mirror.Plus(in.Mirror)
	evidence.Served = evidence.Served.Plus(in.Served)
	for _, disagrees := range in.Variations {
		evidence.Variations = m.policy.vary(*evidence, disagrees)
	}
	progress.Entry = progress.Entry.plus(in.Entry)
	progress.OpenWrong = in.OpenWrong
	if in.Until.After(progress.Counted) {
		progress.Counted = in.Until
	}
}

// vary counts a varied network as long as they stay within their share of the
// shadow gate. Which ones count depends on numbers alone, never on what they
// said, so the evidence stays a fair test.
func (p Policy) vary(e Evidences, disagrees bool) Count {
	count := e.Variations
	most := p.VariationShare / (1 - p.VariationShare) * float64(e.Mirror.Scans)
	if float64(count.Scans+1) > most+1e-9 {
		return count
	}
	count.Scans++
	if disagrees {
		count.Disagree++
	}
	return count
}

func (e Entry) plus(d Entry) Entry {
	return Entry{
		Mirror: e.Mirror.Plus(d.Mirror), Eligible: e.Eligible + d.Eligible, Compared: e.Compared + d.Compared,
		SelfTests: e.SelfTests + d.SelfTests, SelfTestsPassed: e.SelfTestsPassed + d.SelfTestsPassed,
		Executions: e.Executions + d.Executions, Failed: e.Failed + d.Failed,
		Completed: e.Completed + d.Completed, Slow: e.Slow + d.Slow,
	}
}

// soak advances by a tick in which the clock was sound, everything was well, and
// the stage's share was really in force: time under a lower ceiling says nothing
// about the stage.
func (m *move) soak(e Tick) {
	skew := (e.Elapsed - e.Monotonic).Abs()
	if e.Elapsed <= 0 || skew > m.policy.ClockSlack || e.Elapsed > longestTick*m.policy.Tick || !e.Health.Well() {
		return
	}
	position := m.state.Position
	asked := position.Settings.Mode != ModeOff && position.Stage != Off
	if !asked || position.Condition != Normal || m.state.ServePercent(m.now) < position.Stage.Percent() {
		return
	}
	m.state.Progress.Soak += e.Elapsed
}

func (m *move) expire() {
	o := m.state.Position.Override
	if o == nil || m.now.Before(o.Until) {
		return
	}
	m.change(Change{Kind: ChangeOverrideEnd, Actor: ActorController, Reason: fmt.Sprintf("the override of %s %% has expired", number(o.Percent))}, func(to *Position) {
		to.Override = nil
	})
}

// stop takes the candidate away from clients when the scans since the stage was
// entered speak against it.
func (m *move) stop() {
	position, mirror := m.state.Position, m.state.Progress.Entry.Mirror
	d := Stop(mirror.Disagree, mirror.Scans)
	if d < Enough || position.Condition != Normal || !position.Serving(m.now) {
		return
	}
	reason := fmt.Sprintf("disagreement: %d of %d scans since the stage was entered, D is %.3g", mirror.Disagree, mirror.Scans, d)
	if m.dryRun() {
		m.tell(true, NoticeWouldStop, "mode dry_run: would stop, %s", reason)
		return
	}
	m.change(Change{Kind: ChangeStopped, Actor: ActorController, Reason: reason, Trigger: TriggerDisagreement}, m.halt(Stopped))
}

// decide asks the gate, and gives the one that stands afterwards.
func (m *move) decide() Gate {
	stage, gate := m.state.Position.Stage, m.policy.Gate(m.state, m.now)
	if m.state.Position.Condition != Normal || m.state.Position.Fixed {
		return gate
	}
	switch gate.Outcome {
	case OutcomePass:
		m.pass(gate)
	case OutcomeFail:
		m.fail(gate)
	}
	if m.state.Position.Stage != stage {
		gate = m.policy.Gate(m.state, m.now)
	}
	return gate
}

func (m *move) pass(gate Gate) {
	switch {
	case m.dryRun():
		m.tell(true, NoticeWouldPromote, "mode dry_run: would promote from %s to %s", gate.From, gate.To)
	case m.blocked() == "":
		m.enter(Change{Kind: ChangePromoted, Actor: ActorController, Reason: gate.Why, Gate: &gate}, gate.To, nil)
	}
}

// blocked says what keeps a passed gate from being gone through, "" if nothing.
func (m *move) blocked() string {
	position, health := m.state.Position, m.state.Progress.Health
	switch {
	case position.Fixed:
		return "the command line has set the stage"
	case position.Held:
		return "the rollout is held"
	case position.Condition != Normal:
		return "the candidate is " + string(position.Condition)
	case position.Settings.Mode != ModeAuto:
		return "the mode is " + string(position.Settings.Mode)
	case !position.Settings.Enabled:
		return "the kill switch is thrown"
	case !health.Well():
		return "frozen: " + health.String()
	}
	return ""
}

// fail demotes; in shadow there is nothing lower, and the candidate is rejected.
func (m *move) fail(gate Gate) {
	stage := m.state.Position.Stage
	switch {
	case m.dryRun():
		m.tell(true, NoticeWouldDemote, "mode dry_run: would demote from %s, %s", stage, gate.Why)
	case stage <= Shadow:
		m.change(Change{Kind: ChangeStopped, Actor: ActorController, Reason: gate.Why, Gate: &gate}, m.halt(Stopped))
	default:
		m.enter(Change{Kind: ChangeDemoted, Actor: ActorController, Reason: gate.Why, Gate: &gate}, stage-1, (*Position).trimOverride)
	}
}

// remind gives the notices that a state calls for by itself.
func (m *move) remind(gate Gate) {
	position, health := m.state.Position, m.state.Progress.Health
	normal := position.Condition == Normal && !position.Fixed
	age := m.now.Sub(position.Entered)
	m.tell(normal && gate.Outcome == OutcomeInconclusive && gate.To < Complete && age >= m.policy.InconclusiveAfter,
		NoticeInconclusive, "%s for %s and the gate to %s is still open: %s", position.Stage, age.Round(time.Minute), gate.To, gate.Why)
	m.tell(normal && gate.awaitsApproval(), NoticeApproval, "the gate from %s to %s waits for a person's approval", gate.From, gate.To)
	m.tell(position.Condition == Probing && m.now.Sub(position.Since) >= m.policy.ProbingAfter,
		NoticeProbing, "probing since %s without closing the breaker", position.Since.UTC().Format(time.RFC3339))
	o := position.Override
	m.tell(o != nil && o.Until.Sub(m.now) <= m.policy.OverrideWarn,
		NoticeOverride, "the override of %s %% ends at %s", percentOf(o), untilOf(o))
	m.tell(!health.Well(), NoticeFrozen, "no promotion and no soak: %s", health)
}

func percentOf(o *Override) string {
	if o == nil {
		return ""
	}
	return number(o.Percent)
}

func untilOf(o *Override) string {
	if o == nil {
		return ""
	}
	return o.Until.UTC().Format(time.RFC3339)
}

// String names what is not well: "store, candidate not well".
func (h Health) String() string {
	text := ""
	for _, part := range []struct {
		name string
		well bool
	}{{"flags", h.Flags}, {"store", h.Store}, {"candidate", h.Candidate}} {
		if part.well {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += part.name
	}
	if text == "" {
		return "all well"
	}
	return text + " not well"
}
