package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"understudy/compare"
	"understudy/console"
	"understudy/store"
)

type exchangesCommand struct {
	List  exchangesListCommand  `cmd:"" help:"List exchanges, the newest first."`
	Show  exchangesShowCommand  `cmd:"" help:"Show one exchange: both answers' values, verdicts and proofs."`
	Close exchangesCloseCommand `cmd:"" help:"Close the open disagreements that an exchange shows, until they are seen again."`
}

type exchangesListCommand struct {
	storeFlag
	Verdict  string `placeholder:"WORD" help:"Those with this verdict, of the exchange or, with --metric, of the metric: agree, primary_wrong, input_skew, undecided, candidate_wrong, primary_failed, candidate_failed, both_failed, inconclusive."`
	Metric   string `placeholder:"NAME" help:"Those in which this metric was compared."`
	Analysis string `placeholder:"NAME" help:"Those with this question, such as blocking-sets."`
	Level    string `placeholder:"NAME" help:"none, organization, country, isp, whole, validating or derived."`
	Scan     string `placeholder:"KEY" help:"Those of one scan."`
	Source   string `placeholder:"WORD" help:"live, deep or variation."`
	Since    since  `placeholder:"TIME" help:"Those since then: 24h, 7d, or a time of RFC 3339."`
	Open     bool   `help:"Those that show an open disagreement."`
	Limit    int    `default:"100" help:"At most so many."`
	JSON     bool   `name:"json" help:"Print what GET /api/v1/exchanges answers."`
}

// Validate names the flag that is out of range.
func (c *exchangesListCommand) Validate() error {
	if err := oneOf("--verdict", c.Verdict, wordsOf(byGravity)); err != nil {
		return err
	}
	if err := oneOf("--metric", c.Metric, compare.Metrics); err != nil {
		return err
	}
	if err := oneOf("--source", c.Source, []string{store.SourceLive, store.SourceDeep, store.SourceVariation}); err != nil {
		return err
	}
	return limited(c.Limit)
}

// Run lists.
func (c *exchangesListCommand) Run(ctx context.Context, s streams) error {
	return c.withStore(ctx, func(from *store.Store) error {
		list, err := from.Exchanges(ctx, store.Filter{
			Verdict: c.Verdict, Metric: c.Metric, Analysis: strings.ReplaceAll(c.Analysis, "_", "-"), Level: c.Level, Scan: c.Scan, Source: c.Source,
			Since: c.Since.Time, Open: c.Open, Limit: c.Limit,
		})
		if err != nil {
			return err
		}
		out := &keeper{out: s.out}
		if c.JSON {
			written := make([]console.Exchange, len(list))
			for i, e := range list {
				written[i] = console.NewExchange(e)
			}
			writeDocument(out, map[string]any{"exchanges": written})
			return out.failed()
		}
		listExchanges(out, wantsColour(s.out), list)
		return out.failed()
	})
}

func listExchanges(out *keeper, colour bool, list []store.Exchange) {
	p := verdictPrinter{out, colour}
	if len(list) == 0 {
		p.printf("no such exchange\n")
		return
	}
	p.printf("%-26s%-21s%-20s%-14s%6s  %s\n", "exchange", "at", "analysis", "level", "nodes", "verdict")
	for _, e := range list {
		p.printf("%-26s%-21s%-20s%-14s%6d  %s%s\n", e.ID, e.At.Format(time.RFC3339), printable(e.Analysis), e.Level, e.Nodes, p.verdict(compare.Verdict(e.Verdict)), against(e))
	}
}

// against names the metrics that do not agree, or why nothing was compared.
func against(e store.Exchange) string {
	var names []string
	for _, m := range e.Metrics {
		if m.Verdict != string(compare.VerdictAgree) {
			names = append(names, m.Name)
		}
	}
	switch {
	case len(names) > 0:
		return ": " + strings.Join(names, ", ")
	case e.Skip != "":
		return ": " + e.Skip
	}
	return ""
}

type exchangesCloseCommand struct {
	ID string `arg:"" help:"Exchange; the beginning of its ID will do where it is unique."`
	storeFlag
	By     string `placeholder:"NAME" help:"Who closes. Default: the name of the user."`
	Reason string `required:"" placeholder:"TEXT" help:"Why."`
}

// Run closes.
func (c *exchangesCloseCommand) Run(ctx context.Context, s streams) error {
	return c.withStore(ctx, func(from *store.Store) error {
		by, err := signer(c.By)
		if err != nil {
			return err
		}
		e, err := findExchange(ctx, from, c.ID)
		if err != nil {
			return notFound(err)
		}
		n, err := from.CloseExchange(ctx, e.ID, by, c.Reason, time.Now())
		if err != nil {
			return err
		}
		out := &keeper{out: s.out}
		fmt.Fprintf(out, "%s closed by %s: they open again when they are seen again\n", count(n, "disagreement"), by)
		return out.failed()
	})
}

// signer is who signs: the name that was given, else that of the user.
func signer(name string) (string, error) {
	if name != "" {
		return name, nil
	}
	if me, err := user.Current(); err == nil && me.Username != "" {
		return me.Username, nil
	}
	if name := os.Getenv("USER"); name != "" {
		return name, nil
	}
	return "", badInput(errors.New("--by is missing: want the name of a person"))
}

// notFound makes a wrong ID the caller's error.
func notFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return badInput(err)
	}
	return err
}

func oneOf(flag, value string, allowed []string) error {
	if value == "" {
		return nil
	}
	for _, word := range allowed {
		if value == word {
			return nil
		}
	}
	return fmt.Errorf("%s %q: want one of %s", flag, value, strings.Join(allowed, ", "))
}

func wordsOf(verdicts []compare.Verdict) []string {
	words := make([]string, len(verdicts))
	for i, v := range verdicts {
		words[i] = string(v)
	}
	return words
}

func limited(limit int) error {
	if limit < 1 || limit > storePage {
		return fmt.Errorf("--limit %d: want 1 to %d", limit, storePage)
	}
	return nil
}
