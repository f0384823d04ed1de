package rollout_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
)

func TestStep_EvidenceLeadsFromShadowToFullAndAPersonToComplete(t *testing.T) {
	r := begin(t, rollout.DefaultPolicy())
	hour := good()
	hour.Measured.Mirror, hour.Measured.Entry.Mirror = rollout.Count{Scans: 12}, rollout.Count{Scans: 12}
	reached := map[rollout.Stage]time.Duration{}
	for r.state.Position.Stage < rollout.Full {
		hour.Measured.Served = rollout.Count{Scans: int(12 * r.state.Position.Stage.Percent() / 100)}
		if r.state.Position.Stage == rollout.Canary1 {
			hour.Measured.Served = rollout.Count{Scans: 1}
		}
		for range 60 { // ticks of a minute, what came in told at the last
			if err := r.after(time.Minute, rollout.Tick{Elapsed: time.Minute, Monotonic: time.Minute, Health: well}); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.after(0, rollout.Tick{Health: well, Measured: hour.Measured}); err != nil {
			t.Fatal(err)
		}
		if _, seen := reached[r.state.Position.Stage]; !seen {
			reached[r.state.Position.Stage] = r.now.Sub(dawn)
		}
	}
	const day = 24 * time.Hour
	for stage, soaks := range map[rollout.Stage]time.Duration{
		rollout.Canary1: 2 * day, rollout.Canary10: 4 * day, rollout.Canary50: 6 * day, rollout.Full: 9 * day,
	} {
		if took := reached[stage]; took < soaks || took > soaks+16*time.Hour {
			t.Errorf("%s was reached after %s, its soaks alone take %s", stage, took, soaks)
		}
	}
	r.want(rollout.Full, rollout.Normal, 100)
	if err := r.after(time.Minute, rollout.Promote{By: by}); err == nil {
		t.Fatal("complete was entered without 28 days in full")
	}
	for range 28 * 24 * 60 {
		if err := r.after(time.Minute, rollout.Tick{Elapsed: time.Minute, Monotonic: time.Minute, Health: well, Measured: rollout.Measured{
			Entry: rollout.Entry{SelfTests: 4, SelfTestsPassed: 4, Executions: 1, Completed: 1},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	r.want(rollout.Full, rollout.Normal, 100) // by itself never
	if !slices.Contains(r.notices, rollout.NoticeApproval) {
		t.Errorf("nobody was told that an approval is all that is missing: %v", r.notices)
	}
	r.take(rollout.Promote{By: by, Report: "abc"})
	r.want(rollout.Complete, rollout.Normal, 100)
	if c := r.last(); c.Actor != "person:ana" || c.Report != "abc" || c.Gate == nil || c.Gate.Outcome != rollout.OutcomePass {
		t.Errorf("the audit says %+v", c)
	}
}

// atStage is a rollout that has come so far by evidence.
func atStage(t *testing.T, policy rollout.Policy, stage rollout.Stage) *run {
	t.Helper()
	r := begin(t, policy)
	for r.state.Position.Stage < stage {
		if policy.NeedsApproval(r.state.Position.Stage + 1) {
			r.take(with(good(), func(t *rollout.Tick) { t.Elapsed, t.Monotonic = time.Hour, time.Hour }), rollout.Promote{By: by})
			continue
		}
		r.take(good())
	}
	r.changes = slices.Clone(r.changes)
	return r
}

func TestTick_SoakAdvancesOnlyWhenAllIsWellAndTheShareIsInForce(t *testing.T) {
	tests := []struct {
		name   string
		before []rollout.Event
		change func(*rollout.Tick)
		soaks  bool
	}{
		{"all is well", nil, func(*rollout.Tick) {}, true},
		{"the clocks differ by what is allowed", nil, func(t *rollout.Tick) { t.Monotonic = t.Elapsed - 5*time.Second }, true},
		{"the wall clock was set forward", nil, func(t *rollout.Tick) { t.Monotonic = t.Elapsed - 5*time.Second - 1 }, false},
		{"the wall clock was set back", nil, func(t *rollout.Tick) { t.Elapsed = t.Monotonic - 6*time.Second }, false},
		{"the first tick of a process", nil, func(t *rollout.Tick) { t.Elapsed, t.Monotonic = 0, 0 }, false},
		{"the process was stopped for long", nil, func(t *rollout.Tick) { t.Elapsed, t.Monotonic = 6*time.Hour, 6*time.Hour }, false},
		{"the flags are stale", nil, func(t *rollout.Tick) { t.Health.Flags = false }, false},
		{"the store fails", nil, func(t *rollout.Tick) { t.Health.Store = false }, false},
		{"the candidate is down", nil, func(t *rollout.Tick) { t.Health.Candidate = false }, false},
		{"the ceiling is below the stage", []rollout.Event{flagged(func(s *rollout.Settings) { s.CeilingPercent = 9 })}, func(*rollout.Tick) {}, false},
		{"the kill switch is thrown", []rollout.Event{flagged(func(s *rollout.Settings) { s.Enabled = false })}, func(*rollout.Tick) {}, false},
		{"mode hold", []rollout.Event{flagged(func(s *rollout.Settings) { s.Mode = rollout.ModeHold })}, func(*rollout.Tick) {}, true},
		{"mode off", []rollout.Event{flagged(func(s *rollout.Settings) { s.Mode = rollout.ModeOff })}, func(*rollout.Tick) {}, false},
		{"held by a person", []rollout.Event{rollout.Hold{By: by}}, func(*rollout.Tick) {}, true},
		{"an override holds the share down", []rollout.Event{rollout.SetOverride{By: by, Percent: 5, For: 4 * time.Hour}}, func(*rollout.Tick) {}, false},
		{"tripped", []rollout.Event{tripBy(rollout.TriggerErrors)}, func(*rollout.Tick) {}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policy := quick()
			policy.SoakCanary10 = 100 * time.Hour
			r := atStage(t, policy, rollout.Canary10)
			r.take(test.before...)
			before := r.state.Progress.Soak
			r.take(with(good(), test.change))
			if soaked := r.state.Progress.Soak > before; soaked != test.soaks {
				t.Errorf("soak went from %s to %s", before, r.state.Progress.Soak)
			}
		})
	}
}

func flagged(change func(*rollout.Settings)) rollout.Flagged {
	s := allOpen()
	change(&s)
	return rollout.Flagged{Settings: s, Source: "file"}
}

func progressOf(m rollout.Measured, soak time.Duration) rollout.Progress {
	return rollout.Progress{Soak: soak, Evidence: rollout.Evidences{Mirror: m.Mirror, Served: m.Served}, Entry: m.Entry, Health: well}
}

func TestGate_EachCriterionAloneKeepsItShut(t *testing.T) {
	tests := []struct {
		stage     rollout.Stage
		criterion string
		change    func(*rollout.Progress)
	}{
		{rollout.Shadow, rollout.CriterionSoak, func(p *rollout.Progress) { p.Soak -= time.Second }},
		{rollout.Shadow, rollout.CriterionMirror, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 64} }},
		{rollout.Shadow, rollout.CriterionMirror, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 125, Disagree: 1} }},
		{rollout.Shadow, rollout.CriterionCoverage, func(p *rollout.Progress) { p.Entry.Compared = p.Entry.Eligible*95/100 - 1 }},
		{rollout.Shadow, rollout.CriterionCoverage, func(p *rollout.Progress) { p.Entry.Compared, p.Entry.Eligible = 0, 0 }},
		{rollout.Shadow, rollout.CriterionWrong, func(p *rollout.Progress) { p.OpenWrong = 1 }},
		{rollout.Canary1, rollout.CriterionServedScans, func(p *rollout.Progress) { p.Evidence.Served = rollout.Count{Scans: 2} }},
		{rollout.Canary1, rollout.CriterionMirror, func(p *rollout.Progress) {
			p.Evidence.Mirror, p.Evidence.Variations = rollout.Count{Scans: 64}, rollout.Count{Scans: 200}
		}},
		{rollout.Canary10, rollout.CriterionServed, func(p *rollout.Progress) { p.Evidence.Served = rollout.Count{Scans: 64} }},
		{rollout.Canary10, rollout.CriterionMirror, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 200, Disagree: 5} }},
		{rollout.Canary10, rollout.CriterionNextGate, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 2000, Disagree: 40} }},
		{rollout.Canary50, rollout.CriterionServed, func(p *rollout.Progress) { p.Evidence.Served = rollout.Count{Scans: 327} }},
		{rollout.Canary50, rollout.CriterionMirrorStrict, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 327} }},
		{rollout.Canary50, rollout.CriterionAvailability, func(p *rollout.Progress) { p.Entry.SelfTests, p.Entry.SelfTestsPassed = 1000, 995 }},
		{rollout.Canary50, rollout.CriterionAvailability, func(p *rollout.Progress) { p.Entry.SelfTests, p.Entry.SelfTestsPassed = 0, 0 }},
		{rollout.Canary50, rollout.CriterionErrorRate, func(p *rollout.Progress) { p.Entry.Executions, p.Entry.Failed = 1000, 10 }},
		{rollout.Canary50, rollout.CriterionErrorRate, func(p *rollout.Progress) { p.Entry.Executions, p.Entry.Failed = 0, 0 }},
		{rollout.Canary50, rollout.CriterionSlowShare, func(p *rollout.Progress) { p.Entry.Completed, p.Entry.Slow = 1000, 50 }},
		{rollout.Full, rollout.CriterionApproval, func(*rollout.Progress) {}},
	}
	for _, test := range tests {
		t.Run(test.stage.String()+" without "+test.criterion, func(t *testing.T) {
			policy := rollout.DefaultPolicy()
			state := rollout.State{
				Position: rollout.Position{Stage: test.stage, Condition: rollout.Normal, Settings: allOpen()},
				Progress: progressOf(good().Measured, policy.Soak(test.stage)),
			}
			if test.stage != rollout.Full { // whose gate takes a person anyway
				if gate := policy.Gate(state, dawn); gate.Outcome != rollout.OutcomePass {
					t.Fatalf("it does not pass to begin with: %s", gate.Why)
				}
			}
			test.change(&state.Progress)
			gate := policy.Gate(state, dawn)
			if gate.Outcome != rollout.OutcomeInconclusive || gate.To != test.stage+1 {
				t.Fatalf("%s to %s: %s", gate.Outcome, gate.To, gate.Why)
			}
			for _, c := range gate.Criteria {
				if c.Met == (c.Name == test.criterion) || !slices.Contains(rollout.CriterionNames(), c.Name) {
					t.Errorf("%s met: %v, %s", c.Name, c.Met, c.Text)
				}
				if !c.Met && !strings.Contains(gate.Why, c.Text) {
					t.Errorf("the reason %q does not say %q", gate.Why, c.Text)
				}
			}
		})
	}
}

