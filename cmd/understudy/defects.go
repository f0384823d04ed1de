package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"understudy/compare"
	"understudy/console"
	"understudy/store"
)

// defectsCommand is the ledger of what the primary is proven wrong about.
type defectsCommand struct {
	List    defectsListCommand    `cmd:"" help:"List the primary's defects, the last seen first."`
	Show    defectsShowCommand    `cmd:"" help:"Show one defect with its proof."`
	Approve defectsApproveCommand `cmd:"" help:"Take note of a defect: it is closed, seen or not, until the approval expires."`
}

type defectsListCommand struct {
	storeFlag
	State    string `default:"" enum:",open,closed" placeholder:"WORD" help:"open: nobody has approved it, or the approval has expired. closed: approved."`
	Metric   string `placeholder:"NAME" help:"Those about this metric."`
	Analysis string `placeholder:"NAME" help:"Those with this question, such as blocking-sets."`
	Limit    int    `default:"100" help:"At most so many."`
	JSON     bool   `name:"json" help:"Print what GET /api/v1/defects answers."`
}

// Validate names the flag that is out of range.
func (c *defectsListCommand) Validate() error {
	if err := oneOf("--metric", c.Metric, compare.Metrics); err != nil {
		return err
	}
	return limited(c.Limit)
}

// primaryWrong selects the ledger.
const primaryWrong = string(compare.VerdictPrimaryWrong)

// Run lists.
func (c *defectsListCommand) Run(ctx context.Context, s streams) error {
	return c.withStore(ctx, func(from *store.Store) error {
		list, err := from.Disagreements(ctx, store.DisagreementFilter{
			State: c.State, Verdict: primaryWrong, Metric: c.Metric, Analysis: strings.ReplaceAll(c.Analysis, "_", "-"), Limit: c.Limit,
		})
		if err != nil {
			return err
		}
		out := &keeper{out: s.out}
		if c.JSON {
			written := make([]console.Disagreement, len(list))
			for i, d := range list {
				written[i] = console.NewDisagreement(d)
			}
			writeDocument(out, map[string]any{"defects": written})
			return out.failed()
		}
		listDefects(out, list)
		return out.failed()
	})
}

func listDefects(out *keeper, list []store.Disagreement) {
	if len(list) == 0 {
		fmt.Fprintln(out, "no such defect")
		return
	}
	fmt.Fprintf(out, "%-18s%-6s%-18s%-20s%-14s%7s  %-21s%-21s%s\n", "defect", "class", "metric", "analysis", "level", "seen", "first seen", "last seen", "state")
	for _, d := range list {
		fmt.Fprintf(out, "%-18s%-6s%-18s%-20s%-14s%7d  %-21s%-21s%s\n", d.ID, orDash(d.Class), d.Metric, printable(d.Analysis), d.Level, d.Count,
			d.FirstSeen.Format(time.RFC3339), d.LastSeen.Format(time.RFC3339), stateOf(d))
		fmt.Fprintf(out, "  %s (%s)\n", printable(d.Sentence), d.ProofKind)
	}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// stateOf says in words whether a defect is open, and who says it is not.
func stateOf(d store.Disagreement) string {
	approval := ""
	if !d.ApprovedAt.IsZero() {
		approval = fmt.Sprintf("approved by %s until %s", printable(d.ApprovedBy), d.ExpiresAt.Format(time.DateOnly))
	}
	switch {
	case d.State == store.StateOpen && approval != "":
		return "open: " + approval
	case d.State == store.StateOpen:
		return "open"
	case approval != "":
		return approval
	}
	return fmt.Sprintf("closed by %s: %s", printable(d.ClosedBy), printable(d.ClosedReason))
}

type defectsShowCommand struct {
	ID string `arg:"" help:"Defect; the beginning of its ID will do where it is unique."`
	storeFlag
	JSON bool `name:"json" help:"Print what GET /api/v1/defects/ID answers."`
}

// Run shows.
func (c *defectsShowCommand) Run(ctx context.Context, s streams) error {
	return c.withStore(ctx, func(from *store.Store) error {
		d, err := findDefect(ctx, from, c.ID)
		if err != nil {
			return err
		}
		out := &keeper{out: s.out}
		if c.JSON {
			writeDocument(out, console.NewDisagreement(d))
		} else {
			showDefect(verdictPrinter{out, wantsColour(s.out)}, d)
		}
		return out.failed()
	})
}

// findDefect is the defect whose ID begins so.
func findDefect(ctx context.Context, from *store.Store, prefix string) (store.Disagreement, error) {
	d, err := findDisagreement(ctx, from, prefix, store.DisagreementFilter{Verdict: primaryWrong})
	if err == nil && d.Verdict != primaryWrong {
		return d, badInput(fmt.Errorf("disagreement %s is no defect of the primary: its verdict is %s", d.ID, d.Verdict))
	}
	return d, notFound(err)
}

func showDefect(p verdictPrinter, d store.Disagreement) {
	p.printf("%-12s%s, class %s\n", "defect", d.ID, orDash(d.Class))
	p.printf("%-12s%s, level %s, %s, %s\n", "question", printable(d.Analysis), d.Level, count(d.Nodes, "node"), d.Source)
	p.printf("%-12s%s\n", "metric", d.Metric)
	p.printf("%-12s%s, first %s, last %s\n", "seen", times(d.Count), d.FirstSeen.Format(time.RFC3339), d.LastSeen.Format(time.RFC3339))
	p.printf("%-12s%s\n", "state", stateOf(d))
	p.printf("%-12sexchanges show %s\n", "", d.LastExchange)
	written := console.NewDisagreement(d)
	if written.Proof == nil {
		return
	}
	p.printf("\n%s\n", printable(written.Proof.Sentence))
	p.printf("%-12s%s, checked: %s\n", "proof", written.Proof.Kind, orDash(written.Proof.Check))
	for _, set := range written.Proof.Sets {
		p.printf("  %s: {%s}\n", set.Name, printable(strings.Join(set.Members, ", ")))
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

type defectsApproveCommand struct {
	ID string `arg:"" help:"Defect; the beginning of its ID will do where it is unique."`
	storeFlag
	By  string `required:"" placeholder:"NAME" help:"The person who approves."`
	For span   `default:"90d" placeholder:"SPAN" help:"How long the approval holds: 90d, 36h."`
}

// Validate names the flag that is out of range.
func (c *defectsApproveCommand) Validate() error {
	const most = 366 * 24 * time.Hour
	if c.For <= 0 || time.Duration(c.For) > most {
		return fmt.Errorf("--for %s: want above 0 and at most 366d: nothing is approved for good", time.Duration(c.For))
	}
	if strings.TrimSpace(c.By) == "" {
		return fmt.Errorf("--by %q: want the name of a person", c.By)
	}
	return nil
}

// Run approves.
func (c *defectsApproveCommand) Run(ctx context.Context, s streams) error {
	return c.withStore(ctx, func(from *store.Store) error {
		d, err := findDefect(ctx, from, c.ID)
		if err != nil {
			return err
		}
		now := time.Now()
		expires := now.Add(time.Duration(c.For))
		if err := from.Approve(ctx, d.ID, c.By, now, expires); err != nil {
			return err
		}
		out := &keeper{out: s.out}
		fmt.Fprintf(out, "defect %s approved by %s until %s; then it is open again\n", d.ID, c.By, expires.UTC().Format(time.RFC3339))
		return out.failed()
	})
}
