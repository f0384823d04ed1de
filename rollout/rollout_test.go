package rollout_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"understudy/rollout"
)

func open() rollout.Dials {
	return rollout.Dials{
		Mode: rollout.ModeAuto, Enabled: true, CeilingPercent: 100,
		MirrorPercent: 100, Stage: rollout.Canary10, BreakerClosed: true,
	}
}

func TestDials_TheSafestOneWins(t *testing.T) {
	tests := []struct {
		name          string
		change        func(*rollout.Dials)
		serve, mirror float64
		binding       rollout.Dial
		why           string
	}{
		{"the stage binds", func(*rollout.Dials) {}, 10, 100, rollout.DialStage, "ceiling 100, stage canary_10: serves 10"},
		{"a fresh install serves nothing", func(d *rollout.Dials) { d.Stage, d.CeilingPercent = rollout.Shadow, 50 }, 0, 100, rollout.DialStage, "ceiling 50, stage shadow: serves 0"},
		{"the ceiling binds below the stage", func(d *rollout.Dials) { d.CeilingPercent = 2.5 }, 2.5, 100, rollout.DialCeiling, "ceiling 2.5, stage canary_10: serves 2.5"},
		{"a ceiling never raises the stage", func(d *rollout.Dials) { d.Stage = rollout.Canary1 }, 1, 100, rollout.DialStage, "ceiling 100, stage canary_1: serves 1"},
		{"hold keeps the share", func(d *rollout.Dials) { d.Mode = rollout.ModeHold }, 10, 100, rollout.DialStage, "ceiling 100, stage canary_10: serves 10"},
		{"dry run mirrors only", func(d *rollout.Dials) { d.Mode = rollout.ModeDryRun }, 0, 100, rollout.DialMode, "mode dry_run, ceiling 100, stage canary_10: serves 0"},
		{"off asks nobody", func(d *rollout.Dials) { d.Mode = rollout.ModeOff }, 0, 0, rollout.DialMode, "mode off, ceiling 100, stage canary_10: serves 0"},
		{"an unknown mode is off", func(d *rollout.Dials) { d.Mode = "automatic" }, 0, 0, rollout.DialMode, "mode automatic, ceiling 100, stage canary_10: serves 0"},
		{"the kill switch leaves the mirror on", func(d *rollout.Dials) { d.Enabled = false }, 0, 100, rollout.DialKillSwitch, "kill switch thrown, ceiling 100, stage canary_10: serves 0"},
		{"an open breaker leaves the mirror on", func(d *rollout.Dials) { d.BreakerClosed = false }, 0, 100, rollout.DialBreaker, "breaker not closed, ceiling 100, stage canary_10: serves 0"},
		{"stage off asks nobody", func(d *rollout.Dials) { d.Stage = rollout.Off }, 0, 0, rollout.DialStage, "ceiling 100, stage off: serves 0"},
		{"a ceiling that is no number is 0", func(d *rollout.Dials) { d.CeilingPercent = math.NaN() }, 0, 100, rollout.DialCeiling, "ceiling 0, stage canary_10: serves 0"},
		{"a mirror share above 100 is 100", func(d *rollout.Dials) { d.MirrorPercent = 250 }, 10, 100, rollout.DialStage, "ceiling 100, stage canary_10: serves 10"},
		{"an unknown stage serves and mirrors nothing", func(d *rollout.Dials) { d.Stage = 99 }, 0, 0, rollout.DialStage, "ceiling 100, stage stage(99): serves 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dials := open()
			test.change(&dials)
			got := dials.Effective()
			want := rollout.Effective{ServePercent: test.serve, MirrorPercent: test.mirror, Binding: test.binding, Why: test.why}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func anyDials(t *rapid.T) rollout.Dials {
	return rollout.Dials{
		Mode:           rapid.SampledFrom([]rollout.Mode{rollout.ModeAuto, rollout.ModeHold, rollout.ModeDryRun, rollout.ModeOff, ""}).Draw(t, "mode"),
		Enabled:        rapid.Bool().Draw(t, "enabled"),
		CeilingPercent: rapid.Float64Range(-10, 110).Draw(t, "ceiling"),
		MirrorPercent:  rapid.Float64Range(-10, 110).Draw(t, "mirror"),
		Stage:          rapid.SampledFrom(rollout.Stages()).Draw(t, "stage"),
		BreakerClosed:  rapid.Bool().Draw(t, "breaker"),
	}
}

func TestDials_NoShareIsEverAboveADial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDials(t)
		got := d.Effective()
		allowed := math.Max(0, math.Min(d.CeilingPercent, d.Stage.Percent()))
		if !d.Enabled || !d.BreakerClosed || (d.Mode != rollout.ModeAuto && d.Mode != rollout.ModeHold) {
			allowed = 0
		}
		if got.ServePercent > allowed {
			t.Fatalf("serves %v, the dials allow %v", got.ServePercent, allowed)
		}
		if got.MirrorPercent < 0 || got.MirrorPercent > math.Max(0, d.MirrorPercent) || got.MirrorPercent > 100 {
			t.Fatalf("mirrors %v of %v", got.MirrorPercent, d.MirrorPercent)
		}
	})
}