func TestGate_FailsAfterEnoughScansAgainstTheCandidate(t *testing.T) {
	tests := []struct {
		name   string
		stage  rollout.Stage
		change func(*rollout.Evidences)
		fails  bool
	}{
		{"the mirror disagrees", rollout.Shadow, func(e *rollout.Evidences) { e.Mirror = rollout.Count{Scans: 300, Disagree: 30} }, true},
		{"too few scans to say so", rollout.Shadow, func(e *rollout.Evidences) { e.Mirror = rollout.Count{Scans: 299, Disagree: 30} }, false},
		{"2 % is no matter of the first gates", rollout.Canary10, func(e *rollout.Evidences) { e.Mirror = rollout.Count{Scans: 2000, Disagree: 40} }, false},
		{"but of the last", rollout.Canary50, func(e *rollout.Evidences) { e.Mirror = rollout.Count{Scans: 2000, Disagree: 40} }, true},
		{"served scans disagree", rollout.Canary10, func(e *rollout.Evidences) { e.Served = rollout.Count{Scans: 300, Disagree: 30} }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			state := rollout.State{Position: rollout.Position{Stage: test.stage}, Progress: progressOf(good().Measured, 0)}
			test.change(&state.Progress.Evidence)
			gate := rollout.DefaultPolicy().Gate(state, dawn)
			if failed := gate.Outcome == rollout.OutcomeFail; failed != test.fails {
				t.Errorf("%s: %s", gate.Outcome, gate.Why)
			}
		})
	}
}

