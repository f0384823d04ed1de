package proxy

import (
	"context"
	"encoding/json"
	"slices"

	"understudy/rollout"
)

// families are the analyses whose answers may list whole families of sets.
var families = []string{quorums, "blocking-sets", "splitting-sets"}

// deepTries is how often a call that gave way to a client is begun again.
const deepTries = 3

const fieldIncludeSets = "include_sets"

// sampleDeep puts a sampled exchange aside, so that the candidate is asked again
// with all sets wanted: answers in production have only numbers and one example,
// which leaves wrong families unseen. The primary is never asked again, and its
// answer stands for it. The sample is fixed by the exchange's id.
func (p *Proxy) sampleDeep(j *job) {
	if !slices.Contains(families, j.analysis) || asksForSets(j.asked.body) ||
		!rollout.InShare(p.cfg.Salt+"/deep", j.id, 100*p.cfg.DeepSample) {
		return
	}
	body, ok := withMember(j.asked.body, fieldIncludeSets, []byte("true"))
	if !ok {
		return
	}
	deep := &job{
		id: j.id + "-deep", source: SourceDeep, analysis: j.analysis, at: j.at, visit: j.visit,
		hold: p.holding(len(body) + len(j.primary.Body)), asked: j.asked, primary: j.primary,
	}
	deep.asked.body, deep.asked.served = body, false
	if deep.hold == nil || !p.side.offer(deep) {
		p.dropAside(deep, sideDropped)
	}
}

// asksForSets reports whether the answers list families already.
func asksForSets(body []byte) bool {
	var request struct {
		IncludeSets bool `json:"include_sets"`
	}
	return json.Unmarshal(body, &request) == nil && request.IncludeSets
}

func (s *sideWork) offer(j *job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	select {
	case s.deep <- j:
		return true
	default:
		return false
	}
}

// askDeeper asks the candidate and compares its answer with the one the primary
// gave to the client.
func (p *Proxy) askDeeper(ctx context.Context, j *job) {
	for range deepTries {
		if ctx.Err() != nil || p.mirrorOff(ctx) {
			break
		}
		reply, ok := p.askAside(ctx, p.candidate, j)
		if ok {
			j.candidate = reply
			p.concludeAside(j)
			return
		}
		p.metrics.besides(SourceDeep, sideInterrupted)
	}
	p.dropAside(j, sideDropped)
}