func TestDecide_RaisingOneDialOnlyAddsScans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := anyDials(t)
		high := low
		high.CeilingPercent += rapid.Float64Range(0, 100).Draw(t, "more ceiling")
		high.MirrorPercent += rapid.Float64Range(0, 100).Draw(t, "more mirror")
		high.Stage = max(high.Stage, rapid.SampledFrom(rollout.Stages()).Draw(t, "higher stage"))
		key, salt := rapid.String().Draw(t, "key"), rapid.String().Draw(t, "salt")
		before, after := rollout.Decide(low, salt, key), rollout.Decide(high, salt, key)
		if before.Serve && !after.Serve {
			t.Fatalf("%+v served the scan, %+v does not", low, high)
		}
		if before.Mirror && !after.Mirror {
			t.Fatalf("%+v mirrored the scan, %+v does not", low, high)
		}
	})
}

func TestDecide_OnlyCompleteAnswersAlone(t *testing.T) {
	dials := open()
	for _, stage := range rollout.Stages() {
		dials.Stage = stage
		for i := range 100 {
			got := rollout.Decide(dials, "salt", fmt.Sprint(i))
			if want := stage == rollout.Complete; got.Alone != want {
				t.Fatalf("stage %s: alone is %v", stage, got.Alone)
			}
			if stage.Percent() == 100 && !got.Serve {
				t.Fatalf("stage %s leaves out scan %d", stage, i)
			}
		}
	}
}

func TestInShare_SharesAreAsLargeAsTheySay(t *testing.T) {
	const scans = 100_000
	for _, percent := range []float64{0, 0.01, 1, 10, 50, 99.99, 100} {
		inside := 0
		for i := range scans {
			if rollout.InShare("salt", fmt.Sprintf("burst-%d", i), percent) {
				inside++
			}
		}
		want := scans * percent / 100
		slack := 5 * math.Sqrt(want*(1-percent/100)) // five standard deviations
		if math.Abs(float64(inside)-want) > slack {
			t.Errorf("%v %% holds %d of %d scans, want %v within %v", percent, inside, scans, want, slack)
		}
	}
}

func TestInShare_AnotherSaltIsAnotherSample(t *testing.T) {
	both, first := 0, 0
	for i := range 10_000 {
		key := fmt.Sprint(i)
		if rollout.InShare("a", key, 50) {
			first++
			if rollout.InShare("b", key, 50) {
				both++
			}
		}
	}
	if share := float64(both) / float64(first); share < 0.45 || share > 0.55 {
		t.Errorf("%.2f of one sample is in the other, want about half", share)
	}
}

func TestBucket_IsFixedForever(t *testing.T) {
	// A change of the hash would move running scans between primary and candidate.
	for key, want := range map[string]int{"": 9653, "scan-1": 972} {
		if got := rollout.Bucket("understudy", key); got != want {
			t.Errorf("bucket of %q is %d, want %d", key, got, want)
		}
	}
}

func TestParseStage_ReadsWhatStringWrites(t *testing.T) {
	for _, stage := range rollout.Stages() {
		if got, err := rollout.ParseStage(stage.String()); err != nil || got != stage {
			t.Errorf("%s: got %v, %v", stage, got, err)
		}
	}
	if _, err := rollout.ParseStage("canary"); err == nil {
		t.Error("an unknown stage was read")
	}
}
