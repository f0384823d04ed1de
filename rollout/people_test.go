package rollout_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
)

func TestReleased_AnotherVersionGoesBackToShadowAndACarryOverGivesBack(t *testing.T) {
	second := versions
	second.Candidate = "2"
	r := atStage(t, quick(), rollout.Canary50)
	earned := r.state.Progress.Evidence
	r.take(rollout.Released{}) // nothing is known: nothing changes
	r.want(rollout.Canary50, rollout.Normal, 50)
	r.take(rollout.Released{Versions: second})
	r.want(rollout.Shadow, rollout.Normal, 0)
	if r.state.Progress.Evidence != (rollout.Evidences{}) || !r.state.Position.EvidenceSince.Equal(r.now) {
		t.Errorf("the evidence about another version is still there: %+v", r.state.Progress)
	}
	for _, refused := range []rollout.CarryOver{{By: by}, {By: by, Compared: 100, Differ: 1}} {
		if err := r.after(time.Hour, refused); err == nil {
			t.Errorf("%+v was taken", refused)
		}
	}
	third := second
	third.Candidate = "3"
	r.take(rollout.Released{Versions: third}, rollout.CarryOver{By: by, Compared: 100})
	r.want(rollout.Canary50, rollout.Normal, 50)
	if r.state.Progress.Evidence != earned {
		t.Errorf("evidence is %+v, was %+v", r.state.Progress.Evidence, earned)
	}
	if err := r.after(time.Hour, rollout.CarryOver{By: by, Compared: 100}); err == nil {
		t.Error("it was carried over twice")
	}
	elsewhere := third
	elsewhere.Primary = "2"
	r.take(rollout.Released{Versions: elsewhere})
	r.want(rollout.Shadow, rollout.Normal, 0)
	if err := r.after(time.Hour, rollout.CarryOver{By: by, Compared: 100}); err == nil {
		t.Error("evidence about another primary was carried over")
	}
}

func TestPeople_AreRefusedWhatEvidenceDoesNotAllow(t *testing.T) {
	hour := time.Hour
	override := func(percent float64, d time.Duration, reason string) rollout.SetOverride {
		return rollout.SetOverride{By: rollout.By{Actor: "person:ana", Reason: reason}, Percent: percent, For: d}
	}
	tests := []struct {
		name   string
		before []rollout.Event
		event  rollout.Event
		says   string
	}{
		{"promote without evidence", []rollout.Event{rollout.Tick{Health: well}}, rollout.Promote{By: by}, "the gate is not passed: soak is 0s"},
		{"promote while held", []rollout.Event{rollout.Hold{By: by}}, rollout.Promote{By: by}, "held"},
		{"promote when tripped", []rollout.Event{tripBy(rollout.TriggerErrors)}, rollout.Promote{By: by}, "tripped"},
		{"hold twice", []rollout.Event{rollout.Hold{By: by}}, rollout.Hold{By: by}, "held already"},
		{"resume what is not held", nil, rollout.Resume{By: by}, "not held"},
		{"abort twice", []rollout.Event{rollout.Abort{By: by}}, rollout.Abort{By: by}, "aborted already"},
		{"an override above 100", nil, override(101, hour, "x"), "percent is 101, allowed is 0 to 100"},
		{"an override for too long", nil, override(5, 5*hour, "x"), "for is 5h0m0s"},
		{"an override without an end", nil, override(5, 0, "x"), "for is 0s"},
		{"an override without a reason", nil, override(5, hour, ""), "reason is missing"},
		{"an override of a tripped candidate", []rollout.Event{tripBy(rollout.TriggerErrors)}, override(5, hour, "x"), "no override beats that"},
		{"an override in stage off", []rollout.Event{rollout.Fixed{Stage: stageOf(rollout.Off)}}, override(5, hour, "x"), "the stage is off"},
		{"the end of no override", nil, rollout.ClearOverride{By: by}, "there is none"},
		{"a carry-over of nothing", nil, rollout.CarryOver{By: by, Compared: 5}, "no higher stage"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := begin(t, quick())
			r.take(test.before...)
			err := r.after(time.Hour, test.event)
			var refusal *rollout.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want a refusal that says %q", err, test.says)
			}
		})
	}
}

func TestOverride_BeatsTheStageAndNothingElseAndEndsByItself(t *testing.T) {
	r := begin(t, quick())
	r.take(rollout.SetOverride{By: by, Percent: 25, For: 3 * time.Hour})
	r.want(rollout.Shadow, rollout.Normal, 25)
	r.take(flagged(func(s *rollout.Settings) { s.CeilingPercent = 10 }))
	r.want(rollout.Shadow, rollout.Normal, 10)
	if dials := r.state.Position.Dials(r.now.Add(2 * time.Hour)); dials.Override != nil {
		t.Error("it is in force past its end")
	}
	if next := r.state.Position.Next(); !next.Equal(r.now.Add(2 * time.Hour)) {
		t.Errorf("next is %s", next)
	}
	r.take(with(good(), func(t *rollout.Tick) { t.Measured = rollout.Measured{} }))
	r.want(rollout.Shadow, rollout.Normal, 10)
	if !slices.Contains(r.notices, rollout.NoticeOverride) {
		t.Error("nobody was told that it ends soon")
	}
	r.take(with(good(), func(t *rollout.Tick) { t.Measured = rollout.Measured{} }))
	r.want(rollout.Shadow, rollout.Normal, 0)
	r.take(flagged(func(*rollout.Settings) {}), rollout.SetOverride{By: by, Percent: 25, For: 3 * time.Hour}, tripBy(rollout.TriggerErrors))
	r.want(rollout.Shadow, rollout.Tripped, 0)
	if r.state.Position.Override != nil {
		t.Error("an override outlives the trip that its author had not seen")
	}
	if c := r.last(); !strings.HasSuffix(c.Reason, "the override of 25 % ends with it") {
		t.Errorf("the trip says %q", c.Reason)
	}
}

func TestFixed_TheCommandLineSetsTheStageAndNothingIsPromoted(t *testing.T) {
	r := begin(t, quick())
	r.take(rollout.Fixed{Stage: stageOf(rollout.Canary10)}, good(), good(), good())
	r.want(rollout.Canary10, rollout.Normal, 10)
	if r.last().Actor != rollout.ActorCommandLine {
		t.Errorf("the audit says %+v", r.last())
	}
	r.take(tripBy(rollout.TriggerErrors))
	r.want(rollout.Canary10, rollout.Tripped, 0)
	r.take(rollout.Fixed{})
	r.want(rollout.Shadow, rollout.Tripped, 0)
}

func TestFlagged_IsAuditedWithItsSource(t *testing.T) {
	r := begin(t, quick())
	r.take(flagged(func(*rollout.Settings) {}))
	if len(r.changes) != 1 {
		t.Errorf("flags that did not change were audited: %+v", r.changes)
	}
	r.take(flagged(func(s *rollout.Settings) { s.CeilingPercent, s.Mode = 50, rollout.ModeHold }))
	if c := r.last(); c.Actor != "flag:file" || c.Reason != "mode auto to hold, serve_ceiling_percent 100 to 50" {
		t.Errorf("the audit says %s: %s", c.Actor, c.Reason)
	}
}