func TestTick_AFailedGateDemotesAndInShadowRejects(t *testing.T) {
	bad := with(good(), func(t *rollout.Tick) {
		t.Measured.Mirror.Disagree, t.Measured.Served.Disagree = 300, 300
		t.Measured.Entry.Mirror = rollout.Count{}
	})
	r := atStage(t, quick(), rollout.Canary10)
	r.take(bad)
	r.want(rollout.Canary1, rollout.Normal, 1)
	if c := r.last(); c.Kind != rollout.ChangeDemoted || c.Gate == nil || c.Gate.Outcome != rollout.OutcomeFail {
		t.Errorf("the audit says %+v", c)
	}
	r.take(bad)
	r.want(rollout.Shadow, rollout.Normal, 0)
	r.take(bad)
	r.want(rollout.Shadow, rollout.Stopped, 0)
	r.take(good(), good())
	r.want(rollout.Shadow, rollout.Stopped, 0) // only a person leads out
	r.take(rollout.Reset{By: by})
	r.want(rollout.Shadow, rollout.Normal, 0)
}

func TestTick_DisagreementSinceTheEntryStopsFromCanary1On(t *testing.T) {
	some := func(disagree int) rollout.Tick {
		return with(good(), func(t *rollout.Tick) {
			t.Measured = rollout.Measured{Entry: rollout.Entry{Mirror: rollout.Count{Scans: 10, Disagree: disagree}}}
		})
	}
	policy := quick()
	policy.SoakCanary1 = 100 * time.Hour
	r := atStage(t, policy, rollout.Canary1)
	r.take(some(1))
	r.want(rollout.Canary1, rollout.Normal, 1) // D(1, 10) is below 20
	r.take(some(1))
	r.want(rollout.Canary1, rollout.Stopped, 0)
	if c := r.last(); c.Trigger != rollout.TriggerDisagreement || !strings.Contains(c.Reason, "2 of 20 scans") {
		t.Errorf("the audit says %+v", c)
	}
	shadow := begin(t, quick())
	shadow.take(some(5))
	shadow.want(rollout.Shadow, rollout.Normal, 0)
	shadow.take(rollout.SetOverride{By: by, Percent: 5, For: 2 * time.Hour}, some(0))
	shadow.want(rollout.Shadow, rollout.Stopped, 0) // under an override clients are served
}

