package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/fbas"
	"understudy/engine/quality"
)

// allAnalyses asks everything but the network table.
const allAnalyses = "all"

// solverGrace is how long after the timeout a call of the solver, which can't be
// cancelled, may go on before the command ends without it.
const solverGrace = 2 * time.Second

type analyzeCommand struct {
	File string `arg:"" help:"Network: a scanner request, an array of explorer nodes, or python-fbas's validators and qsets. - is standard input."`

	Analysis            string        `default:"all" enum:"all,intersection,top-tier,symmetric-top-tier,quorums,blocking-sets,splitting-sets,history-critical,data-quality,network,full" help:"Question: ${enum}. intersection decides without enumerating; network is the table of all four merge levels; full is what other scanners answer in one call."`
	Minimum             bool          `help:"Find least sets only: exact, but whole families are neither counted nor listed, which takes far less time on large networks."`
	Engine              string        `default:"auto" enum:"auto,bnb,gophersat" help:"How least sets are found: ${enum}. auto is branch and bound (bnb) where it applies, else the SAT solver; the others are for cross-checks."`
	Semantics           string        `default:"rust" enum:"rust,python,raw" help:"rust: reduce to the core first, as the Rust scanner defines it. python: as python-fbas does; who has no quorum set agrees with anything. raw: every node counts."`
	MergeBy             string        `default:"none" placeholder:"LEVEL" help:"Show sets as none, organization, country, isp, or field:NAME: nodes whose attribute NAME is the same."`
	Clean               bool          `help:"Clean the network first: drop nodes without a valid quorum set, and references to validators that are not there."`
	Faulty              []string      `sep:"," placeholder:"KEY,..." help:"Public keys of nodes that have failed already; only blocking sets depend on them."`
	FaultyNotValidating bool          `help:"Count the nodes that are not validating as failed."`
	Sets                bool          `help:"List whole families, by public key, and all findings."`
	MaxSets             int           `default:"10000" help:"List at most so many sets of a family."`
	FailOn              string        `default:"none" enum:"none,error,warning,info" help:"Exit with 4 when data-quality, all or full has a finding at least that grave: ${enum}."`
	Timeout             time.Duration `default:"45s" help:"Time for the whole command; then exit code 3."`
	JSON                bool          `name:"json" help:"Print what the API answers."`
}

// Help says what the exit codes mean.
func (analyzeCommand) Help() string { return exitHelp }

// Validate names the flag that is out of range.
func (c *analyzeCommand) Validate() error {
	if _, err := engine.ParseMergeBy(c.MergeBy); err != nil {
		return fmt.Errorf("--merge-by %q: want none, organization, country, isp or field:NAME", c.MergeBy)
	}
	switch {
	case c.Minimum && c.Sets:
		return errors.New("--minimum and --sets can't be used together: the minimum alone has no family to list")
	case c.FailOn != "none" && !c.wants(engine.DataQuality):
		return fmt.Errorf("--fail-on %s: want --analysis data-quality, all or full", c.FailOn)
	case c.MaxSets < 1 || c.MaxSets > api.MaxSets:
		return fmt.Errorf("--max-sets %d: want 1 to %d", c.MaxSets, api.MaxSets)
	case c.Timeout < time.Millisecond || c.Timeout > 24*time.Hour:
		return fmt.Errorf("--timeout %s: want 1ms to 24h", c.Timeout)
	}
	return nil
}

// wants says whether an analysis is asked, alone or among others.
func (c *analyzeCommand) wants(analysis engine.Analysis) bool {
	switch engine.Analysis(c.Analysis) {
	case analysis:
		return true
	case allAnalyses:
		return slices.Contains(inAll, analysis)
	case engine.Full:
		return slices.Contains(inAll[2:], analysis)
	}
	return false
}

// inAll are the questions of "all"; the first two are not in full.
var inAll = []engine.Analysis{
	engine.Intersection, engine.SymmetricTopTier,
	engine.TopTier, engine.Quorums, engine.BlockingSets, engine.SplittingSets, engine.HistoryCritical, engine.DataQuality,
}

// Run analyzes the file.
func (c *analyzeCommand) Run(ctx context.Context, s streams) error {
	network, err := c.read(s)
	if err != nil {
		return badInput(err)
	}
	c.addFaulty(network, s)
	c.noteField(network, s)
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	answer := c.printTable
	if c.JSON {
		answer = c.printJSON
	}
	if err := answer(ctx, network, s.out); err != nil {
		return err
	}
	return c.failOn(network)
}

