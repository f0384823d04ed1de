package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/compare"
	"understudy/compare/arbiter"
	"understudy/engine"
	"understudy/engine/api"
)

// compareCommand has three sources of questions: two given answers to one
// question, network files, and the store. Given answers are judged as they are;
// the questions of the others are asked of both sides.
type compareCommand struct {
	Files []string `arg:"" optional:"" help:"Networks, or folders of them (*.json), in any form that analyze reads: both sides are asked the 18 questions of a scan about each, or with --analysis a single one."`

	Network         string `group:"Two given answers" placeholder:"FILE" help:"The network that both answers are about."`
	PrimaryAnswer   string `group:"Two given answers" placeholder:"FILE" help:"Body of the primary's answer, JSON of the scanner API."`
	CandidateAnswer string `group:"Two given answers" placeholder:"FILE" help:"Body of the candidate's answer."`

	Store    string `group:"Stored exchanges" placeholder:"FILE" help:"Ask the stored questions of this SQLite file. A side that is not named answers as it did then."`
	Exchange string `group:"Stored exchanges" placeholder:"ID" help:"One exchange; the beginning of its ID will do where it is unique."`
	AllOpen  bool   `group:"Stored exchanges" help:"All open disagreements."`
	All      bool   `group:"Stored exchanges" help:"Every stored question once: the corpus of a release check."`

	Primary   string `group:"Sides" placeholder:"URL" help:"Base URL of the primary."`
	Candidate string `group:"Sides" placeholder:"URL" help:"Base URL of the candidate, or exec: for the engine in worker processes of this binary. Default with files: exec:."`
	Noise     bool   `group:"Sides" help:"Measure the primary against itself: each question twice, one after the other. So does naming one URL for both sides."`
	Parallel  int    `group:"Sides" default:"0" help:"Questions asked at the same time; 0: as many as --workers."`

	engineSettings `group:"Engine of exec:"`

	Analysis    string   `placeholder:"NAME" help:"Question: top-tier, symmetric-top-tier, quorums, blocking-sets, splitting-sets, full or network."`
	MergeBy     string   `placeholder:"LEVEL" help:"How sets are merged, as far as the network file does not say so itself: none, organization, country, isp or field:NAME."`
	Faulty      []string `sep:"," placeholder:"KEY,..." help:"Public keys of nodes that have failed already; blocking-sets and network use them."`
	IncludeSets bool     `help:"Ask both sides for whole families, so that families are judged too."`
	MaxSets     int      `default:"10000" help:"Sets of a family to ask for at most, with --include-sets."`

	PrimaryKind   string        `default:"rust" enum:"rust,python" help:"How the primary's answers are read: ${enum}."`
	ArbiterBudget time.Duration `default:"10s" help:"Time for a second algorithm to settle what no witness does, for each question; 0: none is tried."`
	JSON          bool          `name:"json" xor:"form" help:"Print one JSON document."`
	JSONL         bool          `name:"jsonl" xor:"form" help:"Print one line of JSON for each network or exchange, as soon as it is done."`
}

// Help says what comes out, and what the exit codes mean here.
func (compareCommand) Help() string {
	return "It says of each metric who is wrong, and proves it. " + compareHelp + "\n\n" + exitHelp
}

// comparedAnalyses are the questions whose answers can be compared.
var comparedAnalyses = []engine.Analysis{
	engine.TopTier, engine.SymmetricTopTier, engine.Quorums, engine.BlockingSets, engine.SplittingSets, engine.Full, engine.Network,
}

// Validate names the flag that is out of range, missing or out of place.
func (c *compareCommand) Validate() error {
	if c.Analysis != "" && !slices.Contains(comparedAnalyses, c.analysis()) {
		return fmt.Errorf("--analysis %q: want top-tier, symmetric-top-tier, quorums, blocking-sets, splitting-sets, full or network", c.Analysis)
	}
	if _, err := mergeLevel(c.MergeBy); err != nil {
		return err
	}
	switch {
	case c.MaxSets < 1 || c.MaxSets > api.MaxSets:
		return fmt.Errorf("--max-sets %d: want 1 to %d", c.MaxSets, api.MaxSets)
	case c.ArbiterBudget < 0 || c.ArbiterBudget > time.Hour:
		return fmt.Errorf("--arbiter-budget %s: want 0s to 1h", c.ArbiterBudget)
	case c.Parallel < 0 || c.Parallel > 1024:
		return fmt.Errorf("--parallel %d: want 0 to 1024", c.Parallel)
	}
	if err := c.validate(); err != nil {
		return err
	}
	return c.validateSource()
}

