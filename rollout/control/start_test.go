package control_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
)

func TestStart_BeginsInShadowAndEntersItInTheAudit(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.at(rollout.Shadow, rollout.Normal)
		if kinds := w.store.kinds(0); !slices.Equal(kinds, []rollout.ChangeKind{rollout.ChangeStart}) {
			t.Errorf("stored are %v, want the start", kinds)
		}
		if w.Position().Versions.Policy != w.cfg.Policy.Digest() {
			t.Error("the position does not know the policy's digest")
		}
		w.end()
	})
}

func TestStart_AtTheStageOfTheCommandLine(t *testing.T) {
	play(t, func(_ *testing.T, w *world) {
		w.cfg.Fixed = stageOf(rollout.Canary10)
		w.start()
		w.at(rollout.Canary10, rollout.Normal)
		w.pass(time.Hour)
		w.at(rollout.Canary10, rollout.Normal)
		w.end()

		w.cfg.Fixed = nil
		w.start()
		w.at(rollout.Shadow, rollout.Normal)
		w.end()
	})
}

func TestStart_AStageOfTheCommandLineThatCouldNotBeSavedIsTakenLater(t *testing.T) {
	play(t, func(_ *testing.T, w *world) {
		w.cfg.Fixed = stageOf(rollout.Full)
		w.store.down(true)
		w.start()
		w.at(rollout.Shadow, rollout.Normal)
		w.store.down(false)
		w.pass(2 * time.Minute)
		w.at(rollout.Full, rollout.Normal)
		w.end()
	})
}

func TestStart_CompleteIsARaiseThoughFullServesTheSameShare(t *testing.T) {
	play(t, func(_ *testing.T, w *world) {
		w.cfg.Fixed = stageOf(rollout.Full)
		w.start()
		w.end()
		w.cfg.Fixed = stageOf(rollout.Complete)
		w.store.down(true)
		w.start()
		w.at(rollout.Full, rollout.Normal)
		w.store.down(false)
		w.pass(2 * time.Minute)
		w.at(rollout.Complete, rollout.Normal)
		w.end()
	})
}

func TestStart_GoesOnMidSoakToTheSameSecond(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.pass(3*time.Minute + time.Second)
		before := w.Status().State
		if before.Progress.Soak != 3*time.Minute {
			t.Fatalf("soak is %s, want 3m", before.Progress.Soak)
		}
		w.end()
		time.Sleep(10 * time.Hour)
		w.start()
		after := w.Status().State
		if after.Progress.Soak != 3*time.Minute || !after.Position.Entered.Equal(before.Position.Entered) || after.Progress.Evidence.Mirror.Scans < before.Progress.Evidence.Mirror.Scans {
			t.Errorf("after the restart %+v, before %+v", after, before)
		}
		w.pass(time.Minute + time.Second)
		w.at(rollout.Shadow, rollout.Normal)
		w.pass(time.Minute)
		w.at(rollout.Canary1, rollout.Normal)
		w.end()
	})
}

func TestStart_ATripGoesOnWithItsCooldownAndThenProbesOnTheSecond(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary10)
		w.pass(17 * time.Second)
		w.trip()
		until := w.Position().Until
		if left := time.Until(until); left != 30*time.Minute {
			t.Fatalf("the cooldown is %s, want 30m", left)
		}
		w.pass(10 * time.Minute)
		w.end()
		w.breaker.Set(breaker.Closed, nil, false) // a new process, a new breaker
		time.Sleep(10 * time.Minute)
		w.start()
		w.at(rollout.Canary10, rollout.Tripped)
		if w.breaker.state() != breaker.Open {
			t.Error("the breaker of the new process is not open")
		}
		w.pass(time.Until(until) - time.Nanosecond)
		w.at(rollout.Canary10, rollout.Tripped)
		w.pass(time.Nanosecond)
		w.at(rollout.Canary10, rollout.Probing)
		if s := w.breaker.Snapshot(); s.State != breaker.HalfOpen || !slices.Equal(s.Suspects, []string{"e1", "e2"}) {
			t.Errorf("the breaker is %s with suspects %v, want half_open with e1 and e2", s.State, s.Suspects)
		}
		w.end()
	})
}

func TestStart_KeepsWhatAPersonHasSet(t *testing.T) {
	for name, c := range map[string]struct {
		do   rollout.Event
		kept func(p rollout.Position) bool
	}{
		"hold":     {rollout.Hold{By: by("ana")}, func(p rollout.Position) bool { return p.Held }},
		"abort":    {rollout.Abort{By: by("ana")}, func(p rollout.Position) bool { return p.Condition == rollout.Aborted }},
		"override": {rollout.SetOverride{By: by("ana"), Percent: 3, For: time.Hour}, func(p rollout.Position) bool { return p.Override != nil && p.Override.Percent == 3 }},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T, w *world) {
				w.start()
				w.do(c.do)
				w.end()
				time.Sleep(time.Minute)
				w.start()
				if !c.kept(w.Position()) {
					t.Errorf("after the restart the position is %+v", w.Position())
				}
				w.end()
			})
		})
	}
}

func TestStart_AReleaseSinceThenIsNotServedForAMoment(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary50)
		w.end()
		w.set(func(w *world) { w.versions.Candidate = "2" })
		w.breaker.guard = true
		if err := w.tryStart(); err != nil {
			t.Fatal(err)
		}
		w.at(rollout.Shadow, rollout.Normal)
		if w.breaker.guard {
			t.Error("the breaker was told that clients are served")
		}
		w.end()
		if last := w.store.kinds(len(w.store.records) - 1); last[0] != rollout.ChangeVersion {
			t.Errorf("the last change is %v, want the version", last)
		}
	})
}

func TestStart_LeavesAloneWhatItCantRead(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.end()
		good := string(w.store.saved.State)
		var document map[string]any
		if err := json.Unmarshal([]byte(good), &document); err != nil {
			t.Fatal(err)
		}
		for name, state := range map[string]string{
			"broken":           good[:len(good)/2],
			"empty":            "",
			"of a later form":  strings.Replace(good, `"format":1`, `"format":2`, 1),
			"with more in it":  strings.Replace(good, `"stage":`, `"mood":"good","stage":`, 1),
			"of another stage": strings.Replace(good, `"stage":"shadow"`, `"stage":"dusk"`, 1),
			"followed by more": good + "{}",
		} {
			saves := w.store.saves
			w.store.saved.State = []byte(state)
			if err := w.tryStart(); err == nil || !strings.Contains(err.Error(), "read stored state") {
				t.Errorf("a state that is %s: error %v, want one that says it can't be read", name, err)
			}
			if w.store.saves != saves || string(w.store.saved.State) != state {
				t.Errorf("a state that is %s was overwritten", name)
			}
		}
	})
}

func TestStart_NamesWhatIsMissing(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		for field, change := range map[string]func(c *control.Config){
			"Store":    func(c *control.Config) { c.Store = nil },
			"Measurer": func(c *control.Config) { c.Measurer = nil },
			"Breaker":  func(c *control.Config) { c.Breaker = nil },
			"Flags":    func(c *control.Config) { c.Flags = nil },
			"Timeout":  func(c *control.Config) { c.Timeout = -1 },
			"rate":     func(c *control.Config) { c.Policy.Rate = 2 },
		} {
			cfg := w.cfg
			change(&cfg)
			if _, err := control.Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("error %v, want one that names %s", err, field)
			}
		}
	})
}
