package proxy

import (
	"context"

	"understudy/rollout"
)

// Beside its share the candidate may answer what the primary lacks
// (candidateonly.go) and where the primary fails (rescue.go), if operators allow
// it. Neither knows of stages: from shadow on both may happen.

// answers reports whether operators let clients meet the candidate at all. The
// ceiling has no say: it bounds the share, and these are not part of it.
func answers(dials rollout.Dials) bool {
	return !dials.Off() && dials.Mode != rollout.ModeDryRun && dials.Enabled
}

// allowed asks what the candidate may do about one request beyond its share. body
// is nil while it is not read.
func (p *Proxy) allowed(c *call, body []byte) Allowed {
	scan := p.scanContext(c)
	scan.Analysis = c.analysis
	if body != nil {
		scan.MergeBy, scan.NodeCount = glance(body)
	}
	dials := p.dials(context.Background(), scan)
	if !answers(dials) {
		return Allowed{}
	}
	allowed := p.deps.Allow(context.Background(), scan)
	// Where the primary has no answer an open breaker would only turn a likely
	// answer into a sure failure; where it usually has one, the breaker says that
	// the candidate's is no better.
	normal := dials.Condition == rollout.Normal || dials.Condition == ""
	allowed.Rescue = allowed.Rescue && dials.BreakerClosed && normal
	return allowed
}
