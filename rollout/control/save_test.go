package control_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
)

func TestTrip_IsInForceAtOnceEvenWhileASaveHangs(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary10)
		w.store.set(func(m *memory) { m.hangs = true })
		began := w.store.tries()
		w.pass(time.Minute) // the tick's save hangs now
		if w.store.tries() == began {
			t.Fatal("no save is under way")
		}
		at := time.Now()
		w.trip()
		w.at(rollout.Canary10, rollout.Tripped)
		if w.told("tripped") != 1 || !time.Now().Equal(at) {
			t.Error("the trip took time, or nobody was told")
		}
		if s := w.Status(); s.Unsaved != 1 || w.breaker.state() != breaker.Open {
			t.Errorf("%d changes are unsaved and the breaker is %s, want 1 and open", s.Unsaved, w.breaker.state())
		}
		w.store.set(func(m *memory) { m.hangs = false })
		w.pass(2 * time.Minute)
		w.end()
	})
}

func TestRaise_IsNeverVisibleBeforeItIsSaved(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		raised := make(map[rollout.ChangeKind]bool)
		w.start()
		onSave := func(to rollout.Position) {
			now := w.Position()
			lower := to.Stage > now.Stage || to.Condition == rollout.Normal && now.Condition != rollout.Normal || to.Override != nil && now.Override == nil
			if lower {
				raised[rollout.ChangeKind(fmt.Sprint(to.Stage, to.Condition))] = true
			}
		}
		w.store.set(func(m *memory) { m.onSave = onSave })
		w.until(rollout.Canary10)
		w.do(rollout.SetOverride{By: by("ana"), Percent: 20, For: time.Hour})
		w.trip()
		w.pass(30 * time.Minute)
		w.at(rollout.Canary10, rollout.Probing)
		w.breaker.probed()
		w.hooks.ProbesPassed(rollout.ProbesPassed{Reason: "72 of 72"})
		synctest.Wait()
		w.at(rollout.Canary1, rollout.Normal)
		if want := []rollout.ChangeKind{"canary_1normal", "canary_10normal"}; !raised[want[0]] || !raised[want[1]] {
			t.Errorf("of the raises %v were saved before they were shown, want %v too", raised, want)
		}
		if kinds := w.store.kinds(3); !slices.Equal(kinds, []rollout.ChangeKind{rollout.ChangeOverride, rollout.ChangeTripped, rollout.ChangeProbing, rollout.ChangeReentered}) {
			t.Errorf("stored are %v", kinds)
		}
		w.end()
	})
}

func TestStoreFails_TripsActPromotionsDoNotAndAllIsSavedInOrderAfterwards(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary1)
		w.store.down(true)
		stored := len(w.store.records)
		w.pass(time.Hour)
		w.at(rollout.Canary1, rollout.Normal) // and no further
		w.trip()
		w.at(rollout.Canary1, rollout.Tripped)
		w.set(func(w *world) { w.settings.CeilingPercent = 50 })
		w.FlagsChanged()
		w.pass(31 * time.Minute)
		w.at(rollout.Canary1, rollout.Probing)
		w.breaker.probed()
		w.hooks.ProbesPassed(rollout.ProbesPassed{Reason: "72 of 72"})
		w.pass(time.Hour)
		w.at(rollout.Canary1, rollout.Probing) // to come back would be a raise
		if s := w.Status(); s.Unsaved != 3 || !strings.Contains(strings.Join(s.Frozen, ";"), "can't be saved: the disk is gone") {
			t.Errorf("%d unsaved, frozen by %v; want 3, by the store", s.Unsaved, s.Frozen)
		}
		w.store.down(false)
		w.pass(2 * time.Minute)
		w.at(rollout.Shadow, rollout.Normal)
		if kinds := w.store.kinds(stored); !slices.Equal(kinds, []rollout.ChangeKind{rollout.ChangeTripped, rollout.ChangeFlags, rollout.ChangeProbing, rollout.ChangeReentered}) {
			t.Errorf("stored are %v", kinds)
		}
		if w.told("tripped") != 1 || w.told("frozen") != 1 || strings.Count(w.log.String(), "rollout can't be saved") != 1 {
			t.Errorf("people were told %d times of the trip and %d times of the store, want once each; log:\n%s", w.told("tripped"), w.told("frozen"), w.log)
		}
		if s := w.Status(); s.Unsaved != 0 || len(s.Frozen) != 0 {
			t.Errorf("%d unsaved, frozen by %v", s.Unsaved, s.Frozen)
		}
		w.end()
	})
}

