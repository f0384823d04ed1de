package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"strings"
	"time"

	"understudy/compare"
	"understudy/compare/shrink"
)

// Run shrinks the disagreement and writes what is left of it.
func (c *shrinkCommand) Run(ctx context.Context, s streams) (err error) {
	q, err := c.question(ctx, s)
	if err != nil {
		return err
	}
	var parts lifecycle
	defer func() {
		err = errors.Join(err, parts.stop(shrinkStop, slog.New(slog.DiscardHandler)))
	}()
	d, err := c.dispute(ctx, &parts, q, s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	replies := d.ask(ctx, q.body)
	if err := d.unreachable(replies); err != nil && ctx.Err() == nil {
		return err
	}
	want, err := c.target(d.settle(ctx, q.body, replies))
	if err != nil {
		return err
	}
	if c.Verdict == "" && want.Metric == "" && slices.ContainsFunc(replies[:], late) {
		return errors.New("nothing to compare: a side did not answer in time (--ask-timeout; --verdict primary_failed looks for the smallest network that is too slow)")
	}
	show := newShrinkProgress(s.err)
	show.begin(want)
	found, err := shrink.Shrink(ctx, q.body, want, d.asked(want), shrink.Options{MaxAsks: c.MaxAsks, KeepNames: c.KeepNames, Progress: show.step})
	show.end()
	if err != nil {
		return err
	}
	want = d.conclude(ctx, want, &found)
	return c.write(shrink.Report{
		Analysis: d.analysis, Want: want, Shrunk: found, Kind: d.kind,
		PrimaryName: d.names[0], CandidateName: d.names[1], Primary: d.shown[0], Candidate: d.shown[1],
	}, s)
}

// unreachable says of a side that nobody listens there: that says nothing about
// the network, and would be found of the empty one too.
func (d *dispute) unreachable(replies [2]compare.Reply) error {
	for i, side := range []string{"primary", "candidate"} {
		if f := replies[i].Failure; f == compare.FailureRefused || f == compare.FailureOther {
			return fmt.Errorf("nothing to compare: the %s, %s, can't be reached", side, d.names[i])
		}
	}
	return nil
}

func late(r compare.Reply) bool { return r.Failure == compare.FailureTimeout }

// conclude judges the smallest network once more, with the arbiter, even if the
// time of the search has ended: what nothing settled about the large network is
// often settled here, and then that is what there is to say.
func (d *dispute) conclude(ctx context.Context, want shrink.Target, found *shrink.Shrunk) shrink.Target {
	final := d.settle(context.WithoutCancel(ctx), found.Body, d.shown)
	for _, m := range final.Metrics {
		if m.Metric == want.Metric && m.Verdict != compare.VerdictAgree {
			found.Result = final
			if want.Verdict == compare.VerdictUndecided {
				want.Verdict = m.Verdict
				return want.Classified(final)
			}
		}
	}
	return want
}

// shrinkStop is the time for everything to end.
const shrinkStop = 5 * time.Second

// target is what has to show: what the flags say, else what the start suggests.
func (c *shrinkCommand) target(start compare.Result) (shrink.Target, error) {
	want := shrink.Target{Metric: c.Metric, Verdict: compare.Verdict(c.Verdict)}
	if c.Metric == "" || c.Verdict == "" {
		narrowed := start
		narrowed.Metrics = slices.DeleteFunc(slices.Clone(start.Metrics), func(m compare.MetricResult) bool {
			of := shrink.Target{Metric: m.Metric, Verdict: compare.Verdict(c.Verdict)}
			return c.Metric != "" && m.Metric != c.Metric || c.Verdict != "" && !of.Shown(start)
		})
		suggested, differs := shrink.Gravest(narrowed)
		if failed := suggested.Metric == ""; !differs || failed && (c.Metric != "" || c.Verdict != "" && want.Verdict != suggested.Verdict) {
			return want, fmt.Errorf("nothing to shrink: %s", c.nothing(start))
		}
		want.Metric = suggested.Metric
		if c.Verdict == "" {
			want.Verdict = suggested.Verdict
		}
	}
	if c.AnyClass {
		return want, nil
	}
	return want.Classified(start), nil
}

// nothing says what the start shows in place of what was asked for.
func (c *shrinkCommand) nothing(start compare.Result) string {
	var wanted []string
	for _, word := range []string{c.Verdict, c.Metric} {
		if word != "" {
			wanted = append(wanted, word)
		}
	}
	switch said := cmpOr(start.Verdict, compare.VerdictInconclusive); {
	case len(wanted) > 0:
		return fmt.Sprintf("the network does not show %s; it comes to %s", strings.Join(wanted, " on "), said)
	case start.Reason != "":
		return fmt.Sprintf("the comparison comes to %s: %s", said, start.Reason)
	default:
		return "the two sides " + string(said)
	}
}

func cmpOr(v, otherwise compare.Verdict) compare.Verdict {
	if v == "" {
		return otherwise
	}
	return v
}

// question is what both sides are asked at the start.
func (c *shrinkCommand) question(ctx context.Context, s streams) (question, error) {
	q, err := c.source(ctx, s)
	if err != nil || !c.IncludeSets {
		return q, err
	}
	if q.body, err = withSets(q.body, c.MaxSets); err != nil {
		return q, badInput(err)
	}
	return q, nil
}

func (c *shrinkCommand) source(ctx context.Context, s streams) (question, error) {
	if c.Store != "" {
		return c.stored(ctx)
	}
	data, err := readNetworkFile(c.File, s.in)
	if err != nil {
		return question{}, badInput(err)
	}
	body, err := requestBody(data, c.MergeBy, c.Faulty)
	if err != nil {
		return question{}, badInput(fmt.Errorf("%s: %w", c.File, err))
	}
	return question{path: "/analyze/" + c.Analysis, body: body}, nil
}

// stored is the question of an exchange.
func (c *shrinkCommand) stored(ctx context.Context) (q question, err error) {
	from, err := openStore(ctx, c.Store)
	if err != nil {
		return q, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	e, err := findExchange(ctx, from, c.Exchange)
	switch {
	case err != nil:
		return q, err
	case e.RequestBody == nil:
		return q, badInput(fmt.Errorf("exchange %s: its question was not stored", e.ID))
	}
	q = question{path: e.Path, body: e.RequestBody}
	if q.path == "" {
		q.path = "/analyze/" + e.Analysis
	}
	if !slices.Contains(shrinkable, path.Base(q.path)) {
		return q, badInput(fmt.Errorf("exchange %s: answers to %s are not compared", e.ID, q.path))
	}
	return q, nil
}
