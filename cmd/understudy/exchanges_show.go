package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"understudy/compare"
	"understudy/console"
	"understudy/store"
)

type exchangesShowCommand struct {
	ID string `arg:"" help:"Exchange; the beginning of its ID will do where it is unique."`
	storeFlag
	Bodies bool   `xor:"bodies" help:"Print the bodies of request and answers too."`
	Save   string `xor:"bodies" placeholder:"DIR" help:"Write the bodies to request.json, primary.json and candidate.json in this folder, for compare --network."`
	JSON   bool   `name:"json" help:"Print what GET /api/v1/exchanges/ID answers."`
}

// Run shows.
func (c *exchangesShowCommand) Run(ctx context.Context, s streams) error {
	return c.withStore(ctx, func(from *store.Store) error {
		e, err := findExchange(ctx, from, c.ID)
		if err != nil {
			return notFound(err)
		}
		known, err := from.Disagreements(ctx, store.DisagreementFilter{Exchange: e.ID})
		if err != nil {
			return err
		}
		out := &keeper{out: s.out}
		written := console.NewExchange(e)
		if c.Bodies {
			written.Bodies = console.NewBodies(e)
		}
		if c.JSON {
			writeDocument(out, written)
		} else {
			showExchange(verdictPrinter{out, wantsColour(s.out)}, written, known)
			if c.Bodies {
				showBodies(out, e)
			}
		}
		if c.Save != "" {
			if err := saveBodies(c.Save, e, out, !c.JSON); err != nil {
				return err
			}
		}
		return out.failed()
	})
}

func showExchange(p verdictPrinter, e console.Exchange, known []store.Disagreement) {
	p.printf("%-12s%s, %s, %s\n", "exchange", e.ID, e.At.Format(time.RFC3339), e.Source)
	p.printf("%-12s%s\n", "scan", printable(e.Scan))
	p.printf("%-12s%s, level %s, %s\n", "question", printable(e.Analysis), e.Level, count(e.Nodes, "node"))
	p.printf("%-12sby the %s%s\n", "served", e.ServedBy, because(e.Reason))
	p.printf("%-12s%s\n", "primary", answered(e.Primary))
	p.printf("%-12s%s\n", "candidate", answered(e.Candidate))
	p.printf("%-12s%s%s\n", "verdict", p.verdict(compare.Verdict(e.Verdict)), because(e.Skip))
	if e.Note != "" {
		p.printf("%-12s%s\n", "", printable(e.Note))
	}
	p.result(compare.Result{Metrics: e.Metrics})
	if len(known) > 0 {
		p.printf("\n%-18s%-22s%-17s%-8s%7s  %s\n", "disagreement", "metric", "verdict", "state", "seen", "last seen")
	}
	for _, d := range known {
		p.printf("%-18s%-22s%-17s%-8s%7d  %s\n", d.ID, d.Metric, d.Verdict, d.State, d.Count, d.LastSeen.Format(time.RFC3339))
	}
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ", " + printable(reason)
}

func answered(s console.Side) string {
	switch {
	case s.Failure != "" && s.Status == 0:
		return fmt.Sprintf("failed: %s, after %.1f ms", s.Failure, s.LatencyMS)
	case s.Status == 0:
		return "did not answer, or was not asked"
	}
	return fmt.Sprintf("status %d in %.1f ms%s", s.Status, s.LatencyMS, because(s.Failure))
}

// kept are the bodies of an exchange and the files they are saved in.
func kept(e store.Exchange) []struct {
	name, file string
	body       []byte
} {
	return []struct {
		name, file string
		body       []byte
	}{
		{"request", "request.json", e.RequestBody},
		{"answer of the primary", "primary.json", e.PrimaryBody},
		{"answer of the candidate", "candidate.json", e.CandidateBody},
	}
}

func showBodies(out *keeper, e store.Exchange) {
	for _, b := range kept(e) {
		text := "not kept"
		if b.body != nil {
			text = string(b.body)
		}
		fmt.Fprintf(out, "\n%s\n%s\n", b.name, text)
	}
}

// saveBodies writes what was kept; that nothing was is an error.
func saveBodies(dir string, e store.Exchange, out *keeper, say bool) error {
	if e.RequestBody == nil {
		return fmt.Errorf("save the bodies of exchange %s: they were not kept", e.ID)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("save bodies: %w", err)
	}
	for _, b := range kept(e) {
		if b.body == nil {
			continue
		}
		path := filepath.Join(dir, b.file)
		if err := os.WriteFile(path, b.body, 0o644); err != nil {
			return fmt.Errorf("save bodies: %w", err)
		}
		if say {
			fmt.Fprintf(out, "\nwrote %s", path)
		}
	}
	if say {
		fmt.Fprintln(out)
	}
	return nil
}
