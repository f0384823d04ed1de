package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/compare"
	"understudy/engine/api"
)

type shrinkCommand struct {
	File string `arg:"" optional:"" help:"Network to start from, in any form that analyze reads. - is standard input."`

	Store    string `placeholder:"FILE" help:"Start from a stored exchange of this SQLite file instead."`
	Exchange string `placeholder:"ID" help:"The exchange; the beginning of its ID will do where it is unique."`

	Analysis    string   `placeholder:"NAME" help:"Question: top-tier, symmetric-top-tier, quorums, blocking-sets, splitting-sets, full or network."`
	MergeBy     string   `placeholder:"LEVEL" help:"How sets are merged, if the file does not say so itself: none, organization, country or isp."`
	Faulty      []string `sep:"," placeholder:"KEY,..." help:"Public keys of nodes that have failed already."`
	IncludeSets bool     `help:"Ask both sides for whole families, so that families are judged too."`
	MaxSets     int      `default:"10000" help:"Sets of a family to ask for at most, with --include-sets."`

	Metric   string `placeholder:"METRIC" help:"What has to differ, such as top_tier. Default: the metric with the gravest verdict."`
	Verdict  string `placeholder:"VERDICT" help:"The verdict that has to show, such as primary_wrong. Default: the gravest."`
	AnyClass bool   `help:"Let one defect class turn into another one on the way."`

	Primary     string `required:"" placeholder:"URL" help:"Base URL of the primary."`
	Candidate   string `default:"exec:" placeholder:"URL" help:"Base URL of the candidate, or exec: for the engine in a worker process of this binary."`
	PrimaryKind string `default:"rust" enum:"rust,python" help:"How the primary's answers are read: ${enum}."`

	Out       string        `placeholder:"FILE" help:"Write the smallest network here, as a request. Default: standard output, unless --report or --json says enough."`
	Report    string        `placeholder:"FILE" help:"Write a bug report here, in Markdown."`
	MaxAsks   int           `default:"5000" help:"Ask both sides about at most so many networks."`
	Timeout   time.Duration `default:"10m" help:"Time for the whole search; what is smallest then is the result."`
	AskTime   time.Duration `name:"ask-timeout" default:"60s" help:"Time of each side for one question; a side that is late does not show the verdict."`
	Arbiter   time.Duration `name:"arbiter-budget" default:"10s" help:"Time for a second algorithm to settle what no witness does, for each question; 0: none is tried."`
	KeepNames bool          `help:"Leave nodes and organizations their names."`
	JSON      bool          `name:"json" help:"Print what was found as JSON."`
}

// Help says what minimal means, and what the exit codes mean here.
func (shrinkCommand) Help() string {
	return "It asks both sides about one smaller network after the other and keeps what still shows the same verdict on the same metric, " +
		"until no node, member of a quorum set, threshold, organization or field can go alone. Exit code 3 means that the asks or the time ended before that; " +
		"the smallest network so far is written all the same.\n\n" + exitHelp
}

// Validate names the flag that is out of range, missing or out of place.
func (c *shrinkCommand) Validate() error {
	switch {
	case (c.File == "") == (c.Store == ""):
		return errors.New("want either a network file or --store with --exchange")
	case (c.Store == "") != (c.Exchange == ""):
		return errors.New("--store and --exchange belong together: want both")
	case c.Store != "" && (c.Analysis != "" || c.MergeBy != "" || c.Faulty != nil):
		return errors.New("--analysis, --merge-by and --faulty are for network files: a stored question is asked as it was")
	case c.File != "" && !slices.Contains(shrinkable, c.Analysis):
		return fmt.Errorf("--analysis %q: want %s", c.Analysis, strings.Join(shrinkable, ", "))
	case c.MaxSets < 1 || c.MaxSets > api.MaxSets:
		return fmt.Errorf("--max-sets %d: want 1 to %d", c.MaxSets, api.MaxSets)
	case c.MaxAsks < 1 || c.MaxAsks > 1_000_000:
		return fmt.Errorf("--max-asks %d: want 1 to 1000000", c.MaxAsks)
	}
	return errors.Join(c.validateTarget(), c.validateTimes(), c.validateSides())
}

// shrinkable are the questions whose answers are compared.
var shrinkable = []string{"top-tier", "symmetric-top-tier", "quorums", "blocking-sets", "splitting-sets", "full", "network"}

func (c *shrinkCommand) validateTarget() error {
	if c.Metric != "" && !slices.Contains(compare.Metrics, c.Metric) {
		return fmt.Errorf("--metric %q: want %s", c.Metric, strings.Join(compare.Metrics, ", "))
	}
	var verdicts []string
	for _, v := range compare.Verdicts[1:] {
		verdicts = append(verdicts, string(v))
	}
	if c.Metric == "" {
		verdicts = append(verdicts, string(compare.VerdictPrimaryFailed), string(compare.VerdictCandidateFailed), string(compare.VerdictBothFailed))
	}
	if c.Verdict != "" && !slices.Contains(verdicts, c.Verdict) {
		return fmt.Errorf("--verdict %q: want %s", c.Verdict, strings.Join(verdicts, ", "))
	}
	switch c.MergeBy {
	case "", "none", "organization", "country", "isp":
		return nil
	}
	return fmt.Errorf("--merge-by %q: want none, organization, country or isp", c.MergeBy)
}

func (c *shrinkCommand) validateTimes() error {
	switch {
	case c.Timeout < time.Second || c.Timeout > 24*time.Hour:
		return fmt.Errorf("--timeout %s: want 1s to 24h", c.Timeout)
	case c.AskTime < 10*time.Millisecond || c.AskTime > time.Hour:
		return fmt.Errorf("--ask-timeout %s: want 10ms to 1h", c.AskTime)
	case c.Arbiter < 0 || c.Arbiter > time.Hour:
		return fmt.Errorf("--arbiter-budget %s: want 0s to 1h", c.Arbiter)
	}
	return nil
}

func (c *shrinkCommand) validateSides() error {
	_, err := baseURL("--primary", c.Primary)
	if err == nil && c.Candidate != embedded {
		_, err = baseURL("--candidate", c.Candidate)
	}
	return err
}
