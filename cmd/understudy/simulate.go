package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"understudy/rollout"
	"understudy/rollout/simulate"
)

type simulateCommand struct {
	ScansPerDay       float64 `default:"288" help:"Scans a day, at even distances."`
	CallsPerScan      int     `default:"17" help:"Questions of a scan."`
	Workers           int     `default:"2" help:"Calls that are under way at the same time; more wait."`
	Repeats           rate    `default:"0" placeholder:"P" help:"Share of scans that bring no new case: the network of the scan before."`
	VariationsPerHour int     `default:"12" help:"Varied networks that both sides are asked about; 0: none."`

	simulatedBehaviour
	Outage     outage `placeholder:"D/EVERY" help:"It does not answer at all for a time D, once in each time EVERY: 10m/7d."`
	Hangs      bool   `help:"Where it does not answer it takes calls and lets them wait, until their deadline; else they fail at once."`
	CloseAfter span   `placeholder:"TIME" help:"How long a person takes to close a disagreement in which the candidate is wrong; default: nobody does."`

	FaultAt     string             `placeholder:"STAGE" help:"From this stage on it behaves as the other --fault flags say."`
	FaultWithin span               `default:"24h" placeholder:"TIME" help:"The fault begins at a random moment, so long after the stage was entered at most; 0s: at once."`
	Fault       simulatedBehaviour `embed:"" prefix:"fault-"`
	FaultDown   bool               `help:"It does not answer at all any more."`

	Days         int        `default:"30" help:"Time that is simulated."`
	Runs         int        `default:"1000" help:"Rollouts that are simulated."`
	Seed         uint64     `default:"1" help:"The same seed gives the same rollouts."`
	ApproveAfter span       `placeholder:"TIME" help:"How long a person takes to approve where a gate waits for that; default: nobody does."`
	Policy       policyFile `placeholder:"FILE" help:"Numbers of the rollout, as serve reads them; default: those of the design."`

	JSON bool   `name:"json" help:"Print a JSON document."`
	Plot string `placeholder:"FILE.svg" help:"Write a plot of the stage over time."`
}

// simulatedBehaviour are the flags that say how a candidate answers.
type simulatedBehaviour struct {
	Disagree    rate `default:"0" placeholder:"P" help:"Share of networks about which the two sides disagree."`
	Provable    bool `help:"Its disagreements are proven to be its fault."`
	ErrorRate   rate `default:"0" placeholder:"P" help:"Share of its calls that end in an error."`
	TimeoutRate rate `default:"0" placeholder:"P" help:"Share of its calls that time out."`
	SlowRate    rate `default:"0" placeholder:"P" help:"Share of its calls that are answered slowly."`
	WholeScan   bool `help:"These rates are of scans, all calls of which meet the same fate."`
}

// Help says how to read what comes out.
func (simulateCommand) Help() string {
	return "A rollout in virtual time, with the stages, gates, triggers and breaker of serve. A share P is a number from 0 to 1, or a percentage: 0.5%. See docs/rollout.md for how to plan with it. " + exitHelp
}

// Validate names the flag that is out of range.
func (c *simulateCommand) Validate() error {
	for _, flag := range []struct {
		name             string
		value, low, high float64
		allowed          string
	}{
		{name: "--scans-per-day", value: c.ScansPerDay, low: 1, high: 20_000, allowed: "1 to 20000"},
		{name: "--calls-per-scan", value: float64(c.CallsPerScan), low: 1, high: 100, allowed: "1 to 100"},
		{name: "--workers", value: float64(c.Workers), low: 1, high: 1024, allowed: "1 to 1024"},
		{name: "--variations-per-hour", value: float64(c.VariationsPerHour), high: 3600, allowed: "0 to 3600"},
		{name: "--days", value: float64(c.Days), low: 1, high: 3650, allowed: "1 to 3650"},
		{name: "--runs", value: float64(c.Runs), low: 1, high: 1_000_000, allowed: "1 to 1000000"},
	} {
		if !(flag.value >= flag.low && flag.value <= flag.high) { // also NaN
			return fmt.Errorf("%s %v: want %s", flag.name, flag.value, flag.allowed)
		}
	}
	if err := c.simulatedBehaviour.validate(""); err != nil {
		return err
	}
	return c.validateFault()
}

