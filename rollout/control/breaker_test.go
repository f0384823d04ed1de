package control_test

import (
	"sync"
	"testing"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
)

// The real breaker reads the real clock inside, so this test runs outside of a
// bubble, with a clock and ticks of its own.
func TestBreaker_TripsProbesAndComesBack(t *testing.T) {
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	w, ticks, inbox := newWorld(t), make(chan time.Time), control.NewInbox()
	w.cfg.Ticks, w.cfg.Inbox, w.cfg.Fixed = ticks, inbox, stageOf(rollout.Canary10)
	w.cfg.Now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	b := breaker.New(breaker.Config{Policy: w.cfg.Policy, Hooks: inbox.Hooks(), Now: w.cfg.Now})
	w.cfg.Breaker = b
	c, err := control.Start(t.Context(), w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.Controller = c
	// Whoever has an answer of the controller knows that it has read what came before.
	ask := func() { w.do(rollout.Reported{By: by("ana"), Digest: "d"}) }

	for range w.cfg.Policy.SelfTestFailures {
		b.SelfTest(false)
	}
	if b.Closed() {
		t.Fatal("failed self-tests leave it closed")
	}
	ask()
	w.at(rollout.Canary10, rollout.Tripped)

	mu.Lock()
	now = now.Add(w.cfg.Policy.Cooldown)
	mu.Unlock()
	for ticks <- now; b.State() != breaker.HalfOpen; {
		ask()
	}
	w.at(rollout.Canary10, rollout.Probing)
	for range w.cfg.Policy.Probes {
		b.Begin("scan", "exchange").End(rollout.Clean, true)
	}
	for !b.Closed() {
		ask()
	}
	w.at(rollout.Canary1, rollout.Normal)
	w.end()
}
