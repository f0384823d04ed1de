package proxy

import (
	"understudy/compare"
	"understudy/rollout"
)

// Once the candidate answers alone nothing would be compared any more, and a
// fault of a later version would go unseen. So of a sampled share of scans the
// primary is asked afterwards, behind the client's back: the mirror, turned
// around. What comes of it is a live exchange like any other.

// reverses reports whether the scan of an exchange that the candidate answered
// alone is in the sample. A salt of its own keeps it independent of the shares.
func (p *Proxy) reverses(j *job) bool {
	return rollout.InShare(p.cfg.Salt+"/reverse", j.facts().key, 100*p.cfg.ReverseShadow)
}

// reverse asks the primary what the candidate has answered, and ends the exchange.
func (p *Proxy) reverse(j *job) {
	p.askPrimary(j)
	switch primary := j.primary; {
	case j.panicked, primary.Failure == compare.FailureCanceled: // by our own end
		j.primary = compare.Reply{}
		p.finish(j)
	case primary.Failure == compare.FailureTooLarge:
		p.abandon(j, ReasonAnswerTooLarge)
	case primary.Failure == compare.FailureUnavailable && primary.Status == 0: // our own saturation
		p.abandon(j, ReasonMemory)
	default:
		p.conclude(j)
	}
}

func (p *Proxy) askPrimary(j *job) {
	ctx, cancel := p.detached(p.cfg.CandidateDeadline + p.cfg.CandidateSlack)
	defer cancel()
	defer p.contain(j)
	j.primary = p.primary.ask(ctx, j.asked, j.hold)
}
