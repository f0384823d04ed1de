package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Share is the share of one of so many questions in the time that is left: a
// family that takes too long leaves those that follow time for their least sets,
// and what a question does not need is for those that follow.
func Share(ctx context.Context, questions int) (context.Context, context.CancelFunc) {
	end, limited := ctx.Deadline()
	if !limited || questions < 2 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(end)/time.Duration(questions))
}

// full asks all analyses of the whole network at once: only blocking-sets and
// network know of faulty nodes. History comes last of those that share the time.
// Where there is no quorum its part is an answer like the others, without any set.
func (a *asking) full() (Full, error) {
	var r Full
	a.options.Faulty = nil
	begin := a.start
	err := errors.Join(
		part(a, 5, &r.TopTier, a.topTier),
		part(a, 4, &r.BlockingSets, a.blockingSets),
		part(a, 3, &r.SplittingSets, a.splittingSets),
		part(a, 2, &r.Quorums, a.quorums),
		part(a, 1, &r.HistoryCritical, a.historyCritical),
	)
	searched := a.useful
	r.DataQuality = a.inspect()
	a.useful = searched // findings alone are no answer to full
	r.TotalExecutionTimeMS = time.Since(begin).Milliseconds()
	r.Additions = a.sum(&r.TopTier.Additions, &r.BlockingSets.Additions, &r.SplittingSets.Additions, &r.Quorums.Additions, &r.HistoryCritical.Additions)
	return r, err
}

// part asks one of the questions that are left in its share of the time.
func part[T any](a *asking, left int, to *T, ask func() (T, error)) (err error) {
	whole := a.ctx
	share, done := Share(whole, left)
	defer func() { done(); a.ctx = whole }()
	a.ctx = share
	*to, err = ask()
	return err
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
	r := a.add(complete, false, strings.Join(algorithms, "+"), calls)
	for _, part := range parts {
		if part.StoppedBy == StoppedByTime {
			r.StoppedBy = StoppedByTime // of its share, perhaps
		}
	}
	return r
}

// levels asks what the backend stores of a scan.
func (a *asking) levels() (Network, error) {
	r, err := a.system.Network(a.ctx, a.options)
	additions := a.add(r.Complete, r.Node.TopTierSize > 0, r.Algorithm, r.SolverCalls)
	if !r.Complete && r.TimeEnded {
		additions.StoppedBy = StoppedByTime // of its share, perhaps
	}
	return Network{
		HasQuorumIntersection: decided(r.HasQuorumIntersection, r.IntersectionDecided),
		HasSymmetricTopTier:   r.HasSymmetricTopTier,
		Node:                  Level(r.Node),
		Organization:          Level(r.Organization),
		Country:               Level(r.Country),
		ISP:                   Level(r.ISP),
		ExecutionTimeMS:       a.took(),
		Additions:             additions,
	}, err
}
