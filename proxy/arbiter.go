package proxy

import (
	"context"
	"slices"

	"understudy/compare"
)

// What became of exchanges that the arbiter was to settle: the values of the
// label result.
const (
	arbiterSettled   = "settled"   // a verdict on every metric
	arbiterUndecided = "undecided" // no answer within the budget, on some metric
	arbiterError     = "error"     // it failed
	arbiterDropped   = "dropped"   // its queue was full, or Close came first
)

var arbiterResults = []string{arbiterSettled, arbiterUndecided, arbiterError, arbiterDropped}

// decided ends a compared exchange: at once, unless the arbiter is to say first
// who is wrong, or whether the candidate is right where the primary is not. By
// now the breaker has heard of the execution and the client has its answer;
// nobody waits for the arbiter.
func (p *Proxy) decided(j *job) {
	p.accuse(j)
	if p.deps.Settle == nil || !j.compared || !disputed(j.result) {
		p.finish(j)
		return
	}
	p.appeal(j)
}

// appeal hands a job to the arbiter, or ends it as it stands.
func (p *Proxy) appeal(j *job) {
	dropped, closed := p.arbiter.offer(j)
	if closed {
		dropped = append(dropped, j)
	}
	for _, j := range dropped {
		p.leaveAsItStands(j)
	}
}

// disputed says whether a second algorithm may tell more: about a metric that
// no witness settles, and about one in which a witness speaks against the
// primary, which does not make the candidate right.
func disputed(r compare.Result) bool {
	return undecided(r) || has(r, compare.VerdictPrimaryWrong)
}

func undecided(r compare.Result) bool { return has(r, compare.VerdictUndecided) }

func has(r compare.Result, verdict compare.Verdict) bool {
	return slices.ContainsFunc(r.Metrics, func(m compare.MetricResult) bool { return m.Verdict == verdict })
}

// arbitrate is the work of the arbiter's one goroutine. ctx ends with Close: what
// is left then is recorded as it stands, and can be settled from the record.
func (p *Proxy) arbitrate(ctx context.Context, j *job) {
	result, err := p.settled(ctx, j)
	switch {
	case err != nil && ctx.Err() != nil:
		p.leaveAsItStands(j)
		return
	case err != nil:
		p.log.Warn("the arbiter failed", "exchange", j.id, "analysis", j.analysis, "err", err)
		p.metrics.arbitrated(arbiterError)
		p.finish(j)
		return
	case undecided(result):
		p.metrics.arbitrated(arbiterUndecided)
	default:
		p.metrics.arbitrated(arbiterSettled)
	}
	result.Level = j.result.Level // the scan has a say in it
	j.result = result
	p.accuse(j)
	p.finish(j)
}

func (p *Proxy) settled(ctx context.Context, j *job) (result compare.Result, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = panicked{fault}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, p.cfg.ArbiterBudget)
	defer cancel()
	return p.deps.Settle(ctx, j.question(), j.primary, j.candidate, p.cfg.PrimaryKind)
}

func (p *Proxy) leaveAsItStands(j *job) {
	p.metrics.arbitrated(arbiterDropped)
	p.finish(j)
}