func (c *simulateCommand) validateFault() error {
	if c.FaultAt == "" {
		if c.FaultDown || c.Fault != (simulatedBehaviour{}) {
			return errors.New("--fault-...: want --fault-at as well, the stage from which on")
		}
		return nil
	}
	if stage, err := rollout.ParseStage(c.FaultAt); err != nil || stage == rollout.Off {
		return fmt.Errorf("--fault-at %q: want one of shadow, canary_1, canary_10, canary_50, full, complete", c.FaultAt)
	}
	return c.Fault.validate("fault-")
}

func (b simulatedBehaviour) validate(prefix string) error {
	if sum := b.ErrorRate + b.TimeoutRate + b.SlowRate; sum > 1 {
		return fmt.Errorf("--%serror-rate, --%stimeout-rate and --%sslow-rate together are %v: want at most 1", prefix, prefix, prefix, sum)
	}
	return nil
}

// Run simulates.
func (c *simulateCommand) Run(ctx context.Context, s streams) error {
	policy, err := c.Policy.read()
	if err != nil {
		return badInput(err)
	}
	line := newProgress(s.err)
	line.expect(1)
	line.learn(c.Runs)
	var over atomic.Int64
	report, err := simulate.Run(ctx, c.config(policy), func(int) {
		over.Add(1)
		line.step(false)
	})
	line.end()
	switch {
	case ctx.Err() != nil:
		return incomplete("incomplete: ended after %d of %s", over.Load(), count(c.Runs, "run"))
	case err != nil:
		return badInput(err)
	}
	if err := c.plot(report); err != nil {
		return err
	}
	out := &keeper{out: s.out}
	if c.JSON {
		writeDocument(out, report)
		return out.failed()
	}
	return report.WriteText(s.out)
}

func (c *simulateCommand) plot(report *simulate.Report) error {
	if c.Plot == "" {
		return nil
	}
	drawn, err := report.Plot()
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Plot, drawn, 0o644); err != nil {
		return fmt.Errorf("--plot: %w", err)
	}
	return nil
}

func (c *simulateCommand) config(policy rollout.Policy) simulate.Config {
	candidate := simulate.DefaultCandidate()
	candidate.ScansPerDay, candidate.CallsPerScan = c.ScansPerDay, c.CallsPerScan
	candidate.Workers, candidate.Repeats = c.Workers, float64(c.Repeats)
	candidate.VariationsPerHour, candidate.CloseAfter = c.VariationsPerHour, time.Duration(c.CloseAfter)
	candidate.Behaviour, candidate.Outage, candidate.Hangs = c.behaviour(), simulate.Outage(c.Outage), c.Hangs
	if c.FaultAt != "" {
		at, _ := rollout.ParseStage(c.FaultAt) // validated
		candidate.Fault = &simulate.Fault{At: at, Within: time.Duration(c.FaultWithin), Behaviour: c.Fault.behaviour()}
		candidate.Fault.Behaviour.Down = c.FaultDown
	}
	return simulate.Config{
		Policy: policy, Candidate: candidate, Days: c.Days, Runs: c.Runs, Seed: c.Seed, ApproveAfter: time.Duration(c.ApproveAfter),
	}
}

func (b simulatedBehaviour) behaviour() simulate.Behaviour {
	return simulate.Behaviour{
		Disagree: float64(b.Disagree), Provable: b.Provable, WholeScan: b.WholeScan,
		ErrorRate: float64(b.ErrorRate), TimeoutRate: float64(b.TimeoutRate), SlowRate: float64(b.SlowRate),
	}
}

// rate is a share on the command line.
type rate float64

// UnmarshalText reads 0.005 and 0.5%.
func (r *rate) UnmarshalText(text []byte) error {
	number, percent := strings.CutSuffix(string(text), "%")
	value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		value /= 100
	}
	if err != nil || !(value >= 0 && value <= 1) { // also NaN
		return fmt.Errorf("%q: want a share from 0 to 1, or a percentage: 0.005, 0.5%%", text)
	}
	*r = rate(value)
	return nil
}

// outage is D/EVERY on the command line.
type outage simulate.Outage

// UnmarshalText reads 10m/7d.
func (o *outage) UnmarshalText(text []byte) error {
	var length, every span
	first, second, both := strings.Cut(string(text), "/")
	err := errors.Join(length.UnmarshalText([]byte(first)), every.UnmarshalText([]byte(second)))
	if !both || err != nil || length <= 0 || every <= length {
		return fmt.Errorf("%q: want how long and, longer, how often: 10m/7d", text)
	}
	*o = outage{For: time.Duration(length), Every: time.Duration(every)}
	return nil
}