// validateSource holds the flags to one source of questions.
func (c *compareCommand) validateSource() error {
	given := c.Network != "" || c.PrimaryAnswer != "" || c.CandidateAnswer != ""
	stored := c.Store != "" || c.Exchange != "" || c.AllOpen || c.All
	sources := 0
	for _, is := range []bool{given, stored, len(c.Files) > 0} {
		if is {
			sources++
		}
	}
	switch {
	case sources != 1:
		return errors.New("want one of: network files; --store with --exchange, --all-open or --all; --network with --primary-answer and --candidate-answer")
	case given:
		return c.validateGiven()
	case stored:
		return c.validateStored()
	}
	return c.validateFiles()
}

func (c *compareCommand) validateGiven() error {
	switch {
	case c.Network == "" || c.PrimaryAnswer == "" || c.CandidateAnswer == "":
		return errors.New("--network, --primary-answer and --candidate-answer belong together: want all three")
	case c.Analysis == "":
		return errors.New("--analysis is missing: want the question that both answers answer")
	case c.Primary != "" || c.Candidate != "" || c.Noise:
		return errors.New("--primary, --candidate and --noise ask anew: want no answers given with them")
	case c.JSONL:
		return errors.New("--jsonl is for many networks: want --json for two given answers")
	}
	return nil
}

func (c *compareCommand) validateStored() error {
	chosen := 0
	for _, is := range []bool{c.Exchange != "", c.AllOpen, c.All} {
		if is {
			chosen++
		}
	}
	switch {
	case c.Store == "":
		return errors.New("--store is missing: want the file that --exchange, --all-open and --all read")
	case chosen != 1:
		return errors.New("--store: want one of --exchange, --all-open and --all with it")
	case c.Analysis != "" || c.MergeBy != "" || c.Faulty != nil:
		return errors.New("--analysis, --merge-by and --faulty are for networks: stored questions are asked as they were")
	case c.Noise && c.Primary == "":
		return errors.New("--noise: want --primary URL to measure against itself")
	}
	return c.validateSides()
}

func (c *compareCommand) validateFiles() error {
	switch {
	case c.Primary == "":
		return errors.New("--primary is missing: want the base URL of the scanner to ask")
	case c.Analysis == "" && (c.MergeBy != "" || c.Faulty != nil):
		return errors.New("--merge-by and --faulty are part of a single question: want --analysis with them")
	}
	return c.validateSides()
}

func (c *compareCommand) validateSides() error {
	if c.Primary != "" {
		if _, err := baseURL("--primary", c.Primary); err != nil {
			return err
		}
	}
	if c.Candidate != "" && c.Candidate != embedded {
		if _, err := baseURL("--candidate", c.Candidate); err != nil {
			return err
		}
	}
	if c.Noise && c.Candidate != "" && c.Candidate != c.Primary {
		return errors.New("--noise measures the primary against itself: want no other --candidate")
	}
	return nil
}

// analysis is the question by the API's name; its form with underscores will do,
// and so will the Rust package's, such as minimal_blocking_sets.
func (c *compareCommand) analysis() engine.Analysis {
	return engine.Analysis(strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(c.Analysis), "_", "-"), "minimal-"))
}

// mergeLevel is the API's name of a merge level, whatever its case; "" stands for
// what the network file says itself.
func mergeLevel(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if _, err := engine.ParseMergeBy(name); err == nil {
		return name, nil
	}
	if level := engine.MergeBy(strings.ToLower(name)); slices.Contains(engine.MergeLevels, level) {
		return string(level), nil
	}
	return "", fmt.Errorf("--merge-by %q: want none, organization, country, isp or field:NAME", name)
}

// Run compares, prints, and gives the verdict as exit code.
func (c *compareCommand) Run(ctx context.Context, s streams) error {
	if c.Network != "" {
		return c.runGiven(ctx, s)
	}
	return c.runReplay(ctx, s)
}

// judge compares two answers, and asks the arbiter about what no witness settles.
func (c *compareCommand) judge(ctx context.Context, p *compare.Prepared, primary, candidate compare.Reply) compare.Result {
	kind := compare.PrimaryKind(c.PrimaryKind)
	if c.ArbiterBudget == 0 {
		return p.Compare(primary, candidate, kind)
	}
	ctx, cancel := context.WithTimeout(ctx, c.ArbiterBudget)
	defer cancel()
	return p.Settle(ctx, newArbiter(), primary, candidate, kind)
}

// newArbiter is the second algorithm, in this process: a command ends with it.
func newArbiter() compare.Arbiter { return arbiter.New(arbiter.Config{}) }
