package rollout

import (
	"fmt"
	"slices"
	"time"
)

// Refusal is the error of a Step that refuses what a person asked for.
type Refusal struct{ Why string }

// Error implements error.
func (r *Refusal) Error() string { return r.Why }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// Begin is a rollout that begins: in shadow, without evidence.
func (p Policy) Begin(settings Settings, versions Versions, now time.Time) (State, []Effect) {
	m := p.move(State{}, now)
	m.change(Change{Kind: ChangeStart, Actor: ActorController, Reason: "a rollout begins"}, func(to *Position) {
		*to = Position{
			Stage: Shadow, Condition: Normal, Entered: now, Since: now, EvidenceSince: now,
			Settings: settings, Versions: versions,
		}
	})
	m.state.Progress = Progress{Counted: now, Ticked: now}
	return m.state, m.effects
}

// Step is the machine: what a rollout becomes when something happens, and what
// the world should do about it. It is pure; the state it was given stays as it
// is. An error is a *Refusal of what a person asked for, and nothing changed.
//
// Every change of the position is among the effects, so that Replay of all
// Changes gives the position again.
func (p Policy) Step(s State, e Event, now time.Time) (State, []Effect, error) {
	m := p.move(s, now)
	if err := m.take(e); err != nil {
		return s, nil, err
	}
	return m.state, m.effects, nil
}

// move is one step in the making.
type move struct {
	policy  Policy
	now     time.Time
	state   State
	effects []Effect
}

func (p Policy) move(s State, now time.Time) *move { return &move{policy: p, now: now, state: s} }

func (m *move) take(e Event) error {
	switch e := e.(type) {
	case Tick:
		m.tick(e)
	case Spoke:
		m.spoke(e)
	case ProbeFailed:
		m.probeFailed(e)
	case ProbesPassed:
		m.probesPassed(e)
	case Flagged:
		m.flagged(e)
	case Released:
		m.released(e)
	case Fixed:
		m.fixed(e)
	default:
		return m.asked(e)
	}
	return nil
}

// change moves the position, and keeps both sides of it for the audit. mutate
// gets a copy: it may set fields, and must not write into what slices and
// pointers lead to.
func (m *move) change(c Change, mutate func(to *Position)) {
	c.At, c.From = m.now, m.state.Position
	to := m.state.Position
	if mutate != nil {
		mutate(&to)
	}
	if o := c.From.Override; o != nil && to.Override == nil && c.Kind != ChangeOverrideEnd {
		c.Reason += fmt.Sprintf("; the override of %s %% ends with it", number(o.Percent))
	}
	c.To = to
	m.state.Position = to
	m.effects = append(m.effects, c)
}

// enter changes the stage. What is counted since its entry starts anew, the
// evidence goes on.
func (m *move) enter(c Change, stage Stage, mutate func(to *Position)) {
	m.change(c, func(to *Position) {
		to.Stage, to.Entered = stage, m.now
		if mutate != nil {
			mutate(to)
		}
	})
	progress := &m.state.Progress
	progress.Soak, progress.Entry, progress.Told = 0, Entry{}, nil
}

func (m *move) notice(kind NoticeKind, format string, args ...any) {
	m.effects = append(m.effects, Notice{At: m.now, Kind: kind, Text: fmt.Sprintf(format, args...)})
}

// tell gives a notice once for as long as it stands.
func (m *move) tell(stands bool, kind NoticeKind, format string, args ...any) {
	progress := &m.state.Progress
	told := slices.Contains(progress.Told, kind)
	switch {
	case stands && !told:
		progress.Told = append(slices.Clone(progress.Told), kind)
		m.notice(kind, format, args...)
	case !stands && told:
		progress.Told = slices.DeleteFunc(slices.Clone(progress.Told), func(k NoticeKind) bool { return k == kind })
	}
}

// dryRun reports whether all is decided and nothing done.
func (m *move) dryRun() bool { return m.state.Position.Settings.Mode == ModeDryRun }

// dials are all that the machine knows of; the breaker says the same as the
// condition.
func (s State) dials(now time.Time) Dials {
	d, settings := s.Position.Dials(now), s.Position.Settings
	d.Mode, d.Enabled = settings.Mode, settings.Enabled
	d.CeilingPercent, d.MirrorPercent = settings.CeilingPercent, settings.MirrorPercent
	d.BreakerClosed = s.Position.Condition == Normal
	return d
}

// ServePercent is the share of scans the candidate answers at a time, by the
// stage, the flags, the condition and the override.
func (s State) ServePercent(now time.Time) float64 { return s.dials(now).Effective().ServePercent }

// Serving reports whether clients may meet the candidate at the position: from
// canary_1 on, or under an override.
func (p Position) Serving(now time.Time) bool {
	d := p.Dials(now)
	return p.Stage >= Canary1 || d.Override != nil && *d.Override > 0 && p.Stage != Off
}

// flagged takes the flags over.
func (m *move) flagged(e Flagged) {
	from := m.state.Position.Settings
	if from == e.Settings {
		return
	}
	m.change(Change{Kind: ChangeFlags, Actor: "flag:" + e.Source, Reason: differences(from, e.Settings)}, func(to *Position) {
		to.Settings = e.Settings
	})
}

// differences says in words what flags changed: "mode auto to hold".
func differences(from, to Settings) string {
	text := ""
	add := func(name string, a, b any) {
		if a == b {
			return
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%s %v to %v", name, a, b)
	}
	add("mode", from.Mode, to.Mode)
	add("enabled", from.Enabled, to.Enabled)
	add("mirror_percent", from.MirrorPercent, to.MirrorPercent)
	add("serve_ceiling_percent", from.CeilingPercent, to.CeilingPercent)
	add("rescue_enabled", from.Rescue, to.Rescue)
	add("history_critical_enabled", from.HistoryCritical, to.HistoryCritical)
	return text
}

// fixed takes the word of the command line.
func (m *move) fixed(e Fixed) {
	position := m.state.Position
	switch {
	case e.Stage == nil && position.Fixed:
		m.enter(Change{Kind: ChangeFixed, Actor: ActorCommandLine, Reason: "the stage is left to the evidence again"}, Shadow, func(to *Position) {
			to.Fixed = false
		})
	case e.Stage != nil && (!position.Fixed || position.Stage != *e.Stage):
		m.enter(Change{Kind: ChangeFixed, Actor: ActorCommandLine, Reason: "the stage is set to " + e.Stage.String()}, *e.Stage, func(to *Position) {
			to.Fixed = true
		})
	}
}