func TestStoreFails_DaysOfItLeaveLittleUnsaved(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.store.down(true)
		for i := range 1100 {
			w.set(func(w *world) { w.settings.CeilingPercent = float64(i % 2) })
			w.pass(time.Minute)
		}
		if s := w.Status(); s.Unsaved > 1000 {
			t.Errorf("%d changes are unsaved, want at most 1000", s.Unsaved)
		}
		w.trip() // still
		w.at(rollout.Shadow, rollout.Tripped)
		if _, err := w.Do(t.Context(), rollout.Hold{By: by("ana")}); !errors.Is(err, control.ErrNotDone) {
			t.Errorf("hold: %v, want ErrNotDone", err)
		}
		w.store.down(false)
		w.pass(2 * time.Minute)
		w.end()
	})
}

func TestSave_OneThatAnswersAnErrorAndIsDoneIsDone(t *testing.T) {
	play(t, func(_ *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary1)
		w.store.set(func(m *memory) { m.fails = func() (bool, bool) { return false, true } })
		w.do(rollout.Hold{By: by("ana")})
		w.do(rollout.SetOverride{By: by("ana"), Percent: 20, For: time.Hour})
		w.end()
	})
}

func TestSave_OneThatIsFoundToBeDoneLaterIsNotDoneTwice(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary1)
		stored := len(w.store.records)
		w.store.set(func(m *memory) { m.fails, m.blind = func() (bool, bool) { return false, true }, true })
		if _, err := w.Do(t.Context(), rollout.SetOverride{By: by("ana"), Percent: 0, For: time.Hour}); !errors.Is(err, control.ErrUnsaved) || !errors.Is(err, errDown) {
			t.Errorf("override of 0: %v, want ErrUnsaved and why", err)
		}
		if _, err := w.Do(t.Context(), rollout.Hold{By: by("ana")}); !errors.Is(err, control.ErrUnsaved) {
			t.Errorf("hold: %v, want ErrUnsaved", err)
		}
		w.pass(time.Minute)
		w.store.set(func(m *memory) { m.fails, m.blind = nil, false })
		w.pass(2 * time.Minute)
		if kinds := w.store.kinds(stored); !slices.Equal(kinds, []rollout.ChangeKind{rollout.ChangeOverride, rollout.ChangeHeld}) {
			t.Errorf("stored are %v", kinds)
		}
		w.end()
	})
}

func TestSave_ARaiseThatWasDoneThoughNobodyKnewIsInForceOnceItIsSeen(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.store.set(func(m *memory) { m.fails, m.blind = func() (bool, bool) { return false, true }, true })
		if _, err := w.Do(t.Context(), rollout.SetOverride{By: by("ana"), Percent: 20, For: time.Hour}); !errors.Is(err, control.ErrNotDone) {
			t.Errorf("override: %v, want ErrNotDone", err)
		}
		if w.Position().Override != nil {
			t.Error("the override is in force")
		}
		w.store.set(func(m *memory) { m.fails, m.blind = nil, false })
		w.pass(2 * time.Minute)
		if w.Position().Override == nil {
			t.Error("what is stored is not in force")
		}
		w.end()
	})
}

func TestSave_OneThatNeverEndsIsTold(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		release := make(chan struct{})
		w.store.set(func(m *memory) { m.fails = func() (bool, bool) { <-release; return false, false } })
		w.pass(5 * time.Minute)
		if f := w.Status().Frozen; len(f) != 1 || !strings.Contains(f[0], "a save is under way since") {
			t.Errorf("frozen by %v", f)
		}
		close(release)
		w.pass(2 * time.Minute)
		if f := w.Status().Frozen; len(f) != 0 {
			t.Errorf("frozen by %v", f)
		}
		w.end()
	})
}

func TestSave_WhatTheBreakerCountedSurvivesAConflict(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.pass(time.Second)
		w.set(func(w *world) { w.scans = 0 })
		before := w.Status().State.Progress.Entry.SelfTests
		w.store.set(func(m *memory) { m.saved.Version++ })
		w.breaker.mu.Lock()
		w.breaker.drained.SelfTests = 100
		w.breaker.mu.Unlock()
		w.pass(time.Minute)
		if n := w.Status().State.Progress.Entry.SelfTests - before; n != 104 {
			t.Errorf("%d self-tests were counted, want 104", n)
		}
		w.end()
	})
}

func TestSave_WhatCameWhileARaiseWasSavedIsSteppedAfterIt(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary1)
		stored := len(w.store.records)
		release := make(chan struct{})
		w.store.set(func(m *memory) { m.onSave = func(rollout.Position) { <-release } })
		answers := make(chan error, 2)
		go func() {
			_, err := w.Do(t.Context(), rollout.SetOverride{By: by("ana"), Percent: 30, For: time.Hour})
			answers <- err
		}()
		synctest.Wait()
		if w.Position().Override != nil {
			t.Fatal("the override is in force before it is saved")
		}
		w.trip()
		w.at(rollout.Canary1, rollout.Tripped)
		go func() {
			_, err := w.Do(t.Context(), rollout.Hold{By: by("bob")})
			answers <- err
		}()
		synctest.Wait()
		if !w.Position().Held {
			t.Fatal("the hold waits for the store")
		}
		close(release)
		synctest.Wait()
		if err := errors.Join(<-answers, <-answers); err != nil {
			t.Errorf("override and hold: %v", err)
		}
		p := w.Position()
		if p.Condition != rollout.Tripped || p.Override != nil || !p.Held {
			t.Errorf("in force is %+v, want tripped, without the override of before, and held", p)
		}
		if kinds := w.store.kinds(stored); !slices.Equal(kinds, []rollout.ChangeKind{rollout.ChangeOverride, rollout.ChangeTripped, rollout.ChangeHeld}) {
			t.Errorf("stored are %v", kinds)
		}
		if w.told("tripped") != 1 {
			t.Errorf("people were told %d times of the trip", w.told("tripped"))
		}
		w.end()
	})
}