func TestTrip_CooldownsDoubleAndCleanDaysForgive(t *testing.T) {
	policy := rollout.DefaultPolicy()
	policy.AbortTrips = 100
	r := begin(t, policy)
	trip := func(clean, want time.Duration) {
		t.Helper()
		if err := r.after(clean, tripBy(rollout.TriggerErrors)); err != nil {
			t.Fatal(err)
		}
		if got := r.state.Position.Cooldown; got != want || !r.state.Position.Until.Equal(r.now.Add(want)) {
			t.Fatalf("cooldown is %s until %s, want %s", got, r.state.Position.Until, want)
		}
		if err := r.after(want-1, rollout.Tick{Health: well}); err != nil || r.state.Position.Condition != rollout.Tripped {
			t.Fatalf("probing began early: %v", err)
		}
		if err := r.after(1, rollout.Tick{Health: well}); err != nil || r.state.Position.Condition != rollout.Probing {
			t.Fatalf("probing did not begin in time: %v", err)
		}
		if err := r.after(0, rollout.ProbesPassed{Reason: "72 clean"}); err != nil {
			t.Fatal(err)
		}
	}
	const hour = time.Hour
	trip(hour, hour/2)
	trip(hour, hour)
	trip(hour, 2*hour)
	trip(hour, 4*hour)
	trip(hour, 8*hour)
	trip(hour, 8*hour)       // at most
	trip(25*hour, 8*hour)    // one of six forgiven: the sixth again
	trip(4*24*hour, 2*hour)  // four of six forgiven: the third
	trip(99*24*hour, hour/2) // all
}

