package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/fbas"
)

// allAnalyses asks everything but the network table.
const allAnalyses = "all"

// solverGrace is how long after the timeout a call of the solver, which can't be
// cancelled, may go on before the command ends without it.
const solverGrace = 2 * time.Second

type analyzeCommand struct {
	File string `arg:"" help:"Network: a scanner request, an array of explorer nodes, or python-fbas's validators and qsets. - is standard input."`

	Analysis            string        `default:"all" enum:"all,intersection,top-tier,symmetric-top-tier,quorums,blocking-sets,splitting-sets,network" help:"Question: ${enum}. intersection decides without enumerating; network is the table of all four merge levels."`
	MergeBy             string        `default:"none" enum:"none,organization,country,isp" help:"Show sets as ${enum}."`
	Faulty              []string      `sep:"," placeholder:"KEY,..." help:"Public keys of nodes that have failed already; only blocking sets depend on them."`
	FaultyNotValidating bool          `help:"Count the nodes that are not validating as failed."`
	Semantics           string        `default:"rust" enum:"rust,raw" help:"rust: reduce to the core first, as the Rust scanner defines it. raw: every node counts."`
	Sets                bool          `help:"List the sets, by public key."`
	MaxSets             int           `default:"10000" help:"List at most so many sets of a family."`
	Timeout             time.Duration `default:"45s" help:"Time for the whole command; then exit code 3."`
	JSON                bool          `name:"json" help:"Print what the API answers."`
}

// Help says what the exit codes mean.
func (analyzeCommand) Help() string { return exitHelp }

// Validate names the flag that is out of range.
func (c *analyzeCommand) Validate() error {
	switch {
	case c.MaxSets < 1 || c.MaxSets > api.MaxSets:
		return fmt.Errorf("--max-sets %d: want 1 to %d", c.MaxSets, api.MaxSets)
	case c.Timeout < time.Millisecond || c.Timeout > 24*time.Hour:
		return fmt.Errorf("--timeout %s: want 1ms to 24h", c.Timeout)
	}
	return nil
}

// Run analyzes the file.
func (c *analyzeCommand) Run(ctx context.Context, s streams) error {
	network, err := c.read(s)
	if err != nil {
		return badInput(err)
	}
	c.addFaulty(network, s)
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	if c.JSON {
		return c.printJSON(ctx, network, s.out)
	}
	return c.printTable(ctx, network, s.out)
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

func (c *analyzeCommand) printTable(ctx context.Context, network *fbas.Network, out io.Writer) error {
	semantics, err := engine.ParseSemantics(c.Semantics)
	if err != nil {
		return badInput(err)
	}
	system, err := engine.Prepare(network, semantics)
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", c.File, err))
	}
	result, err := within(ctx, func() (*findings, error) { return c.find(ctx, system) })
	if err != nil {
		return err
	}
	kept := &keeper{out: out}
	table := newTable(kept, network, c.MergeBy)
	table.head(c.File, network, len(system.Core()), c.Semantics)
	result.show(table)
	if err := kept.failed(); err != nil {
		return err
	}
	if !result.complete() {
		return incomplete("incomplete: the time of %s ended before the whole answer", c.Timeout)
	}
	return nil
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

// findings are the results of the questions that were asked; nil: not asked.
type findings struct {
	intersection *engine.IntersectionResult
	topTier      *engine.TopTierResult
	symmetric    *engine.SymmetricResult
	quorums      *engine.QuorumsResult
	blocking     *engine.Family
	faulty       int // nodes that count as failed in blocking
	splitting    *engine.SplittingResult
	network      *engine.NetworkResult
}

func (c *analyzeCommand) find(ctx context.Context, system *engine.System) (*findings, error) {
	options := engine.Options{MergeBy: engine.MergeBy(c.MergeBy), Faulty: c.Faulty}
	if c.Sets {
		options.MaxSets = c.MaxSets
	}
	f := &findings{faulty: len(c.Faulty)}
	err := errors.Join(
		ask(c, engine.Intersection, &f.intersection, func() (engine.IntersectionResult, error) { return system.Intersection(ctx, options) }),
		ask(c, engine.TopTier, &f.topTier, func() (engine.TopTierResult, error) { return system.TopTier(ctx, options) }),
		ask(c, engine.SymmetricTopTier, &f.symmetric, func() (engine.SymmetricResult, error) { return system.SymmetricTopTier(ctx, options) }),
		ask(c, engine.Quorums, &f.quorums, func() (engine.QuorumsResult, error) { return system.MinimalQuorums(ctx, options) }),
		ask(c, engine.BlockingSets, &f.blocking, func() (engine.Family, error) { return system.MinimalBlockingSets(ctx, options) }),
		ask(c, engine.SplittingSets, &f.splitting, func() (engine.SplittingResult, error) { return system.MinimalSplittingSets(ctx, options) }),
		ask(c, engine.Network, &f.network, func() (engine.NetworkResult, error) { return system.Network(ctx, c.Faulty) }),
	)
	var field *fbas.FieldError
	if errors.As(err, &field) {
		return nil, badInput(fmt.Errorf("%s: %w", c.File, err))
	}
	return f, err
}

// ask answers one question when it is among those wanted.
func ask[T any](c *analyzeCommand, name engine.Analysis, to **T, question func() (T, error)) error {
	wanted := c.Analysis == string(name) || c.Analysis == allAnalyses && name != engine.Network
	if !wanted {
		return nil
	}
	result, err := question()
	if err != nil {
		return fmt.Errorf("analyze %s: %w", name, err)
	}
	*to = &result
	return nil
}

func (f *findings) complete() bool {
	return (f.intersection == nil || f.intersection.Complete) &&
		(f.topTier == nil || f.topTier.Complete) &&
		(f.quorums == nil || f.quorums.Complete && f.quorums.Intersection.Complete) &&
		(f.blocking == nil || f.blocking.Complete) &&
		(f.splitting == nil || f.splitting.Complete) &&
		(f.network == nil || f.network.Complete)
}
