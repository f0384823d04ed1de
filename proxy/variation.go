package proxy

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"understudy/compare"
)

// A live network hardly changes from scan to scan, so the same few cases would be
// compared for ever. Variations of the last real one bring new cases.

// variedLevels are those of a network whose groups are not merged.
var variedLevels = []string{compare.LevelWhole, mergeNone}

const mergeNone = "none"

// variedMerges are how varied networks are merged, one after the other.
var variedMerges = []string{mergeNone, "organization", "country", "isp"}

// variedAnalyses are what is asked about each of them.
var variedAnalyses = []string{"top-tier", quorums, "blocking-sets", "splitting-sets"}

func (p *Proxy) varies() bool { return p.deps.Vary != nil && p.cfg.VariationsPerHour > 0 }

// variationTicks gives the clock of variations; nil never ticks.
func (p *Proxy) variationTicks() (ticks <-chan time.Time, end func()) {
	switch {
	case !p.varies():
		return nil, func() {}
	case p.deps.VariationTicks != nil:
		return p.deps.VariationTicks, func() {}
	}
	return startTicker(p.cfg.VariationsPerHour)
}

// vary asks both sides about one varied network.
func (p *Proxy) vary(ctx context.Context) {
	base := p.side.last()
	if base == nil || p.mirrorOff(ctx) {
		return
	}
	seed := uint64(p.deps.Now().Unix()) + p.side.variations
	mergeBy := variedMerges[p.side.variations%uint64(len(variedMerges))]
	if p.cfg.PrimaryKind == compare.KindPython {
		mergeBy = mergeNone // it knows no other
	}
	p.side.variations++
	body, what, err := p.deps.Vary(base, seed)
	if err == nil {
		body, err = mergedBy(body, mergeBy)
	}
	if err != nil {
		p.log.Info("the last network was not varied", "seed", seed, "err", err)
		p.metrics.besides(SourceVariation, sideDropped)
		return
	}
	name := fmt.Sprintf("variation-%016x", seed)
	for _, analysis := range variedAnalyses {
		j := p.variation(analysis, name, what, body)
		if result := p.askBoth(ctx, j); result != "" {
			p.dropAside(j, result)
			return // the rest of it would meet the same; the next one comes
		}
		p.concludeAside(j)
	}
}

func mergedBy(body []byte, mergeBy string) ([]byte, error) {
	merged, ok := withMember(body, "merge_by", []byte(`"`+mergeBy+`"`))
	if !ok {
		return nil, fmt.Errorf("merge the varied network by %s: it is no JSON object", mergeBy)
	}
	return merged, nil
}

// variation is one question about a varied network. Its hold is nil without room.
func (p *Proxy) variation(analysis, name, what string, body []byte) *job {
	now := time.Now()
	return &job{
		id: newID(now), source: SourceVariation, analysis: analysis, at: now, scan: scanFacts{key: name}, remark: what,
		hold:  p.holding(len(body)),
		asked: asked{method: http.MethodPost, path: analyzePrefix + analysis, contentType: "application/json", body: body},
	}
}

// askBoth asks the primary, then the candidate. The result says why it did not.
func (p *Proxy) askBoth(ctx context.Context, j *job) (result string) {
	if j.hold == nil {
		return sideDropped
	}
	for _, side := range []struct {
		of    *asker
		reply *compare.Reply
	}{{p.primary, &j.primary}, {p.candidate, &j.candidate}} {
		reply, ok := p.askAside(ctx, side.of, j)
		switch {
		case ctx.Err() != nil:
			return sideDropped
		case !ok:
			return sideInterrupted
		}
		*side.reply = reply
	}
	return ""
}

// stellarNetwork reports whether all nodes have the ids of a Stellar network,
// which a client's own merged networks have not.
func stellarNetwork(body []byte) bool {
	var request struct {
		Nodes []struct {
			PublicKey string `json:"publicKey"`
		} `json:"nodes"`
	}
	if json.Unmarshal(body, &request) != nil || len(request.Nodes) == 0 {
		return false
	}
	for _, node := range request.Nodes {
		if len(node.PublicKey) != 56 || !strings.HasPrefix(node.PublicKey, "G") {
			return false
		}
	}
	return true
}
