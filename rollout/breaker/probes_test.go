package breaker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

func TestProbing_EndsWith72CleanExecutionsAndLeavesClosingToSet(t *testing.T) {
	f := fresh(t)
	f.trip()
	f.Set(breaker.HalfOpen, nil, false)
	f.play(repeat("c", 71)+"vv", "1")
	f.want(breaker.HalfOpen, 1, 0, 0)
	if s := f.Snapshot(); s.ProbesPassed != 71 || s.Probes != 72 || s.State != breaker.HalfOpen {
		t.Errorf("the snapshot is %+v", s)
	}
	f.play("c", "1")
	f.want(breaker.HalfOpen, 1, 0, 1) // users wait until it is closed
	f.play("cce", "1")
	f.want(breaker.HalfOpen, 1, 0, 1) // it is told once
	f.Set(breaker.Closed, nil, true)
	f.want(breaker.Closed, 1, 0, 1)
	f.play("ee", "1", "2")
	f.want(breaker.Closed, 1, 0, 1)
}

func TestProbing_WaitsForEverySuspect(t *testing.T) {
	f := fresh(t)
	f.trip()
	f.Set(breaker.HalfOpen, f.spoke[0].Exchanges, false)
	f.play(repeat("c", 100), "1")
	f.want(breaker.HalfOpen, 1, 0, 0)
	f.Suspect("2", true, "")
	f.Suspect("2", true, "")
	f.Suspect("no suspect", false, "whatever")
	f.Set(breaker.HalfOpen, f.spoke[0].Exchanges, false) // the next tick of the controller
	if got := fmt.Sprint(f.Suspects(), f.Snapshot().Suspects); got != "[1 3] [1 3]" {
		t.Errorf("left are %s", got)
	}
	f.Suspect("1", true, "")
	f.want(breaker.HalfOpen, 1, 0, 0)
	f.Suspect("3", true, "")
	f.want(breaker.HalfOpen, 1, 0, 1)
	if f.passed[0].Reason != "100 clean executions in a row, and 3 suspects went well" {
		t.Errorf("the reason is %q", f.passed[0].Reason)
	}
}

func TestProbing_SuspectsMayPassFirst(t *testing.T) {
	f := fresh(t)
	f.trip()
	f.Set(breaker.HalfOpen, []string{"1"}, false)
	f.Suspect("1", true, "")
	f.want(breaker.HalfOpen, 1, 0, 0)
	f.play(repeat("c", 72), "1")
	f.want(breaker.HalfOpen, 1, 0, 1)
}

func TestProbing_OneThatIsNotCleanOpensItAndIsNoTrip(t *testing.T) {
	tests := map[string]struct {
		fail   func(f *fixture)
		reason string
	}{
		"an error":     {func(f *fixture) { f.play("e", "1") }, "execution 54 of scan 1: error, after 50 clean ones of 72"},
		"a timeout":    {func(f *fixture) { f.play("t", "1") }, "execution 54 of scan 1: timeout, after 50 clean ones of 72"},
		"a slow one":   {func(f *fixture) { f.play("s", "1") }, "execution 54 of scan 1: slow, after 50 clean ones of 72"},
		"a suspect":    {func(f *fixture) { f.Suspect("2", false, "status 500") }, "suspect 2: status 500"},
		"no self-test": {func(f *fixture) { repeatedly(4, func() { f.SelfTest(false) }) }, "self_test: 4 self-tests in a row failed"},
		"no success":   {func(f *fixture) { f.advance(300 * time.Second); f.Expire() }, "unavailable: no success for 300 s"},
		"an error after enough clean ones, while a suspect is left": {
			func(f *fixture) { f.play(repeat("c", 50)+"e", "1") }, "execution 104 of scan 1: error, after 100 clean ones of 72",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := fresh(t)
			f.trip()
			f.Set(breaker.HalfOpen, []string{"1", "2"}, false)
			f.play(repeat("c", 50), "1")
			test.fail(f)
			f.want(breaker.Open, 1, 1, 0)
			if !strings.HasPrefix(f.failed[0].Reason, test.reason) {
				t.Errorf("the reason is %q, want %q", f.failed[0].Reason, test.reason)
			}
			if len(f.Suspects()) != 0 {
				t.Errorf("open it has suspects: %v", f.Suspects())
			}
			f.Set(breaker.HalfOpen, []string{"1", "2"}, false)
			if s := f.Snapshot(); s.ProbesPassed != 0 || len(s.Suspects) != 2 {
				t.Errorf("earlier probes count: %+v", s)
			}
		})
	}
}

func repeatedly(n int, do func()) {
	for range n {
		do()
	}
}

func TestProbing_UsersNeverMeetTheCandidate(t *testing.T) {
	f := fresh(t)
	f.trip()
	f.Set(breaker.HalfOpen, nil, false)
	for range 200 {
		if f.Closed() {
			t.Fatal("it is closed")
		}
		f.play("c", "1")
	}
}

func TestProbing_TakesAsManyAsThePolicySays(t *testing.T) {
	policy := rollout.DefaultPolicy()
	policy.Probes = 1
	f := with(t, policy)
	f.trip()
	f.Set(breaker.HalfOpen, nil, false)
	f.play("c", "1")
	f.want(breaker.HalfOpen, 1, 0, 1)
}
