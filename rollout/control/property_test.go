package control_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

// Whatever happens, in whatever order, with a store that fails, hangs, or does
// what it denies: the audit is whole, leads to what is in force, and nothing is
// ever in force that raises the share above what is stored.
func TestController_KeepsItsWordWhateverHappens(t *testing.T) {
	for seed := range uint64(60) {
		play(t, func(t *testing.T, w *world) {
			c := &chance{world: w, Rand: rand.New(rand.NewPCG(seed, 1))}
			w.start()
			for range 60 {
				c.step()
				c.check()
			}
			w.store.set(func(m *memory) { m.fails, m.hangs, m.blind = nil, false, false })
			w.pass(3 * time.Minute)
			if s := w.Status(); s.Unsaved != 0 {
				t.Errorf("%d changes are not saved though the store is well", s.Unsaved)
			}
			w.end()
			if t.Failed() {
				t.Fatalf("seed %d; log:\n%s", seed, w.log)
			}
		})
	}
}

// Two controllers on one store, each with a breaker and people of its own.
func TestController_TwoOnOneStoreKeepTheAuditWhole(t *testing.T) {
	for seed := range uint64(12) {
		play(t, func(t *testing.T, w *world) {
			other := newWorld(t)
			other.store, other.cfg.Store = w.store, w.store
			random := rand.New(rand.NewPCG(seed, 2))
			both := []*chance{{world: w, Rand: random}, {world: other, Rand: random}}
			w.start()
			w.pass(time.Second)
			other.start()
			for range 80 {
				both[random.IntN(2)].step()
			}
			w.store.set(func(m *memory) { m.fails, m.hangs, m.blind = nil, false, false })
			w.pass(5 * time.Minute)
			for _, one := range both {
				if n := one.Status().Unsaved; n != 0 {
					t.Errorf("%d changes are not saved though the store is well", n)
				}
			}
			if err := other.Close(t.Context()); err != nil {
				t.Error(err)
			}
			w.pass(5 * time.Minute)
			w.end()
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		})
	}
}

// chance makes things happen.
type chance struct {
	*world
	*rand.Rand
}

func (c *chance) step() {
	acts := []func(){
		c.wait, c.wait, c.wait, c.breakerActs, c.breakerActs, c.person, c.person, c.person, c.flag, c.storeActs, c.release, c.quality, c.restart,
	}
	acts[c.IntN(len(acts))]()
	synctest.Wait()
}

func (c *chance) wait() {
	c.pass([]time.Duration{time.Second, time.Minute, 7 * time.Minute, time.Hour}[c.IntN(4)])
}

// breakerActs opens a closed one, and ends the probes of one that is half-open.
// Some of its words are lost.
func (c *chance) breakerActs() {
	heard := c.IntN(4) > 0
	switch c.breaker.state() {
	case breaker.Closed:
		spoke := rollout.Spoke{Trigger: rollout.Triggers()[c.IntN(9)], Exchanges: []string{"e1"}, Reason: "chance"}
		c.breaker.opens(spoke)
		if heard {
			c.hooks.Spoke(spoke)
		}
	case breaker.HalfOpen:
		if c.IntN(2) == 0 {
			c.breaker.probed()
			if heard {
				c.hooks.ProbesPassed(rollout.ProbesPassed{Reason: "chance"})
			}
			return
		}
		c.breaker.opens(rollout.Spoke{Trigger: rollout.TriggerErrors, Reason: "chance"})
		if heard {
			c.hooks.ProbeFailed(rollout.ProbeFailed{Reason: "chance"})
		}
	}
}

func (c *chance) person() {
	who := by("ana")
	events := []rollout.Event{
		rollout.Hold{By: who},
		rollout.Resume{By: who},
		rollout.Resume{By: who},
		rollout.Promote{By: who},
		rollout.Abort{By: who},
		rollout.Reset{By: who},
		rollout.Reset{By: who},
		rollout.SetOverride{By: who, Percent: float64(c.IntN(101)), For: time.Duration(1+c.IntN(90)) * time.Minute},
		rollout.ClearOverride{By: who},
		rollout.CarryOver{By: who, Compared: 10},
		rollout.Reported{By: who, Digest: "d"},
	}
	_, _ = c.Do(c.t.Context(), events[c.IntN(len(events))]) // refusals and failures are part of it
}

func (c *chance) flag() {
	c.set(func(w *world) {
		w.settings.Mode = []rollout.Mode{rollout.ModeAuto, rollout.ModeAuto, rollout.ModeAuto, rollout.ModeHold, rollout.ModeDryRun}[c.IntN(5)]
		w.settings.CeilingPercent = float64(50 * (1 + c.IntN(2)))
		w.stale = c.IntN(5) == 0
	})
	if c.IntN(2) == 0 {
		c.FlagsChanged()
	}
}

func (c *chance) storeActs() {
	before, after := c.Float64()/2, c.Float64()/2
	mode := c.IntN(4)
	numbers := rand.New(rand.NewPCG(c.Uint64(), 3))
	c.store.set(func(m *memory) {
		m.fails, m.hangs, m.blind = nil, mode == 0, mode == 1 && before < after
		if mode == 1 {
			m.fails = func() (bool, bool) {
				m.mu.Lock()
				defer m.mu.Unlock()
				return numbers.Float64() < before, numbers.Float64() < after
			}
		}
	})
}

func (c *chance) release() {
	if c.IntN(3) == 0 {
		c.set(func(w *world) { w.versions.Candidate = []string{"1", "2", ""}[c.IntN(3)] })
	}
}

func (c *chance) quality() {
	c.set(func(w *world) {
		w.wrong = []int{0, 0, 0, 40}[c.IntN(4)]
		w.failing = c.IntN(4) == 0
		w.sick = c.IntN(4) == 0
	})
}

// restart ends in good order, or not at all in time: then what is not saved is
// gone, and what is stored holds.
func (c *chance) restart() {
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Second)
	defer cancel()
	_ = c.Close(ctx)
	c.pass(time.Minute)
	c.breaker.Set(breaker.Closed, nil, false)
	c.store.set(func(m *memory) { m.blind = false }) // else there is no start
	c.start()
}

func (c *chance) check() {
	c.t.Helper()
	c.store.mu.Lock()
	stored := c.store.records[len(c.store.records)-1].Change.To
	c.store.mu.Unlock()
	position, now := c.Position(), time.Now()
	// What the stage or an override gives, if nothing else held it back.
	share := func(p rollout.Position) float64 {
		p.Settings = auto
		return rollout.State{Position: p}.ServePercent(now)
	}
	if share(position) > share(stored) || position.Stage > stored.Stage {
		c.t.Errorf("in force is %+v, and stored only %+v", position, stored)
	}
	if open := c.breaker.state() == breaker.Open; position.Condition == rollout.Tripped && !open {
		c.t.Errorf("the rollout is tripped and the breaker %s", c.breaker.state())
	}
}
