package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"

	"understudy/compare"
)

// runReplay asks both sides, or one of them twice.
func (c *compareCommand) runReplay(ctx context.Context, s streams) (err error) {
	var parts lifecycle
	defer func() {
		err = joinStop(err, parts.stop(demoStop, logSettings{}.logger(io.Discard)))
	}()
	subjects, err := c.subjects(ctx, &parts, s)
	if err != nil {
		return err
	}
	sides, err := c.sides(ctx, &parts, s)
	if err != nil {
		return err
	}
	report := newReplayReport(c, len(subjects))
	out := &keeper{out: s.out}
	r := replay{parallel: c.parallel(), progress: newProgress(s.err), compare: c.comparer(sides)}
	r.each = func(one *subjectReport) {
		report.add(one)
		if c.JSONL {
			writeLine(out, one)
		}
	}
	r.run(ctx, subjects)
	report.finish()
	c.print(report, out, wantsColour(s.out))
	if err := out.failed(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return incomplete("incomplete: ended after %d of %s", len(report.Subjects), count(len(subjects), "input"))
	}
	return report.exit()
}

// print shows the report, unless it went out line by line.
func (c *compareCommand) print(report *replayReport, out *keeper, colour bool) {
	switch {
	case c.JSON:
		writeDocument(out, report)
	case !c.JSONL:
		report.show(out, colour)
	}
}

// joinStop keeps the code of a verdict, which an error at the end does not change.
func joinStop(err, stop error) error {
	if err == nil {
		return stop
	}
	return err
}

func writeLine(out *keeper, value any) {
	line, err := json.Marshal(value)
	if err != nil {
		out.err = err
		return
	}
	fmt.Fprintf(out, "%s\n", line)
}

func (c *compareCommand) parallel() int {
	if c.Parallel > 0 {
		return c.Parallel
	}
	return c.workers()
}

// noise says whether the primary is measured against itself.
func (c *compareCommand) noise() bool {
	return c.Noise || c.Primary != "" && c.Primary == c.Candidate
}

// sides are who answers: the primary and the candidate, which is the primary
// again in a noise run.
func (c *compareCommand) sides(ctx context.Context, parts *lifecycle, s streams) (both [2]side, err error) {
	both[0] = storedSide(func(q question) *compare.Reply { return q.primary })
	if c.Primary != "" {
		if both[0], err = c.scannerAt("--primary", c.Primary); err != nil {
			return both, err
		}
	}
	candidate := c.Candidate
	if candidate == "" && c.Store == "" {
		candidate = embedded
	}
	switch {
	case c.noise():
		both[1] = both[0]
	case candidate == "":
		both[1] = storedSide(func(q question) *compare.Reply { return q.candidate })
	case candidate == embedded:
		both[1], err = c.engineHere(ctx, parts, s.err)
	default:
		both[1], err = c.scannerAt("--candidate", candidate)
	}
	return both, err
}

// comparer asks one question of both sides at once, or of the primary twice, one
// after the other: at once they would wait for each other.
func (c *compareCommand) comparer(sides [2]side) func(context.Context, question) comparison {
	return func(ctx context.Context, q question) comparison {
		var replies [2]compare.Reply
		var group sync.WaitGroup
		for i := range sides {
			ask := func() { replies[i] = sides[i].ask(ctx, q) }
			if c.noise() {
				ask()
			} else {
				group.Go(ask)
			}
		}
		group.Wait()
		p := compare.Prepare(compare.Question{Analysis: q.analysis(), Body: q.body})
		one := comparison{
			judged: judged{Analysis: q.analysis()}, Faulty: faultyNodes(q.body),
			primary: replies[0].Latency, candidate: replies[1].Latency,
			PrimaryMS: milliseconds(replies[0].Latency), CandidateMS: milliseconds(replies[1].Latency),
		}
		if c.noise() {
			// Who is wrong is not the question here, so no arbiter.
			one.Result = p.Compare(replies[0], replies[1], compare.PrimaryKind(c.PrimaryKind))
			one.same = sameValues(one.Analysis, replies)
			return one
		}
		one.Result = c.judge(ctx, p, replies[0], replies[1])
		return one
	}
}

// faultyNodes tells apart questions that differ in nothing else.
func faultyNodes(body []byte) int {
	var request struct {
		Faulty []string `json:"faulty_nodes"`
	}
	_ = json.Unmarshal(body, &request) // of another shape: none
	return len(slices.Compact(slices.Sorted(slices.Values(request.Faulty))))
}
