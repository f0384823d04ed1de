package breaker

import (
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"

	"understudy/rollout"
)

// gobreaker holds closed and half-open. It reads the real clock, and a cooldown
// must survive restarts and run in virtual time: so the machine counts the
// cooldown, open is ours alone, and each state gets a gate of its own.

// errBad is what the gate is told of everything that is not clean. Slow
// executions and failed self-tests too: gobreaker asks ReadyToTrip only on a
// failure.
var errBad = errors.New("not clean")

// never is a gobreaker timeout that does not end.
const never = 100 * 365 * 24 * time.Hour

// closedGate opens when a trigger speaks.
func (b *Breaker) closedGate() *gobreaker.TwoStepCircuitBreaker[any] {
	b.turned = gobreaker.StateClosed
	return gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Timeout:       never,
		ReadyToTrip:   func(gobreaker.Counts) bool { return b.speaks() },
		OnStateChange: b.turn,
	})
}

// halfOpenGate closes after Policy.Probes clean executions in a row, and opens at
// the first that is not. gobreaker comes to half-open only by way of open.
func (b *Breaker) halfOpenGate() *gobreaker.TwoStepCircuitBreaker[any] {
	gate := gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Timeout:       time.Nanosecond,
		MaxRequests:   uint32(b.policy.Probes),
		ReadyToTrip:   func(gobreaker.Counts) bool { return true },
		OnStateChange: b.turn,
	})
	if done, err := gate.Allow(); err == nil {
		done(errBad)
	}
	for gate.State() != gobreaker.StateHalfOpen {
		time.Sleep(time.Nanosecond) // the clock has not moved yet
	}
	return gate
}

func (b *Breaker) turn(_ string, _, to gobreaker.State) { b.turned = to }

// pass tells the gate in one step: what is in flight must not use up its places
// for probes. It gives the state to which the gate has come. b.mu is held, also
// while the gate calls speaks and turn.
func (b *Breaker) pass(clean bool) gobreaker.State {
	done, err := b.gate.Allow()
	switch {
	case err != nil: // of an open gate, which enter replaces
		return b.turned
	case clean:
		done(nil)
	default:
		done(errBad)
	}
	return b.turned
}

// report tells a closed gate of something good or bad, and opens the breaker if
// a trigger speaks. b.mu is held.
func (b *Breaker) report(clean bool) (t told) {
	if b.pass(clean) != gobreaker.StateOpen {
		return t
	}
	t.spoke = b.last
	b.enter(Open, nil)
	return t
}

// speaks asks the triggers. What they counted is kept at once: gobreaker empties
// its counts before it tells of a trip, and so do we.
func (b *Breaker) speaks() bool {
	now := b.now()
	tallies := b.tallies(now)
	for _, t := range tallies {
		if t.Trips {
			b.last = &rollout.Spoke{Trigger: t.Trigger, Tallies: tallies, Exchanges: b.behind(t.Trigger, now), Reason: b.sentence(t)}
			return true
		}
	}
	return false
}
