package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"understudy/flags"
	"understudy/rollout"
)

type flagsCommand struct {
	Check flagsCheckCommand `cmd:"" help:"Check a flag file, and say what it would do to scans at each stage."`
}

type flagsCheckCommand struct {
	File     string   `arg:"" help:"Flag file in flagd's format; - reads standard input."`
	Keys     []string `arg:"" optional:"" name:"key" help:"Keys of scans, as X-Scan-ID names them."`
	Scans    string   `placeholder:"FILE" help:"More of them, one a line; - reads standard input."`
	Analysis string   `placeholder:"NAME" help:"The question is this one, such as blocking-sets. Without one it is the scan as a whole."`
	MergeBy  string   `placeholder:"WORD" help:"Its merge_by, as sent."`
	Nodes    int      `placeholder:"N" help:"Nodes of its network."`
	Client   string   `placeholder:"ID" help:"Who asks, as the flags know a client."`
	Salt     string   `default:"understudy" help:"The --salt of serve."`
	JSON     bool     `name:"json" help:"Print one JSON document."`
}

// Help says what is shown, and what is left out.
func (flagsCheckCommand) Help() string {
	return "A stage is shown as it is while nothing else holds the candidate back: breaker closed, no override, and no UNDERSTUDY_FLAG_... variable, which would beat the file. " + exitHelp
}

// maxCheckedBytes is more than a flag file may have, so that one that is too large is told as such.
const maxCheckedBytes = 2 << 20

// flagAnalyses are those a rule can be about.
var flagAnalyses = append(slices.Clone(shrinkable), "history-critical", "data-quality")

// Validate names the flag that is out of range.
func (c *flagsCheckCommand) Validate() error {
	c.Analysis = strings.ReplaceAll(c.Analysis, "_", "-")
	if err := oneOf("--analysis", c.Analysis, flagAnalyses); err != nil {
		return err
	}
	if c.Nodes < 0 {
		return fmt.Errorf("--nodes %d: want 0 or more", c.Nodes)
	}
	if c.File == "-" && c.Scans == "-" {
		return errors.New("--scans -: the flag file is read from standard input already")
	}
	return nil
}

// Run checks and, if the file is good, shows.
func (c *flagsCheckCommand) Run(_ context.Context, s streams) error {
	data, err := readInput(c.File, s.in, maxCheckedBytes)
	if err != nil {
		return badInput(fmt.Errorf("read flag file: %w", err))
	}
	keys, err := c.scanKeys(s.in)
	if err != nil {
		return badInput(err)
	}
	report, err := c.report(data, keys)
	out := &keeper{out: s.out}
	switch {
	case c.JSON:
		writeDocument(out, report)
	case report.Good:
		report.show(verdictPrinter{out, wantsColour(s.out)})
	}
	return errors.Join(err, out.failed())
}

// readInput reads a file, or standard input for "-", up to a number of bytes.
func readInput(path string, stdin io.Reader, most int64) ([]byte, error) {
	in := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	return io.ReadAll(io.LimitReader(in, most))
}

// scanKeys are those of the command line and then those of the file, each once.
func (c *flagsCheckCommand) scanKeys(stdin io.Reader) ([]string, error) {
	keys := c.Keys
	if c.Scans != "" {
		const most = 16 << 20
		data, err := readInput(c.Scans, stdin, most)
		if err != nil {
			return nil, fmt.Errorf("read scan keys: %w", err)
		}
		lines := bufio.NewScanner(strings.NewReader(string(data)))
		for lines.Scan() {
			if key := strings.TrimSpace(lines.Text()); key != "" {
				keys = append(keys, key)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("read scan keys of %s: %w", c.Scans, err)
		}
	}
	seen := make(map[string]bool)
	return slices.DeleteFunc(keys, func(key string) bool {
		again := seen[key]
		seen[key] = true
		return again
	}), nil
}

// report is what a flag file would do. Where the file is not good the error says so too.
func (c *flagsCheckCommand) report(data []byte, keys []string) (flagsReport, error) {
	report := flagsReport{File: c.File, Flags: []flagValue{}, Problems: []string{}, Scans: []scanForecast{}}
	contexts := []flags.Context{c.question("")}
	for _, key := range keys {
		contexts = append(contexts, flags.Context{ScanKey: key, Client: c.Client}, c.question(key))
	}
	values, err := flags.Rehearse(data, contexts)
	if err != nil {
		report.Problems = problemsOf(err)
		return report, badInput(fmt.Errorf("flag file %s: %s:\n  %s", c.File, count(len(report.Problems), "problem"), strings.Join(report.Problems, "\n  ")))
	}
	report.Good = true
	report.Flags = flagValues(values[0])
	for i, key := range keys {
		report.Scans = append(report.Scans, c.forecast(key, values[1+2*i], values[2+2*i]))
	}
	return report, nil
}

func flagValues(v flags.Values) []flagValue {
	var list []flagValue
	for _, flag := range v.All() {
		list = append(list, flagValue{flag.Key, flag.Value})
	}
	return list
}

// question is the context of the question about a scan.
func (c *flagsCheckCommand) question(key string) flags.Context {
	return flags.Context{ScanKey: key, Analysis: c.Analysis, MergeBy: c.MergeBy, NodeCount: c.Nodes, Client: c.Client}
}

func problemsOf(err error) []string {
	joined, ok := err.(interface{ Unwrap() []error }) // the join itself, not one inside
	if !ok {
		return []string{printable(err.Error())}
	}
	var problems []string
	for _, problem := range joined.Unwrap() {
		problems = append(problems, printable(problem.Error()))
	}
	return problems
}

// forecast decides twice, as the data plane does: once for the scan as a whole, of which only key
// and client are known, and once for the question, which can only take away.
func (c *flagsCheckCommand) forecast(key string, scan, question flags.Values) scanForecast {
	f := scanForecast{
		Scan: key, Bucket: rollout.Bucket(c.Salt, key), MirrorBucket: rollout.Bucket(c.Salt+"/mirror", key),
		Flags: flagValues(question), ScanFlags: flagValues(scan),
	}
	for _, stage := range rollout.Stages() {
		whole := rollout.Decide(dialsOf(scan, stage), c.Salt, key)
		asked := rollout.Decide(dialsOf(question, stage), c.Salt, key)
		treatment := treatedPrimary
		switch {
		case whole.Serve && asked.Serve:
			treatment = treatedCandidate
		case whole.Mirror && asked.Mirror:
			treatment = treatedMirrored
		}
		binds := whole.Dials
		switch {
		case asked.Dials.ServePercent < binds.ServePercent:
			binds = asked.Dials
		case asked.Dials.ServePercent > binds.ServePercent:
			f.TakenBefore = true
		}
		f.Stages = append(f.Stages, stageForecast{
			Stage: stage, Treatment: treatment, ServePercent: binds.ServePercent,
			MirrorPercent: min(whole.Dials.MirrorPercent, asked.Dials.MirrorPercent), Binding: binds.Binding, Why: binds.Why,
		})
	}
	return f
}

// dialsOf are the dials where the flags and the stage are all that counts.
func dialsOf(v flags.Values, stage rollout.Stage) rollout.Dials {
	return rollout.Dials{
		Mode: rollout.Mode(v.Mode), Enabled: v.Enabled, CeilingPercent: v.ServeCeilingPercent, MirrorPercent: v.MirrorPercent,
		Stage: stage, BreakerClosed: true,
	}
}
