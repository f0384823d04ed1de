package rollout_test

import (
	"fmt"
	"time"

	"understudy/rollout"
)

func Example() {
	dials := rollout.Dials{
		Mode: rollout.ModeAuto, Enabled: true, CeilingPercent: 50,
		MirrorPercent: 100, Stage: rollout.Shadow, BreakerClosed: true,
	}
	shadow := rollout.Decide(dials, "salt", "scan-1")
	fmt.Println(shadow.Serve, shadow.Mirror, "-", shadow.Dials.Why)

	dials.Stage, dials.CeilingPercent = rollout.Complete, 100
	complete := rollout.Decide(dials, "salt", "scan-1")
	fmt.Println(complete.Serve, complete.Alone, "-", complete.Dials.Why)
	// Output:
	// false true - ceiling 50, stage shadow: serves 0
	// true true - ceiling 100, stage complete: serves 100
}

func ExamplePolicy_Step() {
	policy, now := rollout.DefaultPolicy(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	settings := rollout.Settings{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, CeilingPercent: 100}
	state, _ := policy.Begin(settings, rollout.Versions{}, now)

	ask := rollout.SetOverride{By: rollout.By{Actor: "person:ana", Reason: "rehearsal"}, Percent: 5, For: time.Hour}
	state, effects, _ := policy.Step(state, ask, now)
	fmt.Println(state.ServePercent(now), effects[0].(rollout.Change).Kind)

	state, _, _ = policy.Step(state, rollout.Spoke{Trigger: rollout.TriggerErrors, Reason: "11 of 180 failed"}, now)
	fmt.Println(state.ServePercent(now), state.Position.Condition, state.Position.Cooldown)

	_, _, err := policy.Step(state, ask, now)
	fmt.Println(err)
	// Output:
	// 5 override
	// 0 tripped 30m0s
	// override: the candidate is tripped, and no override beats that
}
