package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"understudy/console"
	"understudy/rollout"
)

type ctlStatusCommand struct {
	opsFlags
}

// Run shows.
func (c *ctlStatusCommand) Run(ctx context.Context, s streams) error {
	var status console.Status
	return c.get(ctx, s, "rollout", &status, func(out *keeper) {
		p := statusPrinter{verdictPrinter{out, wantsColour(s.out)}}
		p.head(status)
		p.settings(status)
		p.gate(status.Gate)
		p.evidence(status.State.Progress)
		p.chain(status)
	})
}

// statusPrinter shows a rollout to a person.
type statusPrinter struct{ verdictPrinter }

func (p statusPrinter) row(label, format string, args ...any) {
	p.printf("%-12s%s\n", label, fmt.Sprintf(format, args...))
}

// head is what matters most: where it is, and what clients get.
func (p statusPrinter) head(s console.Status) {
	position := s.State.Position
	p.row("stage", "%s since %s%s", paint(p.colour, bold, position.Stage.String()), stamp(position.Entered), keptBy(position))
	p.row("condition", "%s since %s", p.condition(position.Condition), stamp(position.Since))
	p.row("serves", "%g %% of scans (%s), mirrors %g %%", s.Effective.ServePercent, printable(s.Effective.Why), s.Effective.MirrorPercent)
	if o := position.Override; o != nil {
		p.row("override", "%g %% until %s, by %s: %s", o.Percent, stamp(o.Until), printable(o.Actor), printable(o.Reason))
	}
	for _, why := range s.Frozen {
		p.row("frozen", "%s", paint(p.colour, red, printable(why)))
	}
}

// keptBy says what keeps a stage besides its gate.
func keptBy(p rollout.Position) string {
	switch {
	case p.Fixed:
		return ", set by the command line"
	case p.Held:
		return ", held by a person"
	}
	return ""
}

func (p statusPrinter) condition(c rollout.Condition) string {
	switch c {
	case rollout.Normal:
		return paint(p.colour, green, string(c))
	case rollout.Tripped, rollout.Probing:
		return paint(p.colour, yellow, string(c))
	}
	return paint(p.colour, red, string(c))
}

func (p statusPrinter) settings(s console.Status) {
	f := s.Flags
	switched, well := "enabled", "well"
	if !f.Enabled {
		switched = paint(p.colour, red, "kill switch thrown")
	}
	if !f.Healthy {
		well = paint(p.colour, red, "not well: "+printable(f.Problem))
	}
	p.row("flags", "mode %s, %s, ceiling %g %%, mirror %g %%; %s, %s", f.Mode, switched, f.CeilingPercent, f.MirrorPercent, printable(f.Source), well)
	p.row("breaker", "%s since %s", s.Breaker.State, stamp(s.Breaker.Since))
	v := s.State.Position.Versions
	p.row("versions", "candidate %s, primary %s, comparer %s, policy %s", orDash(printable(v.Candidate)), orDash(printable(v.Primary)), orDash(printable(v.Comparer)), orDash(printable(v.Policy)))
}

// gate shows each criterion beside its limit.
func (p statusPrinter) gate(g rollout.Gate) {
	if g.Outcome == rollout.OutcomeNone {
		p.row("gate", "%s", g.Why)
		return
	}
	p.row("gate", "to %s: %s", g.To, p.outcome(g.Outcome))
	for _, c := range g.Criteria {
		mark := paint(p.colour, yellow, "open")
		if c.Met {
			mark = paint(p.colour, green, "met ")
		}
		p.printf("  %s  %s\n", mark, printable(c.Text))
	}
}

func (p statusPrinter) outcome(o rollout.Outcome) string {
	switch o {
	case rollout.OutcomePass:
		return paint(p.colour, green, string(o))
	case rollout.OutcomeFail:
		return paint(p.colour, red, string(o))
	}
	return paint(p.colour, yellow, string(o))
}

func (p statusPrinter) evidence(progress rollout.Progress) {
	one := func(name string, c rollout.Count) string {
		return fmt.Sprintf("%s %s, %d of them disagree", name, count(c.Scans, "scan"), c.Disagree)
	}
	e := progress.Evidence
	p.row("evidence", "%s; %s; %s", one("mirror", e.Mirror), one("variations", e.Variations), one("served", e.Served))
	p.row("soak", "%s; last tick %s", progress.Soak.Round(time.Second), stamp(progress.Ticked))
	if progress.OpenWrong > 0 {
		p.row("", "%s", paint(p.colour, red, count(progress.OpenWrong, "disagreement")+" open in which the candidate is wrong"))
	}
}

func (p statusPrinter) chain(s console.Status) {
	p.row("history", "%s, the last one %s", count(int(s.Seq), "record"), orDash(s.Head))
	if s.Unsaved > 0 {
		p.row("", "%s", paint(p.colour, red, count(s.Unsaved, "change")+" in force and not stored yet"))
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

type ctlExplainCommand struct {
	Scan string `arg:"" optional:"" help:"Key of a scan whose treatment is wanted."`
	opsFlags
}

// Run explains.
func (c *ctlExplainCommand) Run(ctx context.Context, s streams) error {
	var e console.Explanation
	return c.get(ctx, s, withQuery("rollout/explain", "scan", c.Scan), &e, func(out *keeper) {
		statusPrinter{verdictPrinter{out, wantsColour(s.out)}}.explanation(e)
	})
}

func (p statusPrinter) explanation(e console.Explanation) {
	p.printf("%s\n\n%-12s%-20s%10s\n", paint(p.colour, bold, printable(e.Effective.Why)), "dial", "position", "allows")
	for _, d := range e.Dials {
		allows, binds := "-", ""
		if d.Allows != nil {
			allows = fmt.Sprintf("%g %%", *d.Allows)
		}
		if d.Binds {
			binds = paint(p.colour, yellow, "  binds")
		}
		p.printf("%-12s%-20s%10s%s\n", d.Dial, printable(d.Position), allows, binds)
	}
	p.row("mirror", "%g %%", e.Effective.MirrorPercent)
	if t := e.Scan; t != nil {
		p.printf("\n%-12s%s: bucket %d of 10,000\n%-12s%s\n", "scan", printable(t.Key), t.Bucket, "", printable(t.Why))
	}
	p.printf("\n")
	p.gate(e.Gate)
	p.printf("\n%-22s%12s%12s\n", "trigger", "value", "limit")
	for _, t := range e.Triggers {
		value := fmt.Sprintf("%12.4g", t.Value)
		if t.Trips {
			value = paint(p.colour, red, value)
		}
		p.printf("%-22s%s%12.4g  %s\n", t.Trigger, value, t.Limit, printable(t.Text))
	}
	p.printf("\n")
	for _, n := range e.Next {
		at := "by evidence"
		if n.At != nil {
			at = stamp(*n.At)
		}
		p.printf("%-12s%-22s%s: %s\n", "next", at, strings.ReplaceAll(n.What, "_", " "), printable(n.Text))
	}
	for _, why := range e.Freezes {
		p.row("frozen", "%s", paint(p.colour, yellow, printable(why)))
	}
}
