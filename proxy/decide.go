package proxy

import (
	"context"

	"understudy/rollout"
)

// decideRequest asks the dials about one request, with all that flag rules may
// look at. What it gives can only take away from what the scan was given.
func (p *Proxy) decideRequest(j *job) rollout.Treatment {
	facts := j.visit.facts()
	mergeBy, nodes := glance(j.asked.body)
	dials := p.dials(context.Background(), ScanContext{
		ScanKey: facts.key, Client: facts.client, Analysis: j.analysis, MergeBy: mergeBy, NodeCount: nodes,
	})
	return rollout.Decide(dials, p.cfg.Salt, facts.key)
}
