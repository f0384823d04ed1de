package api

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"understudy/engine"
)

// ErrNothing says that the time ended before there was anything to answer.
var ErrNothing = errors.New("the time ended before anything was found")

// Answer asks the engine and returns the answer: a TopTier, SymmetricTopTier,
// Quorums, Sets, Splitting, Intersection, Full or Network. Errors are
// ErrNothing, a *fbas.FieldError, or a fault of the engine's own.
func (q *Question) Answer(ctx context.Context, version string) (any, error) {
	if q.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, q.Timeout)
		defer cancel()
	}
	start := time.Now()
	system, err := engine.Prepare(q.Network, q.Semantics)
	if err != nil {
		return nil, err
	}
	a := &asking{ctx: ctx, system: system, options: q.Options, version: version, start: start}
	switch q.Analysis {
	case engine.TopTier:
		return finish(a, a.topTier)
	case engine.SymmetricTopTier:
		return finish(a, a.symmetricTopTier)
	case engine.Quorums:
		return finish(a, a.quorums)
	case engine.BlockingSets:
		return finish(a, a.blockingSets)
	case engine.SplittingSets:
		return finish(a, a.splittingSets)
	case engine.Intersection:
		return finish(a, a.intersection)
	case engine.Full:
		return finish(a, a.full)
	case engine.Network:
		return finish(a, a.network)
	default:
		return nil, fmt.Errorf("analyze: unknown analysis %q", q.Analysis)
	}
}

// finish drops an answer that would say nothing.
func finish[T any](a *asking, ask func() (T, error)) (any, error) {
	answer, err := ask()
	if err != nil {
		return nil, err
	}
	if !a.useful {
		return nil, ErrNothing
	}
	return answer, nil
}

// asking is a question being answered.
type asking struct {
	ctx     context.Context
	system  *engine.System
	options engine.Options
	version string
	start   time.Time
	// useful says that at least one part of the answer says something.
	useful bool
}

// took gives the milliseconds since the last call, or since the start.
func (a *asking) took() int64 {
	now := time.Now()
	ms := now.Sub(a.start).Milliseconds()
	a.start = now
	return ms
}

// add notes whether a part is complete or says something at all.
func (a *asking) add(complete, something bool, algorithm string, calls int) Additions {
	a.useful = a.useful || complete || something
	r := Additions{Engine: Engine{Version: a.version, Algorithm: algorithm, SolverCalls: calls}}
	if !complete {
		r.Complete = new(bool)
	}
	return r
}

func (a *asking) topTier() (TopTier, error) {
	r, err := a.system.TopTier(a.ctx, a.options)
	return TopTier{
		TopTier:         list(r.Members),
		TopTierSize:     len(r.Members),
		ExecutionTimeMS: a.took(),
		Additions:       a.add(r.Complete, len(r.Members) > 0, "sat", r.SolverCalls),
	}, err
}

func (a *asking) symmetricTopTier() (SymmetricTopTier, error) {
	r, err := a.system.SymmetricTopTier(a.ctx, a.options)
	return SymmetricTopTier{
		SymmetricTopTier: encodeQuorumSet(r.QuorumSet),
		ExecutionTimeMS:  a.took(),
		Additions:        a.add(true, true, "standard-form", 0),
	}, err
}

func (a *asking) quorums() (Quorums, error) {
	r, err := a.system.MinimalQuorums(a.ctx, a.options)
	s := a.sets(r.Family, "sat+branching")
	if !r.Intersection.Complete {
		s.Complete = new(bool)
	}
	return Quorums{
		MinSize:            s.MinSize,
		TotalQuorums:       s.TotalSets,
		ExampleQuorum:      s.ExampleSet,
		QuorumIntersection: r.Intersection.Intersects,
		ExecutionTimeMS:    s.ExecutionTimeMS,
		DisjointQuorums:    pair(r.Intersection.Disjoint),
		ExampleMembers:     s.ExampleMembers,
		Sets:               s.Sets,
		Additions:          s.Additions,
	}, err
}

func (a *asking) blockingSets() (Sets, error) {
	r, err := a.system.MinimalBlockingSets(a.ctx, a.options)
	return a.sets(r, "branching"), err
}

func (a *asking) splittingSets() (Splitting, error) {
	r, err := a.system.MinimalSplittingSets(a.ctx, a.options)
	return Splitting{Sets: a.sets(r.Family, "sat"), HasSplit: r.Disjoint, Quorums: pair(r.Quorums)}, err
}

func (a *asking) intersection() (Intersection, error) {
	r, err := a.system.Intersection(a.ctx, a.options)
	return Intersection{
		HasQuorum:          r.HasQuorum,
		QuorumIntersection: r.Intersects,
		DisjointQuorums:    pair(r.Disjoint),
		ExecutionTimeMS:    a.took(),
		Additions:          a.add(r.Complete, false, "sat", r.SolverCalls),
	}, err
}

// sets forms the answer about a family.
func (a *asking) sets(f engine.Family, algorithm string) Sets {
	s := Sets{
		MinSize:         f.MinSize,
		TotalSets:       big.NewInt(-1),
		ExampleSet:      list(f.Example),
		ExecutionTimeMS: a.took(),
		ExampleMembers:  f.ExampleMembers,
		Additions:       a.add(f.Complete, f.Outcome == engine.Found, algorithm, f.SolverCalls),
	}
	if f.Total != nil {
		s.TotalSets = f.Total
	}
	if a.options.MaxSets > 0 {
		s.Sets = make([][]string, len(f.Sets))
		for i, set := range f.Sets {
			s.Sets[i] = list(set)
		}
	}
	if !f.Complete {
		s.LowerBound = &f.LowerBound
	}
	return s
}

// full asks the four analyses of the whole network: only blocking-sets and
// network know of faulty nodes.
func (a *asking) full() (Full, error) {
	var r Full
	a.options.Faulty = nil
	begin := a.start
	var errs [4]error
	r.TopTier, errs[0] = a.topTier()
	r.BlockingSets, errs[1] = a.blockingSets()
	r.SplittingSets, errs[2] = a.splittingSets()
	r.Quorums, errs[3] = a.quorums()
	r.TotalExecutionTimeMS = time.Since(begin).Milliseconds()
	complete, calls := true, 0
	for _, part := range []Additions{r.TopTier.Additions, r.BlockingSets.Additions, r.SplittingSets.Additions, r.Quorums.Additions} {
		complete = complete && part.Complete == nil
		calls += part.Engine.SolverCalls
	}
	r.Additions = a.add(complete, false, "sat+branching", calls)
	return r, errors.Join(errs[:]...)
}

func (a *asking) network() (Network, error) {
	r, err := a.system.Network(a.ctx, a.options.Faulty)
	return Network{
		HasQuorumIntersection: r.HasQuorumIntersection,
		HasSymmetricTopTier:   r.HasSymmetricTopTier,
		Node:                  Level(r.Node),
		Organization:          Level(r.Organization),
		Country:               Level(r.Country),
		ISP:                   Level(r.ISP),
		Additions:             a.add(r.Complete, r.Node.TopTierSize > 0, "sat+branching", r.SolverCalls),
	}, err
}
