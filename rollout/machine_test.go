package rollout_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"understudy/rollout"
)

var dawn = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// quick is a policy whose soaks are one tick of an hour, so that a gate can pass
// at the first tick that brings evidence.
func quick() rollout.Policy {
	p := rollout.DefaultPolicy()
	p.Tick = time.Hour
	p.SoakShadow, p.SoakCanary1, p.SoakCanary10, p.SoakCanary50, p.SoakFull = time.Hour, time.Hour, time.Hour, time.Hour, time.Hour
	p.Approvals = []rollout.Stage{rollout.Full}
	p.InconclusiveAfter, p.ProbingAfter, p.OverrideMost, p.OverrideWarn = 3*time.Hour, 2*time.Hour, 4*time.Hour, time.Hour
	return p
}

func allOpen() rollout.Settings {
	return rollout.Settings{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, CeilingPercent: 100}
}

var versions = rollout.Versions{Candidate: "1", Primary: "1", Comparer: "1", Policy: "1"}

var well = rollout.Health{Flags: true, Store: true, Candidate: true}

// good is an hour in which everything went well and enough was seen for any gate.
func good() rollout.Tick {
	return rollout.Tick{
		Elapsed: time.Hour, Monotonic: time.Hour, Health: well,
		Measured: rollout.Measured{
			Mirror: rollout.Count{Scans: 400}, Served: rollout.Count{Scans: 400},
			Entry: rollout.Entry{
				Mirror: rollout.Count{Scans: 400}, Eligible: 6800, Compared: 6800, SelfTests: 240, SelfTestsPassed: 240,
				Executions: 6800, Completed: 6800,
			},
		},
	}
}

func with(t rollout.Tick, change func(*rollout.Tick)) rollout.Tick {
	change(&t)
	return t
}

var by = rollout.By{Actor: "person:ana", Reason: "because"}

func stageOf(s rollout.Stage) *rollout.Stage { return &s }

func tripBy(trigger string) rollout.Spoke {
	return rollout.Spoke{Trigger: trigger, Reason: trigger + " spoke", Exchanges: []string{"e1", "e2"}, Tallies: []rollout.Tally{{Trigger: trigger, Bad: 11, Of: 180, Scans: 4, Limit: 11, Least: 4, Trips: true}}}
}

// run is a rollout played by hand; each event comes an hour after the one before.
type run struct {
	t       *testing.T
	policy  rollout.Policy
	now     time.Time
	state   rollout.State
	changes []rollout.Change
	notices []rollout.NoticeKind
}

func begin(t *testing.T, policy rollout.Policy) *run {
	t.Helper()
	r := &run{t: t, policy: policy, now: dawn}
	state, effects := policy.Begin(allOpen(), versions, dawn)
	r.state = state
	r.keep(effects)
	return r
}

func (r *run) keep(effects []rollout.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case rollout.Change:
			r.changes = append(r.changes, e)
		case rollout.Notice:
			r.notices = append(r.notices, e.Kind)
		}
	}
}

// after steps once, some time after the event before.
func (r *run) after(d time.Duration, e rollout.Event) error {
	r.t.Helper()
	r.now = r.now.Add(d)
	next, effects, err := r.policy.Step(r.state, e, r.now)
	check(r.t, r.policy, r.state, e, next, effects, err, r.now)
	r.state = next
	r.keep(effects)
	return err
}

func (r *run) take(events ...rollout.Event) {
	r.t.Helper()
	for _, e := range events {
		if err := r.after(time.Hour, e); err != nil {
			r.t.Fatalf("%#v is refused: %v", e, err)
		}
	}
}

func (r *run) want(stage rollout.Stage, condition rollout.Condition, percent float64) {
	r.t.Helper()
	p := r.state.Position
	if got := r.state.ServePercent(r.now); p.Stage != stage || p.Condition != condition || got != percent {
		r.t.Fatalf("stage %s, %s, serves %v; want %s, %s, %v", p.Stage, p.Condition, got, stage, condition, percent)
	}
}

