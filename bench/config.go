package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/bench/peers"
)

// config is what flags and environment say.
type config struct {
	binary, scanner, native string // where the peers are
	shared                  string // folder of the public data of others; "" is nowhere
	out                     string // folder of the report
	date, revision          string
	limit                   time.Duration
	familyLimit             time.Duration // ours, for whole families
	repeat                  int
	rows                    string       // patterns, see rows.Pick
	compare                 string       // patterns of rows that peers are asked about
	peers                   []peers.Name // besides ours
	render                  string       // results to render again without measuring; "" measures
}

// others are the peers that may be left out.
var others = []peers.Name{peers.Second, peers.RustScanner, peers.FBASAnalyzer}

// parse reads the flags; a flag beats the environment.
func parse(args []string, getenv func(string) string, stderr io.Writer) (*config, error) {
	env := func(name, fallback string) string {
		if value := getenv(name); value != "" {
			return value
		}
		return fallback
	}
	var c config
	var limit, familyLimit, repeat, names string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.binary, "binary", "bin/understudy", "program of this project")
	flags.StringVar(&c.scanner, "scanner", "deploy/rust-scanner", "folder of the Rust scanner's service")
	flags.StringVar(&c.native, "native", "bench/.cache/native", "folder into which cargo installs fbas_analyzer")
	flags.StringVar(&c.shared, "shared", getenv("UNDERSTUDY_SHARED_DATA"), "folder of benchmark/networks (UNDERSTUDY_SHARED_DATA)")
	flags.StringVar(&c.out, "out", "bench", "folder of the report")
	flags.StringVar(&c.date, "date", "", "date of the report, YYYY-MM-DD")
	flags.StringVar(&c.revision, "revision", "unknown", "revision of the program")
	flags.StringVar(&limit, "limit", env("BENCH_LIMIT", "10s"), "time for each peer and question (BENCH_LIMIT)")
	flags.StringVar(&familyLimit, "family-limit", env("BENCH_FAMILY_LIMIT", "30s"), "time for ours and each whole family (BENCH_FAMILY_LIMIT)")
	flags.StringVar(&repeat, "repeat", env("BENCH_REPEAT", "3"), "runs of a question that takes less than a second (BENCH_REPEAT)")
	flags.StringVar(&c.rows, "rows", getenv("BENCH_ROWS"), "patterns of rows, separated by commas (BENCH_ROWS)")
	flags.StringVar(&c.compare, "compare", getenv("BENCH_COMPARE"), "patterns of rows that peers are asked about (BENCH_COMPARE)")
	flags.StringVar(&names, "peers", env("BENCH_PEERS", "all"), "all, none, or some of second,scanner,native (BENCH_PEERS)")
	flags.StringVar(&c.render, "render", "", "write the report of these results again, measure nothing")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("argument %q: want flags only", flags.Arg(0))
	}
	return &c, errors.Join(
		setLimit(&c.limit, "limit", limit), setLimit(&c.familyLimit, "family-limit", familyLimit), c.setRepeat(repeat), c.setPeers(names), c.checkDate())
}

func setLimit(limit *time.Duration, name, text string) error {
	var err error
	if *limit, err = time.ParseDuration(text); err != nil || *limit < 10*time.Millisecond || *limit > time.Hour {
		return fmt.Errorf("%s %q: want a time from 10ms to 1h", name, text)
	}
	return nil
}

func (c *config) setRepeat(text string) error {
	var err error
	if c.repeat, err = strconv.Atoi(text); err != nil || c.repeat < 1 || c.repeat > 1000 {
		return fmt.Errorf("repeat %q: want a number from 1 to 1000", text)
	}
	return nil
}

func (c *config) setPeers(text string) error {
	switch text {
	case "all":
		c.peers = others
		return nil
	case "none":
		return nil
	}
	for name := range strings.SplitSeq(text, ",") {
		peer := peers.Name(strings.TrimSpace(name))
		if !slices.Contains(others, peer) {
			return fmt.Errorf("peers %q: want all, none, or some of %v", text, others)
		}
		c.peers = append(c.peers, peer)
	}
	return nil
}

// checkDate makes sure that a report says of when it is; the clock is not asked, so that rendering again does not change it.
func (c *config) checkDate() error {
	if !regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`).MatchString(c.date) && c.render == "" {
		return fmt.Errorf("date %q: want YYYY-MM-DD", c.date)
	}
	return nil
}