func TestTrip_ReentersOneStageLowerAfterProbesAndAFailureIsNoTrip(t *testing.T) {
	r := atStage(t, quick(), rollout.Canary50)
	r.take(tripBy(rollout.TriggerSlow))
	r.want(rollout.Canary50, rollout.Tripped, 0)
	if c := r.last(); !slices.Equal(c.Exchanges, []string{"e1", "e2"}) || len(c.Tallies) != 1 || c.Trigger != rollout.TriggerSlow {
		t.Errorf("the audit says %+v", c)
	}
	r.take(tripBy(rollout.TriggerErrors)) // the breaker is open: nothing more to trip
	if len(r.state.Position.Trips) != 1 {
		t.Errorf("trips are %v", r.state.Position.Trips)
	}
	r.take(good())
	r.want(rollout.Canary50, rollout.Probing, 0)
	r.take(rollout.ProbeFailed{Reason: "a probe failed"})
	r.want(rollout.Canary50, rollout.Tripped, 0)
	if p := r.state.Position; p.Cooldown != time.Hour || len(p.Trips) != 1 || !slices.Equal(p.Suspects, []string{"e1", "e2"}) {
		t.Errorf("after a failed probe: %+v", p)
	}
	r.take(good(), rollout.ProbesPassed{Reason: "72 clean"})
	r.want(rollout.Canary10, rollout.Normal, 10)
	if p := r.state.Position; len(p.Suspects) > 0 || r.state.Progress.Soak != 0 {
		t.Errorf("after the probes: %+v", r.state)
	}
	if r.state.Progress.Evidence.Mirror.Scans == 0 {
		t.Error("the evidence is gone")
	}
}

func TestTrip_ThreeInAWeekFromACanaryAbort(t *testing.T) {
	back := func(r *run) { r.take(good(), rollout.ProbesPassed{Reason: "72 clean"}) }
	policy := quick()
	policy.Cooldown, policy.CooldownMost = time.Minute, time.Minute
	r := atStage(t, policy, rollout.Canary50)
	r.take(tripBy(rollout.TriggerErrors))
	back(r)
	r.take(tripBy(rollout.TriggerErrors))
	back(r)
	r.want(rollout.Canary1, rollout.Normal, 1)
	r.take(tripBy(rollout.TriggerErrors))
	r.want(rollout.Canary1, rollout.Aborted, 0)
	r.take(good(), good())
	r.want(rollout.Canary1, rollout.Aborted, 0)
	r.take(rollout.Reset{By: by}, tripBy(rollout.TriggerErrors))
	r.want(rollout.Shadow, rollout.Tripped, 0) // looked at, so counted anew

	shadow := begin(t, policy)
	for range 5 {
		shadow.take(tripBy(rollout.TriggerErrors))
		shadow.want(rollout.Shadow, rollout.Tripped, 0)
		back(shadow)
		shadow.state.Progress = rollout.Progress{}
	}

	slow := atStage(t, policy, rollout.Canary50)
	for range 2 {
		slow.take(tripBy(rollout.TriggerErrors))
		back(slow)
	}
	slow.now = slow.now.Add(7 * 24 * time.Hour)
	slow.take(tripBy(rollout.TriggerErrors))
	slow.want(rollout.Canary1, rollout.Tripped, 0)
}

func TestWrongAnswer_TripsWhereClientsAreServedAndKeepsShadowsGateShut(t *testing.T) {
	r := begin(t, quick())
	r.take(tripBy(rollout.TriggerWrongAnswer))
	r.want(rollout.Shadow, rollout.Normal, 0)
	r.take(with(good(), func(t *rollout.Tick) { t.Measured.OpenWrong = 1 }))
	r.want(rollout.Shadow, rollout.Normal, 0)
	r.take(good())
	r.want(rollout.Canary1, rollout.Normal, 1)
	r.take(tripBy(rollout.TriggerWrongAnswer))
	r.want(rollout.Canary1, rollout.Tripped, 0)
}

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
}