func (r *run) last() rollout.Change { return r.changes[len(r.changes)-1] }

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// check holds one step to everything that every step must keep.
func check(t failer, policy rollout.Policy, before rollout.State, e rollout.Event, after rollout.State, effects []rollout.Effect, err error, now time.Time) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("%T at %s:\nbefore %s\nafter  %s\n%s", e, now, text(before), text(after), fmt.Sprintf(format, args...))
	}
	var refusal *rollout.Refusal
	if err != nil {
		if !errors.As(err, &refusal) {
			fail("an error that is no refusal: %v", err)
		}
		if !reflect.DeepEqual(before, after) || len(effects) > 0 {
			fail("refused, and yet something changed")
		}
		return
	}
	from, to := before.Position, after.Position
	at, kinds := from, []rollout.ChangeKind{}
	for _, effect := range effects {
		c, ok := effect.(rollout.Change)
		if !ok {
			continue
		}
		if !rollout.Equal(c.From, at) {
			fail("change %s does not begin where the position was", c.Kind)
		}
		if c.Actor == "" || c.Reason == "" || c.At != now {
			fail("change %s has no actor, reason or time", c.Kind)
		}
		at, kinds = c.To, append(kinds, c.Kind)
	}
	if !rollout.Equal(at, to) {
		fail("the position changed beside the audit")
	}
	checkShare(fail, policy, before, e, after, kinds, now)
	checkConditions(fail, from, e, to)
	if promoted := slices.Contains(kinds, rollout.ChangePromoted); promoted {
		frozen := !after.Progress.Health.Well()
		if to.Stage != from.Stage+1 || from.Held || from.Fixed || from.Settings.Mode != rollout.ModeAuto || !from.Settings.Enabled || frozen || from.Condition != rollout.Normal {
			fail("promoted though it must not")
		}
	}
}

// checkShare: no path raises the served share without evidence or a named
// person, and no share is above any dial.
func checkShare(fail func(string, ...any), policy rollout.Policy, before rollout.State, e rollout.Event, after rollout.State, kinds []rollout.ChangeKind, now time.Time) {
	to := after.Position
	is := after.ServePercent(now)
	allowed := to.Stage.Percent()
	if o := to.Override; o != nil && now.Before(o.Until) {
		allowed = o.Percent
	}
	allowed = min(allowed, to.Settings.CeilingPercent)
	if !to.Settings.Enabled || to.Condition != rollout.Normal || to.Settings.Mode == rollout.ModeOff || to.Settings.Mode == rollout.ModeDryRun || to.Stage == rollout.Off {
		allowed = 0
	}
	if is > allowed {
		fail("serves %v, the dials allow %v", is, allowed)
	}
	if spoke, ok := e.(rollout.Spoke); ok && to.Settings.Mode != rollout.ModeDryRun && is > 0 && spoke.Trigger != "" {
		fail("a trigger spoke, and %v is still served", is)
	}
	if is <= before.ServePercent(now) {
		return
	}
	switch e := e.(type) {
	case rollout.Tick:
		if slices.Contains(kinds, rollout.ChangeOverrideEnd) {
			break // back to what the stage had earned
		}
		held := before
		held.Position.Held = true
		measured, _, _ := policy.Step(held, e, now) // everything but the promotion
		if gate := policy.Gate(measured, now); gate.Outcome != rollout.OutcomePass {
			fail("the share rose to %v, the gate says %s: %s", is, gate.Outcome, gate.Why)
		}
	case rollout.Promote:
		for _, c := range policy.Gate(before, now).Criteria {
			if !c.Met && c.Name != rollout.CriterionApproval {
				fail("promoted by a person without %s", c.Name)
			}
		}
	case rollout.ProbesPassed:
		if to.Stage >= before.Position.Stage {
			fail("entered again as high as it tripped")
		}
	case rollout.SetOverride, rollout.ClearOverride, rollout.CarryOver, rollout.Fixed, rollout.Flagged:
	default:
		fail("the share rose to %v", is)
	}
}

// checkConditions: what leads out of a condition, and into it.
func checkConditions(fail func(string, ...any), from rollout.Position, e rollout.Event, to rollout.Position) {
	_, reset := e.(rollout.Reset)
	_, aborted := e.(rollout.Abort)
	_, passed := e.(rollout.ProbesPassed)
	_, failed := e.(rollout.ProbeFailed)
	_, tick := e.(rollout.Tick)
	if from.Condition == to.Condition || from.Stage == 0 && from.Condition == "" {
		return
	}
	ok := false
	switch from.Condition {
	case rollout.Normal:
		ok = to.Condition != rollout.Probing
	case rollout.Tripped:
		ok = tick && to.Condition == rollout.Probing || reset || aborted
	case rollout.Probing:
		ok = passed && to.Condition == rollout.Normal || failed && to.Condition == rollout.Tripped || reset || aborted
	case rollout.Stopped, rollout.Aborted:
		ok = reset || aborted
	}
	if !ok {
		fail("went from %s to %s", from.Condition, to.Condition)
	}
	if reset && (to.Condition != rollout.Normal || to.Stage > rollout.Shadow) {
		fail("a reset led to %s, %s", to.Stage, to.Condition)
	}
}

func text(s rollout.State) string {
	b, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
