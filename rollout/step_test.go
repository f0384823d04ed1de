package rollout_test

import (
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