func TestSave_OfTwoWritersNeitherLosesAChange(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary10)
		other := newWorld(t)
		other.store = w.store
		other.cfg.Store = w.store
		other.start()
		other.at(rollout.Canary10, rollout.Normal)
		stored := len(w.store.records)
		var doing sync.WaitGroup
		for name, one := range map[string]*world{"ana": w, "bob": other} {
			for i := range 8 {
				doing.Go(func() {
					if _, err := one.Do(t.Context(), rollout.Reported{By: by(name), Digest: fmt.Sprint(i)}); err != nil {
						t.Errorf("report %d: %v", i, err)
					}
				})
			}
		}
		doing.Wait()
		w.trip()
		if kinds := w.store.kinds(stored); len(kinds) != 17 {
			t.Errorf("stored are %v, want 16 reports and a trip", kinds)
		}
		other.do(rollout.Abort{By: by("bob")})
		w.pass(2 * time.Minute)
		w.at(rollout.Canary10, rollout.Aborted)
		w.end()
		other.end()
	})
}

func TestSave_ASecondWriterFreezesNobodyForLong(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		other := newWorld(t)
		other.store, other.cfg.Store = w.store, w.store
		time.Sleep(10 * time.Second)
		other.start()
		began := time.Now()
		w.until(rollout.Canary1)
		if took := time.Since(began); took < w.cfg.Policy.SoakShadow-time.Minute {
			t.Errorf("two writers soak for 5m in %s", took)
		}
		w.do(rollout.Hold{By: by("ana")}) // a conflict between two ticks
		before := w.Status().State.Progress.Soak
		w.pass(10 * time.Minute)
		if soak := w.Status().State.Progress.Soak - before; soak > 11*time.Minute || soak < 9*time.Minute {
			t.Errorf("two writers count %s in 10m", soak)
		}
		w.do(rollout.Resume{By: by("ana")})
		w.until(rollout.Canary50)
		w.end()
		other.pass(time.Minute)
		if other.Position().Stage < rollout.Canary50 {
			t.Errorf("the other one is at %s", other.Position().Stage)
		}
		other.end()
	})
}

func TestSave_AConflictWithAStateOfALaterVersionOverwritesNothing(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary1)
		w.store.set(func(m *memory) {
			m.saved.Version++
			m.saved.State = []byte(`{"format":2}`)
		})
		w.trip()
		w.pass(5 * time.Minute)
		w.at(rollout.Canary1, rollout.Tripped)
		if string(w.store.saved.State) != `{"format":2}` || !strings.Contains(strings.Join(w.Status().Frozen, ";"), "its format is 2") {
			t.Errorf("stored is %s, frozen by %v", w.store.saved.State, w.Status().Frozen)
		}
		if err := w.Close(t.Context()); err == nil || !strings.Contains(err.Error(), "1 changes are in force and not saved") {
			t.Errorf("close: %v", err)
		}
	})
}

func TestClose_EndsInTimeWhileASaveHangs(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.store.set(func(m *memory) { m.hangs = true })
		answer := make(chan error, 1)
		go func() {
			_, err := w.Do(t.Context(), rollout.Hold{By: by("ana")})
			answer <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := w.Close(ctx)
		if took := time.Since(began); took != time.Second || err == nil {
			t.Errorf("close took %s: %v; want 1s and an error", took, err)
		}
		if err := <-answer; !errors.Is(err, control.ErrUnsaved) || !errors.Is(err, control.ErrClosed) {
			t.Errorf("hold: %v, want ErrUnsaved and ErrClosed", err)
		}
		if _, err := w.Do(t.Context(), rollout.Resume{By: by("ana")}); !errors.Is(err, control.ErrClosed) {
			t.Errorf("resume: %v, want ErrClosed", err)
		}
		if err := w.Close(t.Context()); err == nil {
			t.Error("a second close forgets what is unsaved")
		}
	})
}

func TestClose_SavesWhatTheStoreDidNotTake(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.store.down(true)
		w.trip()
		w.store.down(false)
		w.end()
		if kinds := w.store.kinds(1); !slices.Equal(kinds, []rollout.ChangeKind{rollout.ChangeTripped}) {
			t.Errorf("stored are %v", kinds)
		}
	})
}
