package breaker

import (
	"fmt"
	"time"

	"understudy/rollout"
)

// tallies are those of all triggers of the breaker's, in the order of
// rollout.Triggers. b.mu is held.
func (b *Breaker) tallies(now time.Time) []rollout.Tally {
	return append(b.windows.Tallies(now), b.unavailable(now), b.selfTested(), b.wronged())
}

// unavailable counts whole seconds since the last success.
func (b *Breaker) unavailable(now time.Time) rollout.Tally {
	t := rollout.Tally{Trigger: rollout.TriggerUnavailable, Limit: int(b.policy.Unavailable / time.Second)}
	if b.state != Open {
		t.Bad = max(0, int(now.Sub(b.awake)/time.Second))
		t.Of = t.Bad
		t.Trips = !now.Before(b.awake.Add(b.policy.Unavailable))
	}
	return t
}

// selfTested counts failed self-tests in a row.
func (b *Breaker) selfTested() rollout.Tally {
	n, limit := b.selfTests, b.policy.SelfTestFailures
	return rollout.Tally{Trigger: rollout.TriggerSelfTest, Bad: n, Of: n, Limit: limit, Trips: n >= limit}
}

// wronged counts answers proven wrong while clients could be served.
func (b *Breaker) wronged() rollout.Tally {
	return rollout.Tally{Trigger: rollout.TriggerWrongAnswer, Bad: b.wrong, Of: b.wrong, Limit: 1, Trips: b.wrong >= 1}
}

// behind lists the exchanges that made a trigger speak.
func (b *Breaker) behind(trigger string, now time.Time) []string {
	if trigger == rollout.TriggerWrongAnswer {
		return []string{b.accused}
	}
	return b.windows.Behind(trigger, now, b.policy.Probes)
}

func (b *Breaker) sentence(t rollout.Tally) string {
	switch t.Trigger {
	case rollout.TriggerUnavailable:
		return fmt.Sprintf("%s: no success for %d s", t.Trigger, t.Bad)
	case rollout.TriggerSelfTest:
		return fmt.Sprintf("%s: %d self-tests in a row failed, without a success of a live execution between", t.Trigger, t.Bad)
	case rollout.TriggerWrongAnswer:
		return fmt.Sprintf("%s: %s", t.Trigger, b.accusation)
	}
	return t.String()
}

// succeed notes that the candidate is there. b.mu is held.
func (b *Breaker) succeed(now time.Time) {
	b.success, b.awake, b.selfTests = now, now, 0
}

// SelfTest reports how the candidate answered a question with a known answer.
// One that could not be asked because all its workers are busy is not reported.
func (b *Breaker) SelfTest(ok bool) {
	b.mu.Lock()
	t := b.selfTest(ok)
	b.mu.Unlock()
	b.tell(t)
}

func (b *Breaker) selfTest(ok bool) (t told) {
	b.drained.SelfTests++
	if ok {
		b.drained.SelfTestsPassed++
		b.succeed(b.now())
		return t
	}
	b.selfTests++
	return b.absent(b.selfTested())
}

// Expire asks the timer of unavailability. It is called at Deadline; at another
// time it does no harm.
func (b *Breaker) Expire() {
	b.mu.Lock()
	t := b.absent(b.unavailable(b.now()))
	b.mu.Unlock()
	b.tell(t)
}

// absent acts on a trigger that says that the candidate is not there.
func (b *Breaker) absent(tally rollout.Tally) (t told) {
	switch {
	case !tally.Trips:
	case b.state == Closed:
		return b.report(false)
	case b.state == HalfOpen:
		return b.probeFailed(b.sentence(tally))
	}
	return t
}

// Deadline is when Expire will trip unless a success comes before; zero while
// the breaker is open. It only ever moves on.
func (b *Breaker) Deadline() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state == Open {
		return time.Time{}
	}
	return b.awake.Add(b.policy.Unavailable)
}

// Rest says that nobody asks the candidate, by the will of operators: that is no
// unavailability, and the candidate gets the whole of Policy.Unavailable anew.
func (b *Breaker) Rest() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.awake, b.selfTests = b.now(), 0
}

// Wrong reports an answer of the candidate's that is proven wrong. Where clients
// may be served one is enough; else it says nothing here, and keeps the gate
// shut.
func (b *Breaker) Wrong(exchange, sentence string) {
	b.mu.Lock()
	t := b.wrongAnswer(exchange, sentence)
	b.mu.Unlock()
	b.tell(t)
}

func (b *Breaker) wrongAnswer(exchange, sentence string) (t told) {
	switch {
	case !b.guard:
	case b.state == Closed:
		b.accused, b.accusation = exchange, sentence
		b.wrong++
		return b.report(false)
	case b.state == HalfOpen:
		return b.probeFailed(fmt.Sprintf("%s: %s", rollout.TriggerWrongAnswer, sentence))
	}
	return t
}
