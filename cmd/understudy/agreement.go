package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/compare"
	"understudy/console"
	"understudy/rollout"
	"understudy/store"
)

type agreementCommand struct {
	storeFlag
	Since     since    `placeholder:"TIME" help:"Since then: 24h, 7d, or a time of RFC 3339. Default: everything."`
	By        []string `sep:"," placeholder:"NAME,..." help:"Tell apart by analysis, level and size, besides the metric."`
	Source    string   `default:"live" enum:"live,deep,variation,all" help:"Whose questions: ${enum}."`
	Threshold float64  `default:"0.95" help:"Agreement that a core metric should reach; one that does not is marked."`
	JSON      bool     `name:"json" help:"Print what GET /api/v1/agreement answers."`
}

// Help says what is counted.
func (agreementCommand) Help() string {
	return "The agreement of a metric is agree / (agree + candidate_wrong + undecided): what the primary is proven wrong about, and what the two sides read differently, leaves the denominator and is counted for itself. " + exitHelp
}

// Validate names the flag that is out of range.
func (c *agreementCommand) Validate() error {
	if !(c.Threshold > 0 && c.Threshold <= 1) {
		return fmt.Errorf("--threshold %v: want a share above 0, at most 1", c.Threshold)
	}
	for _, dimension := range c.By {
		if err := oneOf("--by", dimension, console.Dimensions); err != nil {
			return err
		}
	}
	return nil
}

// Run measures.
func (c *agreementCommand) Run(ctx context.Context, s streams) error {
	return c.withStore(ctx, func(from *store.Store) error {
		query := console.AgreementQuery{Since: c.Since.Time, By: c.By, Source: c.Source, Threshold: c.Threshold}
		if c.Source == "all" {
			query.Source = ""
		}
		a, err := console.MeasureAgreement(ctx, from, query)
		var parameter *console.ParameterError
		switch {
		case errors.As(err, &parameter):
			return badInput(err)
		case err != nil:
			return err
		}
		out := &keeper{out: s.out}
		if c.JSON {
			writeDocument(out, a)
		} else {
			showAgreement(verdictPrinter{out, wantsColour(s.out)}, a)
		}
		return out.failed()
	})
}

func showAgreement(p verdictPrinter, a console.Agreement) {
	p.printf("%-44s%10s%8s", "metric", "agreement", "lower")
	for _, v := range compare.Verdicts {
		p.printf("%17s", v)
	}
	p.printf("\n")
	for _, row := range a.Rows {
		agreement, lower := fmt.Sprintf("%10s", "-"), fmt.Sprintf("%8s", "-")
		if row.Agreement != nil {
			agreement, lower = fmt.Sprintf("%8.2f %%", floor(*row.Agreement)), fmt.Sprintf("%6.1f %%", floor(row.LowerBound))
		}
		if row.Below {
			agreement = paint(p.colour, red, agreement)
		}
		p.printf("  %-42s%s%s", nameOf(row), agreement, lower)
		for _, v := range compare.Verdicts {
			p.printf("%17s", withCases(row.Verdicts[string(v)], row.Cases[string(v)]))
		}
		p.printf("%s\n", below(row, a.Threshold))
	}
	if len(a.Rows) == 0 {
		p.printf("  nothing was compared\n")
	} else {
		p.printf("  exchanges (distinct cases)\n")
	}
	p.coverage(a.Coverage)
	p.scans(a.Scans)
}

// withCases counts exchanges and, in brackets, what is different among them.
func withCases(exchanges, cases int) string {
	if exchanges == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%d)", exchanges, cases)
}

// floor is a share in percent, rounded down to two places: 99.996 % is not 100 %.
func floor(share float64) float64 { return float64(int(share*10_000+1e-9)) / 100 }

func nameOf(row console.AgreementRow) string {
	name := row.Metric
	for _, part := range []string{row.Analysis, row.Level, row.Size} {
		if part != "" {
			name += " " + printable(part)
		}
	}
	return name
}

func below(row console.AgreementRow, threshold float64) string {
	if !row.Below {
		return ""
	}
	return fmt.Sprintf("  below %g %%", threshold*100)
}

func (p verdictPrinter) coverage(c console.Coverage) {
	share := ""
	if c.Share != nil {
		share = fmt.Sprintf(" (%.2f %%)", floor(*c.Share))
	}
	p.printf("\n%-12s%d of %s compared%s\n", "coverage", c.Compared, count(c.Eligible, "live exchange"), share)
	if len(c.Skipped) == 0 {
		return
	}
	var skipped []string
	for _, reason := range slices.Sorted(maps.Keys(c.Skipped)) {
		skipped = append(skipped, fmt.Sprintf("%s %d", printable(reason), c.Skipped[reason]))
	}
	p.printf("%-12snot compared: %s\n", "", strings.Join(skipped, ", "))
}

func (p verdictPrinter) scans(s console.ScanEvidence) {
	p.printf("%-12s%s, %d of them evidence (something new was compared), %d disagreed; %d mixed, %d overlong\n",
		"scans", count(s.Scans, "live scan"), s.Distinct, s.Disagreed, s.Mixed, s.Overlong)
	p.printf("%-12sE(5 %%) = %.3g%s, E(1 %%) = %.3g%s; %d is enough\n", "evidence", s.E5, enough(s.E5), s.E1, enough(s.E1), rollout.Enough)
}

func enough(e float64) string {
	if e >= rollout.Enough {
		return " (enough)"
	}
	return ""
}