// failOn is the error for findings that are as grave as the caller minds.
func (c *analyzeCommand) failOn(network *fbas.Network) error {
	if c.FailOn == "none" {
		return nil
	}
	if c.Clean {
		network, _ = quality.Clean(network)
	}
	grave, found := 0, quality.Summarize(quality.Find(network)).BySeverity
	for _, severity := range []quality.Severity{quality.Error, quality.Warning, quality.Info} {
		grave += found[severity]
		if string(severity) == c.FailOn {
			break
		}
	}
	if grave == 0 {
		return nil
	}
	return &codedError{exitFindings, fmt.Errorf("%s at least as grave as %s (--fail-on)", count(grave, "finding"), c.FailOn)}
}

func (c *analyzeCommand) read(s streams) (*fbas.Network, error) {
	data, err := readNetworkFile(c.File, s.in)
	if err != nil {
		return nil, err
	}
	network, err := fbas.Read(data, fbas.DefaultLimits())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	return network, nil
}

// readNetworkFile reads a file, or standard input for "-", up to one byte more
// than the reader of networks accepts.
func readNetworkFile(path string, stdin io.Reader) ([]byte, error) {
	source := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read network: %w", err)
		}
		defer file.Close()
		source = file
	}
	data, err := io.ReadAll(io.LimitReader(source, int64(fbas.DefaultLimits().Bytes)+1))
	if err != nil {
		return nil, fmt.Errorf("read network %s: %w", path, err)
	}
	return data, nil
}

// addFaulty completes the list of failed nodes. A key that is not in the network
// changes nothing, so it is worth a word.
func (c *analyzeCommand) addFaulty(network *fbas.Network, s streams) {
	present := make(map[string]bool, len(network.Nodes))
	for _, n := range network.Nodes {
		present[n.PublicKey] = true
	}
	for _, key := range c.Faulty {
		if !present[key] {
			fmt.Fprintf(s.err, "understudy: note: faulty node %q is not in the network\n", key)
		}
	}
	if !c.FaultyNotValidating {
		return
	}
	for _, n := range network.Nodes {
		if n.IsValidating != nil && !*n.IsValidating {
			c.Faulty = append(c.Faulty, n.PublicKey)
		}
	}
}

// noteField says when merging by an attribute merges nothing.
func (c *analyzeCommand) noteField(network *fbas.Network, s streams) {
	name, ok := strings.CutPrefix(c.MergeBy, string(engine.MergeField("")))
	if !ok {
		return
	}
	for i := range network.Nodes {
		if _, has := network.Nodes[i].Attribute(name); has {
			return
		}
	}
	fmt.Fprintf(s.err, "understudy: note: no node has a field %q to merge by\n", name)
}

func (c *analyzeCommand) printTable(ctx context.Context, network *fbas.Network, out io.Writer) error {
	kept := &keeper{out: out}
	table := newTable(kept, network, c.MergeBy)
	table.colour, table.everything, table.minimum = wantsColour(out), c.Sets, c.Minimum
	var changes []quality.Change
	if c.Clean {
		network, changes = quality.Clean(network)
	}
	result, err := within(ctx, func() (*results, error) { return c.find(ctx, network) })
	if err != nil {
		return err
	}
	table.head(c.File, network, result.core, c.Semantics)
	if c.Clean {
		table.cleaning(changes)
	}
	fmt.Fprintln(kept)
	table.ended = result.stoppedBy
	result.show(table)
	if err := kept.failed(); err != nil {
		return err
	}
	if !result.complete() {
		return c.endedEarly(table.ended)
	}
	return nil
}

func (c *analyzeCommand) endedEarly(by api.StoppedBy) error {
	if by == api.StoppedBySize {
		return incomplete("incomplete: the question is too large for the solver, or the family to be kept, and more time would not help")
	}
	return incomplete("incomplete: the time of %s did not do for the whole answer", c.Timeout)
}

// within gives up on work that outlives its context, which only a call of the
// solver does; what it goes on with ends with the process.
func within[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := work()
		done <- outcome{value, err}
	}()
	late := make(chan struct{})
	defer context.AfterFunc(ctx, func() { time.AfterFunc(solverGrace, func() { close(late) }) })()
	select {
	case o := <-done:
		return o.value, o.err
	case <-late:
		var none T
		return none, incomplete("incomplete: the solver was still at work %s after the time had ended", solverGrace)
	}
}
