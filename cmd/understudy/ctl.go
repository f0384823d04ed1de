package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"understudy/console"
)

// ctlCommand is the rollout in the hands of people, through the operations API.
type ctlCommand struct {
	Status    ctlStatusCommand    `cmd:"" help:"How the rollout stands: stage, share, gate, evidence."`
	Explain   ctlExplainCommand   `cmd:"" help:"Why it serves what it serves, which dial binds, and what comes next."`
	Promote   ctlPromoteCommand   `cmd:"" help:"Give the approval that a gate asks for."`
	Hold      ctlHoldCommand      `cmd:"" help:"Keep the share where it is: nothing is promoted."`
	Resume    ctlResumeCommand    `cmd:"" help:"End a hold."`
	Abort     ctlAbortCommand     `cmd:"" help:"Take the share to 0 now, until a person resets."`
	Reset     ctlResetCommand     `cmd:"" help:"End tripped, probing, stopped or aborted; begin again in shadow, with the evidence kept."`
	Override  ctlOverrideCommand  `cmd:"" help:"Set a share in place of the stage's for a time; override off ends it."`
	CarryOver ctlCarryOverCommand `cmd:"" help:"Give a release the stage and evidence of the one before, whose answers were the same."`
	Report    ctlReportCommand    `cmd:"" help:"Write the page to be signed before an approval; its digest enters the history."`
	History   ctlHistoryCommand   `cmd:"" help:"What changed, when, by whom and why; --verify checks that nothing is missing or altered."`
}

// Help says how to be let in.
func (ctlCommand) Help() string {
	return "A token is needed where serve has any, and always to act: --token-file FILE, or UNDERSTUDY_TOKEN. Exit codes: 0 done; 1 refused, not reachable or not verified; 2 bad input."
}

// opsFlags say where the operations API is, and who asks.
type opsFlags struct {
	Ops       string        `default:"http://127.0.0.1:9464" env:"UNDERSTUDY_OPS" placeholder:"URL" help:"Operations plane of serve (${env}, default ${default})."`
	TokenFile string        `placeholder:"FILE" help:"File that holds a token's secret. Default: the variable UNDERSTUDY_TOKEN."`
	Timeout   time.Duration `default:"30s" help:"Time for each answer."`
	JSON      bool          `name:"json" help:"Print what the API answers."`
}

// Validate names the flag that is out of range.
func (f *opsFlags) Validate() error {
	u, err := url.Parse(f.Ops)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("--ops %q: want http://HOST:PORT or https://HOST:PORT", f.Ops)
	}
	if f.Timeout <= 0 || f.Timeout > time.Hour {
		return fmt.Errorf("--timeout %s: want above 0s and at most 1h", f.Timeout)
	}
	return nil
}

// action is what every command that changes something takes.
type action struct {
	opsFlags
	Reason string `required:"" placeholder:"TEXT" help:"Why, for those who read the history."`
}

// Validate names the flag that is out of range.
func (a *action) Validate() error {
	const most = 500
	if n := utf8.RuneCountInString(strings.TrimSpace(a.Reason)); n < 1 || n > most {
		return fmt.Errorf("--reason has %s: want 1 to %d", count(n, "character"), most)
	}
	return a.opsFlags.Validate()
}

type ctlHoldCommand struct{ action }

// Run holds.
func (c *ctlHoldCommand) Run(ctx context.Context, s streams) error {
	return c.act(ctx, s, "hold", console.ReasonBody{Reason: c.Reason}, "held")
}

type ctlResumeCommand struct{ action }

// Run resumes.
func (c *ctlResumeCommand) Run(ctx context.Context, s streams) error {
	return c.act(ctx, s, "resume", console.ReasonBody{Reason: c.Reason}, "resumed")
}

type ctlAbortCommand struct{ action }

// Run aborts.
func (c *ctlAbortCommand) Run(ctx context.Context, s streams) error {
	return c.act(ctx, s, "abort", console.ReasonBody{Reason: c.Reason}, "aborted")
}

type ctlResetCommand struct{ action }

// Run resets.
func (c *ctlResetCommand) Run(ctx context.Context, s streams) error {
	return c.act(ctx, s, "reset", console.ReasonBody{Reason: c.Reason}, "reset")
}

type ctlPromoteCommand struct {
	action
	Report string `placeholder:"FILE|DIGEST" help:"The report that was signed, or its SHA-256."`
}

// Run promotes.
func (c *ctlPromoteCommand) Run(ctx context.Context, s streams) error {
	digest, err := reportDigest(c.Report)
	if err != nil {
		return badInput(fmt.Errorf("--report: %w", err))
	}
	return c.act(ctx, s, "promote", console.PromoteBody{Reason: c.Reason, Report: digest}, "promoted")
}

type ctlOverrideCommand struct {
	Percent string `arg:"" help:"Share of scans, 0 to 100; off ends the override."`
	action
	For *span `placeholder:"DURATION" help:"How long it holds: 30m, 2h, 1d. The policy has the longest, 7 days."`
}

// Validate names what is out of range.
func (c *ctlOverrideCommand) Validate() error {
	if c.Percent == "off" {
		if c.For != nil {
			return errors.New("--for: goes not together with off, which ends the override now")
		}
		return c.action.Validate()
	}
	if p, err := strconv.ParseFloat(c.Percent, 64); err != nil || math.IsNaN(p) || p < 0 || p > 100 {
		return fmt.Errorf("%q: want a percentage from 0 to 100, or off", c.Percent)
	}
	switch {
	case c.For == nil:
		return errors.New("--for is missing: want how long it holds, such as 2h")
	case *c.For <= 0:
		return fmt.Errorf("--for %s: want above 0s", time.Duration(*c.For))
	}
	return c.action.Validate()
}

// Run sets the override, or ends it.
func (c *ctlOverrideCommand) Run(ctx context.Context, s streams) error {
	if c.Percent == "off" {
		return c.change(ctx, s, http.MethodDelete, "override?"+url.Values{"reason": {c.Reason}}.Encode(), nil, "the override has ended")
	}
	percent, err := strconv.ParseFloat(c.Percent, 64)
	if err != nil {
		return badInput(err)
	}
	length := time.Duration(*c.For)
	body := console.OverrideBody{Reason: c.Reason, Percent: &percent, For: length.String()}
	return c.act(ctx, s, "override", body, fmt.Sprintf("overridden with %s %% for %s", c.Percent, length))
}

// act asks for something to be done, and shows what came of it.
func (f opsFlags) act(ctx context.Context, s streams, name string, body any, done string) error {
	return f.change(ctx, s, http.MethodPost, name, body, done)
}

func (f opsFlags) change(ctx context.Context, s streams, method, path string, body any, done string) error {
	client, err := f.client()
	if err != nil {
		return err
	}
	answer, err := client.ask(ctx, method, "rollout/"+path, body)
	if err != nil {
		return err
	}
	out := &keeper{out: s.out}
	if f.JSON {
		fmt.Fprintf(out, "%s\n", answer)
		return out.failed()
	}
	var status console.Status
	if err := client.read(answer, &status); err != nil {
		return err
	}
	p := statusPrinter{verdictPrinter{out, wantsColour(s.out)}}
	p.printf("%s\n", done)
	p.head(status)
	if status.Unsaved > 0 {
		p.chain(status)
	}
	return out.failed()
}
