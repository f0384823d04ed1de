package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"understudy/engine"
	"understudy/engine/fbas"
	"understudy/engine/quality"
)

// Errors of an answer that would say nothing.
var (
	// ErrNothing says that the time ended before there was anything to answer.
	ErrNothing = errors.New("the time ended before anything was found")
	// ErrTooLarge says that there was time left, but the question makes a formula
	// that is too large for the solver.
	ErrTooLarge = errors.New("the question is too large for the solver, and nothing was found without it")
)

// Answer asks the engine and returns the answer: a TopTier, SymmetricTopTier,
// Quorums, Sets, Splitting, History, Intersection, Full, Network or DataQuality.
// Errors are ErrNothing, ErrTooLarge, a *fbas.FieldError, or a fault of the
// engine's own.
func (q *Question) Answer(ctx context.Context, version string) (any, error) {
	if q.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, q.Timeout)
		defer cancel()
	}
	a := &asking{ctx: ctx, network: q.Network, options: q.Options, version: version, start: time.Now()}
	if q.Clean {
		a.network, a.cleaning = quality.Clean(q.Network)
		a.cleaned = true
	}
	if q.Analysis == engine.DataQuality {
		return finish(a, a.dataQuality) // also about a network that an analysis refuses
	}
	var err error
	if a.system, err = engine.Prepare(a.network, q.Semantics); err != nil {
		return nil, err
	}
	return a.answer(q.Analysis)
}

func (a *asking) answer(analysis engine.Analysis) (any, error) {
	switch analysis {
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
	case engine.HistoryCritical:
		return finish(a, a.historyCritical)
	case engine.Intersection:
		return finish(a, a.intersection)
	case engine.Full:
		return finish(a, a.full)
	case engine.Network:
		return finish(a, a.levels)
	}
	return nil, fmt.Errorf("analyze: unknown analysis %q", analysis)
}

// finish drops an answer that would say nothing, and adds to others how the
// network was cleaned.
func finish[T any, P interface {
	*T
	additions() *Additions
}](a *asking, ask func() (T, error)) (any, error) {
	answer, err := ask()
	switch {
	case err != nil:
		return nil, err
	case !a.useful && a.ctx.Err() == nil:
		return nil, ErrTooLarge
	case !a.useful:
		return nil, ErrNothing
	}
	if a.cleaned {
		P(&answer).additions().clean(a.cleaning)
	}
	return answer, nil
}

// asking is a question being answered.
type asking struct {
	ctx     context.Context
	network *fbas.Network // after cleaning
	system  *engine.System
	options engine.Options
	version string
	start   time.Time
	// cleaning is what was done to the network, if it was cleaned.
	cleaned  bool
	cleaning []quality.Change
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

// add notes whether a part is complete or says something at all. Searches end
// early at the end of the time, at formulas that are too large for the solver, and
// at families that are too large to be kept.
func (a *asking) add(complete, something bool, algorithm string, calls int) Additions {
	a.useful = a.useful || complete || something
	r := Additions{Engine: Engine{Version: a.version, Algorithm: algorithm, SolverCalls: calls}}
	if !complete {
		r.Complete, r.StoppedBy = new(bool), StoppedBySize
		if a.ctx.Err() != nil {
			r.StoppedBy = StoppedByTime
		}
	}
	return r
}

func (a *asking) topTier() (TopTier, error) {
	r, err := a.system.TopTier(a.ctx, a.options)
	return TopTier{
		TopTier:         list(r.Members),
		TopTierSize:     len(r.Members),
		ExecutionTimeMS: a.took(),
		Quorums:         evidence(r.Quorums),
		Additions:       a.add(r.Complete, len(r.Members) > 0, r.Algorithm, r.SolverCalls),
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

func (a *asking) intersection() (Intersection, error) {
	r, err := a.system.Intersection(a.ctx, a.options)
	return Intersection{
		HasQuorum:          r.HasQuorum,
		QuorumIntersection: r.Intersects,
		DisjointQuorums:    pair(r.Disjoint),
		ExecutionTimeMS:    a.took(),
		Additions:          a.add(r.Complete, false, r.Algorithm, r.SolverCalls),
	}, err
}
