package control_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
)

func TestTick_SoaksOnlyWhileAllIsWell(t *testing.T) {
	for name, c := range map[string]struct {
		fails, mend func(w *world)
	}{
		"flags":     {func(w *world) { w.stale = true }, func(w *world) { w.stale = false }},
		"candidate": {func(w *world) { w.sick = true }, func(w *world) { w.sick = false }},
		"measuring": {func(w *world) { w.failing = true }, func(w *world) { w.failing = false }},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T, w *world) {
				w.start()
				w.pass(90 * time.Second)
				w.set(c.fails)
				w.pass(time.Hour)
				s := w.Status()
				if s.State.Progress.Soak != time.Minute || len(s.Frozen) != 1 || w.told("frozen") != 1 {
					t.Errorf("soak is %s, frozen by %v, told %d times; want 1m, one reason, once", s.State.Progress.Soak, s.Frozen, w.told("frozen"))
				}
				w.at(rollout.Shadow, rollout.Normal)
				w.set(c.mend)
				w.pass(5 * time.Minute)
				w.at(rollout.Canary1, rollout.Normal)
				if f := w.Status().Frozen; len(f) != 0 {
					t.Errorf("still frozen by %v", f)
				}
				w.end()
			})
		})
	}
}

func TestTick_AClockThatJumpsIsNoSoak(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		offset := time.Duration(0)
		w.cfg.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(offset)
		}
		jump := func(d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			offset += d
		}
		w.start()
		w.pass(90 * time.Second)
		for _, d := range []time.Duration{10 * time.Hour, -10 * time.Hour, 6 * time.Second, -6 * time.Second} {
			before := w.Status().State.Progress.Soak
			jump(d)
			w.pass(time.Minute)
			if soak := w.Status().State.Progress.Soak; soak != before {
				t.Errorf("a jump of %s: soak went from %s to %s", d, before, soak)
			}
		}
		w.pass(time.Minute)
		if soak := w.Status().State.Progress.Soak; soak != 2*time.Minute {
			t.Errorf("soak is %s, want 2m", soak)
		}
		w.end()
	})
}

func TestTick_WhatCouldNotBeMeasuredIsMeasuredLater(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.cfg.Policy.EvidenceDelay = time.Second
		w.start()
		w.set(func(w *world) { w.failing, w.asked = true, nil })
		w.pass(3 * time.Minute)
		w.set(func(w *world) { w.failing = false })
		w.pass(2 * time.Minute)
		asked := w.asked
		if len(asked) != 5 || !asked[3].Equal(asked[0]) || asked[4].Sub(asked[3]) < 3*time.Minute {
			t.Errorf("measured after %v, want four times after the same moment and then from there on", asked)
		}
		w.end()
	})
}

func TestTick_CountsWhatTheBreakerHasCounted(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.set(func(w *world) { w.scans = 0 })
		before := w.Status().State.Progress.Entry
		w.breaker.mu.Lock()
		w.breaker.drained = rollout.Entry{SelfTests: 8, SelfTestsPassed: 7, Executions: 6, Failed: 1, Completed: 5, Slow: 2}
		w.breaker.mu.Unlock()
		w.pass(time.Minute)
		after := w.Status().State.Progress.Entry
		if after.SelfTests-before.SelfTests != 12 || after.SelfTestsPassed-before.SelfTestsPassed != 11 || after.Failed != 1 || after.Slow != 2 {
			t.Errorf("counted %+v after %+v", after, before)
		}
		w.end()
	})
}

func TestTick_MakesUpForHooksThatWereLost(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary10)
		w.breaker.opens(rollout.Spoke{Trigger: rollout.TriggerSlow, Reason: "slow: 11 of the last 120 executions, from 5 scans"})
		w.pass(time.Minute)
		w.at(rollout.Canary10, rollout.Tripped)
		w.pass(31 * time.Minute)
		w.at(rollout.Canary10, rollout.Probing)
		w.breaker.opens(rollout.Spoke{})
		w.pass(time.Minute)
		w.at(rollout.Canary10, rollout.Tripped)
		w.pass(61 * time.Minute)
		w.at(rollout.Canary10, rollout.Probing)
		w.breaker.probed()
		w.pass(time.Minute)
		w.at(rollout.Canary1, rollout.Normal)
		if w.breaker.state() != breaker.Closed {
			t.Errorf("the breaker is %s", w.breaker.state())
		}
		w.end()
	})
}

