package control_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"understudy/rollout"
	"understudy/rollout/control"
)

func TestDo_ReturnsOnceItIsSaved(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		status, err := w.Do(t.Context(), rollout.Hold{By: by("ana")})
		if err != nil || !status.State.Position.Held || status.Unsaved != 0 || status.Seq != 2 || status.Head != w.store.records[1].Digest {
			t.Errorf("hold: %+v, %v", status, err)
		}
		w.end()
	})
}

func TestDo_ARefusalPassesThroughAndChangesNothing(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		_, err := w.Do(t.Context(), rollout.Promote{By: by("ana")})
		if _, refused := errors.AsType[*rollout.Refusal](err); !refused {
			t.Errorf("promote: %v, want a refusal", err)
		}
		if len(w.store.records) != 1 {
			t.Errorf("stored are %v", w.store.kinds(0))
		}
		w.end()
	})
}

func TestDo_TakesNothingThatIsNotAPersons(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		for _, event := range []rollout.Event{rollout.ProbesPassed{}, rollout.Tick{}, rollout.Fixed{}, nil} {
			if _, err := w.Do(t.Context(), event); err == nil {
				t.Errorf("%T was taken", event)
			}
		}
		w.end()
	})
}

func TestDo_WhenTheStoreFailsLoweringIsInForceAndRaisingIsNot(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary50)
		w.store.down(true)
		if _, err := w.Do(t.Context(), rollout.SetOverride{By: by("ana"), Percent: 60, For: time.Hour}); !errors.Is(err, control.ErrNotDone) || !errors.Is(err, errDown) {
			t.Errorf("override of 60: %v, want ErrNotDone and why", err)
		}
		if _, err := w.Do(t.Context(), rollout.Abort{By: by("ana")}); !errors.Is(err, control.ErrUnsaved) {
			t.Errorf("abort: %v, want ErrUnsaved", err)
		}
		if p := w.Position(); p.Override != nil || p.Condition != rollout.Aborted {
			t.Errorf("in force is %+v", p)
		}
		w.store.down(false)
		w.pass(2 * time.Minute)
		w.end()
	})
}

func TestDo_EndsWithItsContext(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.store.set(func(m *memory) { m.hangs = true })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.Do(ctx, rollout.Hold{By: by("ana")}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("hold: %v", err)
		}
		w.store.set(func(m *memory) { m.hangs = false })
		w.pass(time.Minute)
		w.end()
	})
}

func TestNotify_TellsOfEveryChangeOfTheShare(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.until(rollout.Canary1)
		w.do(rollout.SetOverride{By: by("ana"), Percent: 2.5, For: 90 * time.Second})
		w.pass(90 * time.Second)
		w.trip()
		w.pass(30 * time.Minute)
		w.breaker.probed()
		w.hooks.ProbesPassed(rollout.ProbesPassed{Reason: "72 of 72"})
		synctest.Wait()
		w.do(rollout.Abort{By: by("bob")})
		w.do(rollout.Reset{By: by("bob")})
		w.do(rollout.Hold{By: by("bob")})
		var kinds []string
		for _, m := range w.messages {
			kinds = append(kinds, m.Kind)
		}
		if want := []string{"start", "promoted", "override", "override_ends", "override_ended", "tripped", "reentered", "aborted", "reset"}; !slices.Equal(kinds, want) {
			t.Errorf("told of %v, want %v", kinds, want)
		}
		for _, m := range w.messages {
			switch {
			case m.Kind == "promoted" && (m.Text != "promoted from shadow to canary_1 by controller: every criterion is met" || m.ServePercent != 1):
				t.Errorf("promoted: %+v", m)
			case m.Kind == "tripped" && (!strings.HasPrefix(m.Text, "tripped at canary_1 by controller: error_rate: 11 of") || m.ServePercent != 0 || m.Trigger != "error_rate" || len(m.Exchanges) != 2):
				t.Errorf("tripped: %+v", m)
			case m.Kind == "aborted" && (m.Text != "aborted at shadow by bob: because" || m.Actor != "person:bob"):
				t.Errorf("aborted: %+v", m)
			}
		}
		w.end()
	})
}

func TestMetrics_AreAllThereFromTheStart(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		for name, want := range map[string]int{
			"stage": len(rollout.Stages()), "condition": len(rollout.Conditions()), "gate_criterion": len(rollout.CriterionNames()),
			"gate_criterion_limit": len(rollout.CriterionNames()), "gate_outcome": 4, "evidence": 4, "trigger_value": len(rollout.Triggers()),
			"trigger_limit": len(rollout.Triggers()), "changes_total": 19, "notices_total": 10, "stage_number": 1, "soak_seconds": 1,
			"soak_needed_seconds": 1, "frozen": 1, "unsaved_changes": 1, "override_percent": 1, "open_wrong": 1, "dry_run": 1,
		} {
			if n, err := testutil.GatherAndCount(w.registry, "understudy_rollout_"+name); err != nil || n != want {
				t.Errorf("%s has %d series, want %d (%v)", name, n, want, err)
			}
		}
		if problems, err := testutil.GatherAndLint(w.registry); err != nil || len(problems) > 0 {
			t.Errorf("lint: %v, %v", problems, err)
		}
		w.end()
	})
}

func TestMetrics_TellWhatStands(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.start()
		w.pass(2 * time.Minute)
		w.do(rollout.SetOverride{By: by("ana"), Percent: 2.5, For: time.Hour})
		w.trip()
		err := testutil.GatherAndCompare(w.registry, strings.NewReader(`
# HELP understudy_rollout_condition 1 for the condition it is in.
# TYPE understudy_rollout_condition gauge
understudy_rollout_condition{condition="aborted"} 0
understudy_rollout_condition{condition="normal"} 0
understudy_rollout_condition{condition="probing"} 0
understudy_rollout_condition{condition="stopped"} 0
understudy_rollout_condition{condition="tripped"} 1
# HELP understudy_rollout_override_percent The share that a person has set; -1: none.
# TYPE understudy_rollout_override_percent gauge
understudy_rollout_override_percent -1
# HELP understudy_rollout_soak_needed_seconds Healthy time that the gate asks for; 0 where there is no gate.
# TYPE understudy_rollout_soak_needed_seconds gauge
understudy_rollout_soak_needed_seconds 300
# HELP understudy_rollout_soak_seconds Healthy time in the stage.
# TYPE understudy_rollout_soak_seconds gauge
understudy_rollout_soak_seconds 120
# HELP understudy_rollout_stage_number The stage as a number: 0 off, 1 shadow, 2 canary_1, 3 canary_10, 4 canary_50, 5 full, 6 complete.
# TYPE understudy_rollout_stage_number gauge
understudy_rollout_stage_number 1
`), "understudy_rollout_condition", "understudy_rollout_override_percent", "understudy_rollout_soak_needed_seconds", "understudy_rollout_soak_seconds", "understudy_rollout_stage_number")
		if err != nil {
			t.Error(err)
		}
		w.end()
	})
}

func TestStart_AMetricThatIsTakenIsAnError(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		registry := prometheus.NewRegistry()
		registry.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: "understudy_rollout_stage", Help: "taken"}))
		w.cfg.Registerer = registry
		if _, err := control.Start(t.Context(), w.cfg); err == nil || !strings.Contains(err.Error(), "register metrics") {
			t.Errorf("start: %v", err)
		}
	})
}
