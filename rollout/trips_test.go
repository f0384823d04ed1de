package rollout_test

import (
	"slices"
	"testing"
	"time"

	"understudy/rollout"
)

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
