package rollout_test

import (
	"fmt"

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
