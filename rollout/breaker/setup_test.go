package breaker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a breaker in virtual time, and what its hooks were told.
type fixture struct {
	*breaker.Breaker
	t      testing.TB
	at     time.Time
	policy rollout.Policy
	serial int

	spoke  []rollout.Spoke
	failed []rollout.ProbeFailed
	passed []rollout.ProbesPassed
}

func fresh(t testing.TB) *fixture { return with(t, rollout.DefaultPolicy()) }

func with(t testing.TB, policy rollout.Policy) *fixture {
	f := &fixture{t: t, at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), policy: policy}
	f.Breaker = breaker.New(breaker.Config{Policy: policy, Now: func() time.Time { return f.at }, Hooks: breaker.Hooks{
		Spoke:        func(s rollout.Spoke) { f.spoke = append(f.spoke, s) },
		ProbeFailed:  func(p rollout.ProbeFailed) { f.failed = append(f.failed, p) },
		ProbesPassed: func(p rollout.ProbesPassed) { f.passed = append(f.passed, p) },
	}})
	return f
}

func (f *fixture) advance(d time.Duration) { f.at = f.at.Add(d) }

// play reports one execution per letter, each of an exchange of its own and from
// the scan that scans names (in turn): c clean, s slow, e error, t timeout, v void.
func (f *fixture) play(letters string, scans ...string) {
	for i, letter := range letters {
		f.serial++
		run := f.Begin(scans[i%len(scans)], fmt.Sprint(f.serial))
		if letter == 'v' {
			run.Void()
			continue
		}
		result := rollout.Result(strings.IndexRune("cset", letter))
		run.End(result, result != rollout.TimedOut)
	}
}

// trip opens the breaker: the exchanges behind it are the last three.
func (f *fixture) trip() { f.play("eee", "1", "2") }

// want holds state and hooks against what they should be by now.
func (f *fixture) want(state breaker.State, spoke, failed, passed int) {
	f.t.Helper()
	if f.State() != state || f.Closed() != (state == breaker.Closed) {
		f.t.Errorf("it is %s, closed %v, want %s", f.State(), f.Closed(), state)
	}
	if len(f.spoke) != spoke || len(f.failed) != failed || len(f.passed) != passed {
		f.t.Errorf("told of %d trips, %d failed and %d passed probings, want %d, %d, %d",
			len(f.spoke), len(f.failed), len(f.passed), spoke, failed, passed)
	}
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }
