package api

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// full asks all analyses of the whole network at once: only blocking-sets and
// network know of faulty nodes. History comes last, so that it takes no time from
// what other scanners answer too. Where there is no quorum its part is an answer
// like the others, without any set.
func (a *asking) full() (Full, error) {
	var r Full
	a.options.Faulty = nil
	begin := a.start
	var errs [6]error
	r.TopTier, errs[0] = a.topTier()
	r.BlockingSets, errs[1] = a.blockingSets()
	r.SplittingSets, errs[2] = a.splittingSets()
	r.Quorums, errs[3] = a.quorums()
	r.HistoryCritical, errs[4] = a.historyCritical()
	searched := a.useful
	r.DataQuality = a.inspect()
	a.useful = searched // findings alone are no answer to full
	r.TotalExecutionTimeMS = time.Since(begin).Milliseconds()
	r.Additions = a.sum(&r.TopTier.Additions, &r.BlockingSets.Additions, &r.SplittingSets.Additions, &r.Quorums.Additions, &r.HistoryCritical.Additions)
	return r, errors.Join(errs[:]...)
}

// sum is complete where all parts are, and names what answered any of them.
func (a *asking) sum(parts ...*Additions) Additions {
	complete, calls := true, 0
	var algorithms []string
	for _, part := range parts {
		complete = complete && part.Complete == nil
		calls += part.Engine.SolverCalls
		for name := range strings.SplitSeq(part.Engine.Algorithm, "+") {
			if name != "" && !slices.Contains(algorithms, name) {
				algorithms = append(algorithms, name)
			}
		}
	}
	slices.Sort(algorithms)
	return a.add(complete, false, strings.Join(algorithms, "+"), calls)
}

// levels asks what the backend stores of a scan.
func (a *asking) levels() (Network, error) {
	r, err := a.system.Network(a.ctx, a.options.Faulty)
	algorithm := "branch-and-bound"
	if r.SolverCalls > 0 {
		algorithm += "+sat"
	}
	return Network{
		HasQuorumIntersection: r.HasQuorumIntersection,
		HasSymmetricTopTier:   r.HasSymmetricTopTier,
		Node:                  Level(r.Node),
		Organization:          Level(r.Organization),
		Country:               Level(r.Country),
		ISP:                   Level(r.ISP),
		ExecutionTimeMS:       a.took(),
		Additions:             a.add(r.Complete, r.Node.TopTierSize > 0, algorithm, r.SolverCalls),
	}, err
}
