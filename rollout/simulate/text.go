package simulate

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"understudy/rollout"
)

// WriteText writes the report for a person.
func (r *Report) WriteText(out io.Writer) error {
	p := &printer{out: out}
	c := r.Config
	p.line("%s of %d days with %g scans a day, seed %d", count(c.Runs, "run"), c.Days, c.Candidate.ScansPerDay, c.Seed)
	p.line("candidate: %s\n", c.Candidate)
	p.line("%-12s%10s%15s%15s", "stage", "reached", "median, days", "95 %, days")
	for _, s := range r.Stages {
		p.line("%-12s%10s%15s%15s", s.Stage, percent(s.Reached), days(s.Days.Median), days(s.Days.P95))
	}
	p.line("")
	p.row("ends", r.ends())
	p.row("trips", r.trips())
	p.row("", fmt.Sprintf("%s of runs are stopped by the evidence, %s aborted after too many trips; %.2g demotions a run",
		percent(r.Stopped), percent(r.Aborted), r.Demotions))
	p.row("served scans", fmt.Sprintf("%.1f a run; in %.3g of them the candidate disagreed, and in %.3g a client got that answer", r.Served, r.WouldBeWrong, r.ServedWrong))
	p.caught("fault", "runs it began in", r.Fault)
	p.caught("outages", "outages with a closed breaker", r.Outages)
	p.row("simulated", count(r.Executions, "execution"))
	return p.err
}

func (r *Report) ends() string {
	var ends []string
	for _, e := range r.Ends {
		what := e.Stage.String()
		if e.Condition != rollout.Normal {
			what += " " + string(e.Condition)
		}
		ends = append(ends, what+" "+percent(e.Runs))
	}
	return strings.Join(ends, ", ")
}

func (r *Report) trips() string {
	text := fmt.Sprintf("%.3g in 30 days, %.3g of them by chance; %s of runs have one", r.Trips.PerMonth, r.Trips.ByChance, percent(r.Trips.Runs))
	if len(r.Trips.Triggers) > 0 {
		text += ": " + triggers(r.Trips.Triggers)
	}
	return text
}

// String describes a candidate in words.
func (c Candidate) String() string {
	parts := []string{c.Behaviour.String()}
	add := func(given bool, format string, args ...any) {
		if given {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(c.Repeats > 0, "%s of scans repeat the one before", percent(c.Repeats))
	add(c.Outage.For > 0, "%s for %s every %s", c.down(), c.Outage.For, c.Outage.Every)
	switch {
	case c.Fault == nil:
	case c.Fault.Behaviour.Down:
		add(true, "from %s on: %s", c.Fault.At, c.down())
	default:
		add(true, "from %s on: %s", c.Fault.At, c.Fault.Behaviour)
	}
	return strings.Join(parts, "; ")
}

func (c Candidate) down() string {
	if c.Hangs {
		return "hangs"
	}
	return "does not answer"
}

// String describes a behaviour in words: "0.5 % of calls end in an error".
func (b Behaviour) String() string {
	if b.Down {
		return "does not answer"
	}
	of := "calls"
	if b.WholeScan {
		of = "whole scans"
	}
	var parts []string
	for _, part := range []struct {
		rate float64
		what string
	}{
		{b.ErrorRate, of + " end in an error"},
		{b.TimeoutRate, of + " time out"},
		{b.SlowRate, of + " are slow"},
		{b.Disagree, "networks meet disagreement"},
	} {
		if part.rate > 0 {
			parts = append(parts, percent(part.rate)+" of "+part.what)
		}
	}
	switch {
	case len(parts) == 0:
		return "no faults"
	case b.Disagree > 0 && b.Provable:
		parts[len(parts)-1] += ", proven to be its fault"
	}
	return strings.Join(parts, ", ")
}

// printer keeps the first error.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

func (p *printer) row(label, text string) { p.line("%-14s%s", label, text) }

func (p *printer) caught(label, of string, c *CaughtReport) {
	switch {
	case c == nil:
		return
	case c.Began == 0:
		p.row(label, "none began within the time")
		return
	}
	p.row(label, fmt.Sprintf("%d %s; %s tripped the breaker, %s within 60 executions", c.Began, of, percent(c.Caught), percent(c.Within60)))
	p.row("", fmt.Sprintf("after %s executions (95 %%: %s, most %s) and %s (95 %%: %s, most %s)",
		number(c.Executions.Median), number(c.Executions.P95), number(c.Executions.Most),
		seconds(c.Seconds.Median), seconds(c.Seconds.P95), seconds(c.Seconds.Most)))
	if len(c.Triggers) > 0 {
		p.row("", triggers(c.Triggers))
	}
}

// triggers names those that spoke, the most frequent one first.
func triggers(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, counts[name])
	}
	return strings.Join(names, ", ")
}

func percent(share float64) string { return fmt.Sprintf("%.4g %%", 100*share) }

func days(n Number) string {
	if !n.Known() {
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(n))
}

func number(n Number) string {
	if !n.Known() {
		return "never"
	}
	return fmt.Sprintf("%.0f", float64(n))
}

func seconds(n Number) string {
	if !n.Known() {
		return "never"
	}
	return fmt.Sprintf("%.0f s", float64(n))
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
