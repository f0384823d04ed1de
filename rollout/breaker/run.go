package breaker

import "understudy/rollout"

// Run is one execution between its begin and its end, of which it takes one: End
// or Void. A nil Run belongs to no breaker.
type Run struct {
	breaker        *Breaker
	epoch          uint64
	scan, exchange string
}

// Begin registers an execution. It never refuses: an open breaker keeps clients
// away from the candidate, not the mirror.
func (b *Breaker) Begin(scan, exchange string) *Run {
	return &Run{breaker: b, epoch: b.epoch.Load(), scan: scan, exchange: exchange}
}

// Void ends an execution that says nothing about the candidate: its own
// saturation, a client's cancel, a restart by us.
func (r *Run) Void() {
	if r != nil {
		r.breaker = nil
	}
}

// End reports how an execution went; completed says that an answer came, whatever
// it was worth.
func (r *Run) End(result rollout.Result, completed bool) {
	if r == nil || r.breaker == nil {
		return
	}
	b := r.breaker
	r.breaker = nil
	b.mu.Lock()
	t := b.end(r, result, completed)
	b.mu.Unlock()
	b.tell(t)
}

func (b *Breaker) end(r *Run, result rollout.Result, completed bool) (t told) {
	b.count(result, completed)
	if r.epoch != b.epoch.Load() {
		return t
	}
	now := b.now()
	if !result.Failed() {
		b.succeed(now)
	}
	switch b.state {
	case Closed:
		b.windows.Add(rollout.Execution{At: now, Scan: r.scan, Exchange: r.exchange, Result: result, Completed: completed})
		return b.report(result == rollout.Clean)
	case HalfOpen:
		return b.probed(r, result)
	}
	return t
}

// count is for the gates, which look at every execution of a stage.
func (b *Breaker) count(result rollout.Result, completed bool) {
	b.drained.Executions++
	if completed {
		b.drained.Completed++
	}
	switch {
	case result.Failed():
		b.drained.Failed++
	case result == rollout.Slow:
		b.drained.Slow++
	}
}

// Drain gives what was counted since the last Drain, in every state: executions
// and self-tests.
func (b *Breaker) Drain() rollout.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	drained := b.drained
	b.drained = rollout.Entry{}
	return drained
}