func TestTick_NeverClosesABreakerWhoseWordIsNotReadYet(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.pass(10 * time.Second)
		// It has opened, and its hook is on its way, when a change of the guard is published.
		spoke := rollout.Spoke{Trigger: rollout.TriggerErrors, Reason: "errors"}
		w.breaker.opens(spoke)
		w.do(rollout.SetOverride{By: by("ana"), Percent: 5, For: time.Hour})
		if w.breaker.state() != breaker.Open {
			t.Fatal("the controller closed it")
		}
		w.hooks.Spoke(spoke)
		synctest.Wait()
		w.at(rollout.Shadow, rollout.Tripped)
		w.end()
	})
}

func TestDryRun_ClosesTheBreakerAndChangesNothing(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.settings.Mode = rollout.ModeDryRun
		w.start()
		w.pass(time.Hour)
		w.trip()
		w.at(rollout.Shadow, rollout.Normal)
		if w.breaker.state() != breaker.Closed || w.told("would_trip") != 1 || w.told("would_promote") != 1 || !w.Status().DryRun {
			t.Errorf("the breaker is %s, told %+v", w.breaker.state(), w.messages)
		}
		w.end()
	})
}

func TestGuard_IsOnWhereClientsAreServed(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		guard := func(want bool, when string) {
			t.Helper()
			w.breaker.mu.Lock()
			defer w.breaker.mu.Unlock()
			if w.breaker.guard != want {
				t.Errorf("guard is %v %s", w.breaker.guard, when)
			}
		}
		w.start()
		guard(false, "in shadow")
		w.do(rollout.SetOverride{By: by("ana"), Percent: 5, For: 90 * time.Second})
		guard(true, "under an override")
		w.pass(90 * time.Second)
		guard(false, "after it")
		w.until(rollout.Canary1)
		guard(true, "at canary_1")
		w.end()
	})
}

func TestOverride_EndsOnTheSecond(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.do(rollout.SetOverride{By: by("ana"), Percent: 5, For: 100 * time.Second})
		w.pass(100*time.Second - time.Nanosecond)
		if w.Position().Override == nil {
			t.Error("it has ended before its time")
		}
		w.pass(time.Nanosecond)
		if w.Position().Override != nil {
			t.Error("it waits for a tick")
		}
		w.end()
	})
}

func TestHooks_NeverBlockAndMayComeFromManyGoroutines(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary10)
		spoke := rollout.Spoke{Trigger: rollout.TriggerErrors, Reason: "errors"}
		w.breaker.opens(spoke)
		var callers sync.WaitGroup
		for range 100 {
			callers.Go(func() {
				w.hooks.Spoke(spoke)
				w.hooks.ProbeFailed(rollout.ProbeFailed{Reason: "late"})
				w.hooks.ProbesPassed(rollout.ProbesPassed{Reason: "late"})
				w.FlagsChanged()
				_ = w.Status()
			})
		}
		callers.Wait()
		synctest.Wait()
		w.at(rollout.Canary10, rollout.Tripped)
		if n := w.told("tripped"); n != 1 {
			t.Errorf("told %d times of one trip", n)
		}
		w.end()
	})
	inbox := control.NewInbox() // that nobody reads
	for range 100 {
		inbox.Hooks().Spoke(rollout.Spoke{})
	}
}

func TestFlags_ActOnTheMomentTheyChange(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.set(func(w *world) { w.settings.Enabled = false })
		w.FlagsChanged()
		synctest.Wait()
		if w.Position().Settings.Enabled {
			t.Error("the kill switch is not known")
		}
		if kinds := w.store.kinds(1); !slices.Equal(kinds, []rollout.ChangeKind{rollout.ChangeFlags}) || w.store.records[1].Change.Actor != "flag:file" {
			t.Errorf("stored are %v", kinds)
		}
		w.end()
	})
}

func TestRelease_StartsAnewAtTheNextTick(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary10)
		w.set(func(w *world) { w.versions.Candidate = "" })
		w.pass(2 * time.Minute)
		w.at(rollout.Canary10, rollout.Normal)
		w.set(func(w *world) { w.versions.Candidate = "2" })
		w.pass(time.Minute)
		w.at(rollout.Shadow, rollout.Normal)
		if e := w.Status().State.Progress.Evidence; e.Mirror.Scans != 0 {
			t.Errorf("the new version begins with %d scans of the old one", e.Mirror.Scans)
		}
		w.end()
	})
}
