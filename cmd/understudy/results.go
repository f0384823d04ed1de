package main

import (
	"context"
	"errors"
	"fmt"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/fbas"
	"understudy/engine/quality"
)

// results are what was found of the questions that were asked; nil: not asked.
type results struct {
	core         int // nodes in it; -1: not reduced
	intersection *engine.IntersectionResult
	topTier      *engine.TopTierResult
	symmetric    *engine.SymmetricResult
	quorums      *engine.QuorumsResult
	blocking     *engine.Family
	faulty       int // nodes that count as failed in blocking
	splitting    *engine.SplittingResult
	history      *engine.HistoryResult
	network      *engine.NetworkResult
	quality      *[]quality.Finding
	// stoppedBy is what ended the search, where it is not complete.
	stoppedBy api.StoppedBy
	// alone says that data quality is the only question.
	alone bool
}

func (c *analyzeCommand) find(ctx context.Context, network *fbas.Network) (*results, error) {
	r := &results{core: -1, alone: c.Analysis == string(engine.DataQuality)}
	if c.wants(engine.DataQuality) {
		found := quality.Find(network)
		r.quality = &found
	}
	if r.alone {
		return r, c.refused(network.OrganizationsError)
	}
	system, err := engine.Prepare(network, engine.Semantics(c.Semantics))
	if err != nil {
		return nil, c.refused(err)
	}
	r.core = len(system.Core())
	options := c.options()
	r.faulty = len(options.Faulty)
	q := &questions{command: c, ctx: ctx, left: c.questions()}
	err = errors.Join(
		ask(q, engine.Intersection, &r.intersection, func(ctx context.Context) (engine.IntersectionResult, error) { return system.Intersection(ctx, options) }),
		ask(q, engine.TopTier, &r.topTier, func(ctx context.Context) (engine.TopTierResult, error) { return system.TopTier(ctx, options) }),
		ask(q, engine.SymmetricTopTier, &r.symmetric, func(ctx context.Context) (engine.SymmetricResult, error) {
			return system.SymmetricTopTier(ctx, options)
		}),
		ask(q, engine.Quorums, &r.quorums, func(ctx context.Context) (engine.QuorumsResult, error) { return system.MinimalQuorums(ctx, options) }),
		ask(q, engine.BlockingSets, &r.blocking, func(ctx context.Context) (engine.Family, error) { return system.MinimalBlockingSets(ctx, options) }),
		ask(q, engine.SplittingSets, &r.splitting, func(ctx context.Context) (engine.SplittingResult, error) {
			return system.MinimalSplittingSets(ctx, options)
		}),
		ask(q, engine.HistoryCritical, &r.history, func(ctx context.Context) (engine.HistoryResult, error) {
			return system.HistoryCriticalSets(ctx, options)
		}),
		ask(q, engine.Network, &r.network, func(ctx context.Context) (engine.NetworkResult, error) { return system.Network(ctx, options) }),
	)
	if err != nil {
		return nil, c.refused(err)
	}
	r.stoppedBy = api.StoppedBySize
	if q.late || r.network != nil && r.network.TimeEnded {
		r.stoppedBy = api.StoppedByTime
	}
	return r, nil
}

// questions counts those wanted that take time.
func (c *analyzeCommand) questions() int {
	n := 0
	for _, name := range inAll {
		if c.wants(name) && name != engine.DataQuality {
			n++
		}
	}
	return max(1, n)
}

// questions are asked one after another and share the time.
type questions struct {
	command *analyzeCommand
	ctx     context.Context
	left    int
	late    bool // the time of one ended
}

// options are those of the engine. Like the API's, full does not look at nodes
// that have failed.
func (c *analyzeCommand) options() engine.Options {
	o := engine.Options{MergeBy: engine.MergeBy(c.MergeBy), Faulty: c.Faulty, Minimum: c.Minimum, Method: engine.Method(c.Engine)}
	if c.Sets {
		o.MaxSets = c.MaxSets
	}
	if c.Analysis == string(engine.Full) {
		o.Faulty = nil
	}
	return o
}

// refused turns what is wrong with the question into an error about the file or
// the flag; other errors stay as they are.
func (c *analyzeCommand) refused(err error) error {
	switch field := fieldError(err); {
	case field == nil:
		return err
	case field.Field == "engine":
		return badInput(fmt.Errorf("--engine %s: %s", c.Engine, field.Problem))
	}
	return badInput(fmt.Errorf("%s: %w", c.File, err))
}

// fieldError finds what says which field is wrong; nil: nothing does.
func fieldError(err error) *fbas.FieldError {
	var field *fbas.FieldError
	if errors.As(err, &field) {
		return field
	}
	return nil
}

// ask answers one question when it is among those wanted.
func ask[T any](q *questions, name engine.Analysis, to **T, question func(context.Context) (T, error)) error {
	if !q.command.wants(name) {
		return nil
	}
	ctx, done := api.Share(q.ctx, q.left)
	defer done()
	q.left--
	result, err := question(ctx)
	q.late = q.late || ctx.Err() != nil
	if err != nil {
		return fmt.Errorf("analyze %s: %w", name, err)
	}
	*to = &result
	return nil
}

func (r *results) complete() bool {
	return (r.intersection == nil || r.intersection.Complete) &&
		(r.topTier == nil || r.topTier.Complete) &&
		(r.quorums == nil || r.quorums.Complete && r.quorums.Intersection.Complete) &&
		(r.blocking == nil || r.blocking.Complete) &&
		(r.splitting == nil || r.splitting.Complete) &&
		(r.history == nil || r.history.Complete) &&
		(r.network == nil || r.network.Complete)
}
