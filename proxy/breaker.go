package proxy

import (
	"net/http"
	"time"

	"understudy/compare"
	"understudy/rollout"
	"understudy/rollout/breaker"
)

// The breaker of package rollout hears of every execution, mirrored or served,
// and the data plane asks it one thing: whether clients may meet the candidate.

// ownBreaker is for a proxy without a controller: nothing closes it again.
func (p *Proxy) ownBreaker() *breaker.Breaker {
	return breaker.New(breaker.Config{Policy: rollout.DefaultPolicy(), Now: p.deps.Now, Hooks: breaker.Hooks{
		Spoke: func(s rollout.Spoke) { p.log.Warn("the breaker is open", "trigger", s.Trigger, "reason", s.Reason) },
	}})
}

// Breaker is the breaker at this moment.
func (p *Proxy) Breaker() breaker.Snapshot { return p.breaker.Snapshot() }

// BreakerState is closed, open or half_open.
func (p *Proxy) BreakerState() breaker.State { return p.breaker.State() }

// judgeExecution is what the breaker hears of a reply, or that it was no
// execution: it says nothing about the candidate. primary is the status of the
// primary, 0 when it did not answer or was not asked; servable is why the answer
// may not be served, nil when it may.
func judgeExecution(reply compare.Reply, primary int, servable error, slow, deadline time.Duration) (result rollout.Result, completed, counts bool) {
	completed = reply.Status != 0
	switch {
	case hadNoWorker(reply), reply.Failure == compare.FailureCanceled, reply.Failure == compare.FailurePoisonous:
		return 0, false, false
	case reply.Failure == compare.FailureTimeout, reply.Latency >= deadline:
		return rollout.TimedOut, false, true
	case refusedByBoth(reply, primary):
		return 0, false, false
	case reply.Failure != "" || reply.Status != http.StatusOK:
		return rollout.Errored, completed, true
	case servable != nil && !gaveUp(reply.Body):
		return rollout.Errored, completed, true
	case reply.Latency > slow:
		return rollout.Slow, true, true
	}
	return rollout.Clean, true, true
}

// hadNoWorker reports that the candidate, or we, had no room for the call.
func hadNoWorker(reply compare.Reply) bool {
	return reply.Failure == compare.FailureUnavailable || reply.Status == http.StatusServiceUnavailable
}

// refusedByBoth reports a bad question: both sides say so.
func refusedByBoth(reply compare.Reply, primary int) bool {
	return reply.Status >= 400 && reply.Status < 500 && primary >= 400
}

// execution judges that of a job.
func (p *Proxy) execution(j *job) (result rollout.Result, completed, counts bool) {
	primary := j.primary.Status
	if primary == 0 && j.primary.Failure != "" { // it failed; nobody can say that the question was a good one
		primary = http.StatusBadGateway
	}
	return judgeExecution(j.candidate, primary, j.unservable, p.breaker.Policy().Slow, p.cfg.CandidateDeadline)
}

// report tells the breaker how the execution went, once, as soon as all that
// bears on it is known. A panic was ours.
func (p *Proxy) report(j *job) {
	if result, completed, counts := p.execution(j); counts && !j.panicked {
		j.run.End(result, completed)
	} else {
		j.run.Void()
	}
	j.run = nil
}

// accuse tells the breaker of an answer of the candidate's that is proven wrong,
// once: at the comparison, and again behind the arbiter, which may prove more.
func (p *Proxy) accuse(j *job) {
	if j.accused || !j.compared || j.result.Verdict != compare.VerdictCandidateWrong {
		return
	}
	if sentence := conviction(j.result); sentence != "" {
		j.accused = true
		p.breaker.Wrong(j.id, j.analysis+": "+sentence)
	}
}

// conviction is the proof against the candidate, in words; "" without one.
func conviction(r compare.Result) string {
	for _, m := range r.Metrics {
		for _, ruling := range m.Rulings {
			if ruling.Verdict == compare.VerdictCandidateWrong && ruling.Proof != nil {
				return m.Metric + ": " + ruling.Proof.Sentence
			}
		}
	}
	return ""
}
