package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"sync"
	"time"

	"understudy/compare"
	"understudy/compare/shrink"
	"understudy/engine/worker"
)

// dispute asks both sides about one network and judges their answers.
type dispute struct {
	path, analysis string
	sides          [2]side
	names          [2]string // who answers
	kind           compare.PrimaryKind
	budget         time.Duration // of the arbiter; 0: none
	shown          [2]compare.Reply
}

// dispute makes the sides; workers of this binary end with parts.
func (c *shrinkCommand) dispute(ctx context.Context, parts *lifecycle, q question, s streams) (*dispute, error) {
	primary, err := baseURL("--primary", c.Primary)
	if err != nil {
		return nil, badInput(err)
	}
	d := &dispute{path: q.path, analysis: path.Base(q.path), kind: compare.PrimaryKind(c.PrimaryKind), budget: c.Arbiter}
	d.sides[0] = &scannerSide{base: primary, transport: http.DefaultTransport, most: c.AskTime}
	d.names = [2]string{primary.Redacted(), "the engine, understudy " + version()}
	if c.Candidate == embedded {
		d.sides[1], err = c.engineHere(ctx, parts, s)
		return d, err
	}
	candidate, err := baseURL("--candidate", c.Candidate)
	if err != nil {
		return nil, badInput(err)
	}
	d.names[1] = candidate.Redacted()
	d.sides[1] = &scannerSide{base: candidate, transport: http.DefaultTransport, most: c.AskTime}
	return d, nil
}

// engineHere is the engine in one worker process: it is asked one question at a
// time.
func (c *shrinkCommand) engineHere(ctx context.Context, parts *lifecycle, s streams) (side, error) {
	settings := engineSettings{Workers: 1, WorkerMemory: 1 << 30, Deadline: c.AskTime}
	pool, err := settings.pool(worker.Config{Forgiving: true, Logger: logSettings{LogLevel: slog.LevelError}.logger(s.err)})
	if err != nil {
		return nil, err
	}
	parts.started("engine worker", pool.Close)
	if err := pool.Start(ctx); err != nil {
		return nil, err
	}
	return &scannerSide{base: &url.URL{Scheme: "http", Host: "engine"}, transport: pool, most: c.AskTime + callSlack}, nil
}

// ask asks both sides at once.
func (d *dispute) ask(ctx context.Context, body []byte) (replies [2]compare.Reply) {
	var group sync.WaitGroup
	for i := range d.sides {
		group.Go(func() { replies[i] = d.sides[i].ask(ctx, question{path: d.path, body: body}) })
	}
	group.Wait()
	return replies
}

// settle judges the answers, with the arbiter.
func (d *dispute) settle(ctx context.Context, body []byte, replies [2]compare.Reply) compare.Result {
	p := compare.Prepare(compare.Question{Analysis: d.analysis, Body: body})
	if d.budget == 0 {
		return p.Compare(replies[0], replies[1], d.kind)
	}
	ctx, cancel := context.WithTimeout(ctx, d.budget)
	defer cancel()
	return p.Settle(ctx, newArbiter(), replies[0], replies[1], d.kind)
}

// asked is the judge of a search for one target. It asks the arbiter only where
// the target does not show without and the two sides do not agree, and remembers
// the answers that showed it last.
func (d *dispute) asked(want shrink.Target) shrink.Ask {
	return func(ctx context.Context, body []byte) (compare.Result, error) {
		replies := d.ask(ctx, body)
		r := compare.Compare(compare.Question{Analysis: d.analysis, Body: body}, replies[0], replies[1], d.kind)
		if r.Outcome == compare.Differ && !want.Shown(r) {
			r = d.settle(ctx, body, replies)
		}
		if want.Shown(r) {
			d.shown = replies
		}
		return r, ctx.Err()
	}
}
