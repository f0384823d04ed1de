package breaker

import (
	"fmt"
	"slices"

	"github.com/sony/gobreaker/v2"

	"understudy/rollout"
)

// probed takes an execution that was begun and has ended half-open. b.mu is held.
func (b *Breaker) probed(r *Run, result rollout.Result) (t told) {
	if b.passed {
		return t // decided; Set comes
	}
	clean := b.probes
	if b.pass(result == rollout.Clean) == gobreaker.StateOpen {
		return b.probeFailed(fmt.Sprintf("execution %s of scan %s: %s, after %d clean ones of %d",
			r.exchange, r.scan, result, clean, b.policy.Probes))
	}
	b.probes++
	return b.probesPassed()
}

// probesPassed says so once. b.mu is held.
func (b *Breaker) probesPassed() (t told) {
	if b.probes < b.policy.Probes || len(b.suspects) > 0 || b.passed {
		return t
	}
	b.passed = true
	t.passed = &rollout.ProbesPassed{Reason: fmt.Sprintf("%d clean executions in a row, and %d suspects went well",
		b.probes, len(b.pinned))}
	return t
}

// probeFailed opens the breaker again. It is no trip: nobody was served.
func (b *Breaker) probeFailed(reason string) (t told) {
	t.failed = &rollout.ProbeFailed{Reason: reason}
	b.enter(Open, nil)
	return t
}

// Suspects are the exchanges that opened the breaker and have not gone well yet,
// while it is half-open. Whoever asks the candidate again reports to Suspect.
func (b *Breaker) Suspects() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.suspects)
}

// Suspect reports how one of them went; why says what was wrong with it.
func (b *Breaker) Suspect(exchange string, ok bool, why string) {
	b.mu.Lock()
	t := b.suspect(exchange, ok, why)
	b.mu.Unlock()
	b.tell(t)
}

func (b *Breaker) suspect(exchange string, ok bool, why string) (t told) {
	at := slices.Index(b.suspects, exchange)
	if at < 0 {
		return t // of another time
	}
	if !ok {
		return b.probeFailed(fmt.Sprintf("suspect %s: %s", exchange, why))
	}
	b.suspects = slices.Delete(b.suspects, at, at+1)
	return b.probesPassed()
}