func TestDryRun_DecidesAllAndChangesNothing(t *testing.T) {
	r := begin(t, quick())
	r.take(flagged(func(s *rollout.Settings) { s.Mode = rollout.ModeDryRun }))
	changes := len(r.changes)
	r.take(good(), good(), tripBy(rollout.TriggerErrors), with(good(), func(t *rollout.Tick) {
		t.Measured.Mirror = rollout.Count{Scans: 1000, Disagree: 1000}
	}))
	r.want(rollout.Shadow, rollout.Normal, 0)
	if len(r.changes) != changes {
		t.Errorf("changed: %+v", r.changes[changes:])
	}
	want := []rollout.NoticeKind{rollout.NoticeWouldPromote, rollout.NoticeWouldTrip, rollout.NoticeWouldDemote}
	if !slices.Equal(r.notices, want) {
		t.Errorf("told %v, want %v", r.notices, want)
	}
}

func TestTick_TellsOnceWhatStands(t *testing.T) {
	empty := rollout.Tick{Elapsed: time.Hour, Monotonic: time.Hour, Health: well}
	frozen := empty
	frozen.Health.Store = false
	r := begin(t, quick())
	r.take(empty, empty, empty, empty, frozen, frozen, empty, frozen)
	want := []rollout.NoticeKind{rollout.NoticeInconclusive, rollout.NoticeFrozen, rollout.NoticeFrozen}
	if !slices.Equal(r.notices, want) {
		t.Errorf("told %v, want %v", r.notices, want)
	}
	r = begin(t, quick())
	r.take(tripBy(rollout.TriggerErrors), empty, empty, empty, empty)
	if !slices.Equal(r.notices, []rollout.NoticeKind{rollout.NoticeProbing}) {
		t.Errorf("told %v while probing", r.notices)
	}
}

func TestMeasured_VariationsFillNoMoreThanTheirShare(t *testing.T) {
	r := begin(t, rollout.DefaultPolicy())
	tick := func(scans int, variations ...bool) {
		r.take(rollout.Tick{Health: well, Measured: rollout.Measured{Mirror: rollout.Count{Scans: scans}, Variations: variations}})
	}
	tick(0, false, false, true)
	if got := r.state.Progress.Evidence.Variations; got != (rollout.Count{}) {
		t.Errorf("without a real scan %+v count", got)
	}
	tick(2, make([]bool, 7)...)
	tick(0, true, true)
	if got := r.state.Progress.Evidence.Variations; got != (rollout.Count{Scans: 8, Disagree: 1}) {
		t.Errorf("beside 2 scans %+v count, want 8 of which 1 disagrees", got)
	}
	// 13 scans and 52 variations are the 65 that pass.
	r = begin(t, rollout.DefaultPolicy())
	tick(13, make([]bool, 100)...)
	evidence := r.state.Progress.Evidence
	if all := evidence.Mirror.Plus(evidence.Variations); all.Scans != 65 || rollout.Evidence(0, all.Scans, 0.05) < rollout.Enough {
		t.Errorf("13 scans and 100 variations give %+v", all)
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

func TestPolicy_NamesTheFieldThatIsOutOfRange(t *testing.T) {
	if err := rollout.DefaultPolicy().Validate(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*rollout.Policy){
		"rate":            func(p *rollout.Policy) { p.Rate = 1 },
		"coverage":        func(p *rollout.Policy) { p.Coverage = 0 },
		"variation_share": func(p *rollout.Policy) { p.VariationShare = 1 },
		"probes":          func(p *rollout.Policy) { p.Probes = 0 },
		"approvals":       func(p *rollout.Policy) { p.Approvals = []rollout.Stage{rollout.Shadow} },
		"soak_shadow":     func(p *rollout.Policy) { p.SoakShadow = -1 },
		"cooldown_most":   func(p *rollout.Policy) { p.CooldownMost = p.Cooldown - 1 },
		"tick":            func(p *rollout.Policy) { p.Tick = 0 },
	} {
		p := rollout.DefaultPolicy()
		change(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), field+" ") {
			t.Errorf("%s: %v", field, err)
		}
		if p.Digest() == rollout.DefaultPolicy().Digest() {
			t.Errorf("%s: the digest is that of the default", field)
		}
	}
}
