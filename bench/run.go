package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"understudy/bench/peers"
	"understudy/bench/report"
	"understudy/bench/rows"
)

// repeatBelow is the time below which a question is asked again: there the noise of the machine is a large part of it.
const repeatBelow = time.Second

// runner measures rows one after another, one peer at a time, so that nobody's time is somebody else's work.
type runner struct {
	field *field
	limit time.Duration
	// familyLimit is ours for whole families: others get limit, since they are not expected to finish those that take longer.
	familyLimit time.Duration

	repeat int
	folder string // for the networks' files
	log    io.Writer
}

// measure returns the rows it has measured, all of them unless ctx ends.
func (r *runner) measure(ctx context.Context, all []rows.Row) ([]report.Result, error) {
	start := time.Now()
	results := make([]report.Result, 0, len(all))
	for i, row := range all {
		question, err := peers.NewQuestion(r.folder, row)
		if err != nil {
			return nil, err
		}
		result := r.row(ctx, row, question)
		if ctx.Err() != nil {
			return results, ctx.Err()
		}
		results = append(results, result)
		fmt.Fprintln(r.log, progress(i+1, len(all), result, time.Since(start)))
	}
	return results, nil
}

// row asks everybody about one row.
func (r *runner) row(ctx context.Context, row rows.Row, q peers.Question) report.Result {
	result := report.Result{Row: row, Outcomes: make(map[peers.Name]peers.Outcome)}
	ask := func(name peers.Name, p peer) { result.Outcomes[name] = r.ask(ctx, p, q, r.limit) }
	own := r.limit
	if row.Analysis.Whole() {
		own = r.familyLimit
	}
	result.Outcomes[peers.Ours] = r.ask(ctx, r.field.ours, q, own)
	ours := result.Outcomes[peers.Ours]
	if !row.Compared {
		return result
	}
	// The second engine finds minima in another way, but lists families in the same one: its count would prove nothing.
	if row.Want == "" && !row.Analysis.Whole() && r.field.other != nil && ours.Status == peers.Solved {
		ask(peers.Second, r.field.other(ours.Algorithm))
	}
	if r.field.native != nil {
		ask(peers.FBASAnalyzer, r.field.native)
	}
	if r.field.scanner != nil {
		ask(peers.RustScanner, r.field.scanner)
	}
	if result.Verdict(peers.RustScanner) == report.Wrong {
		result.Core = rows.Open
		if core := r.field.core.Ask(ctx, q, own); core.Status == peers.Solved {
			result.Core = core.Answer
		}
	}
	return result
}

// ask asks until the question was asked often enough. All runs must give the same answer.
func (r *runner) ask(ctx context.Context, p peer, q peers.Question, limit time.Duration) peers.Outcome {
	first := p.Ask(ctx, q, limit)
	walls := []time.Duration{first.Wall}
	outcome := first
	for outcome.Status == peers.Solved && first.Wall < repeatBelow && len(walls) < r.repeat {
		next := p.Ask(ctx, q, limit)
		if next.Status != peers.Solved {
			return next
		}
		if next.Answer != first.Answer {
			next.Status, next.Detail = peers.Failed, fmt.Sprintf("it answered %s first and %s then", first.Answer, next.Answer)
			return next
		}
		walls = append(walls, next.Wall)
		outcome.Best, outcome.Solve = min(outcome.Best, next.Wall), min(outcome.Solve, next.Solve)
	}
	outcome.Wall, outcome.Runs = report.Median(walls), len(walls)
	return outcome
}

// progress is a line such as "12/478 N12F5/splitting: ours right 0.02 s, scanner unsolved 10.0 s; 1m35s gone, about 12m to go".
func progress(done, all int, result report.Result, gone time.Duration) string {
	var parts []string
	for _, name := range append([]peers.Name{peers.Ours}, others...) {
		if verdict := result.Verdict(name); verdict != report.NotAsked {
			parts = append(parts, fmt.Sprintf("%s %s %.2f s", name, verdict, result.Outcomes[name].Wall.Seconds()))
		}
	}
	left := gone / time.Duration(done) * time.Duration(all-done)
	return fmt.Sprintf("%d/%d %s: %s; %s gone, about %s to go",
		done, all, result.Row, strings.Join(parts, ", "), gone.Round(time.Second), left.Round(time.Second))
}
