package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

// embedded is the --candidate that is this binary's own worker processes.
const embedded = "exec:"

type serveCommand struct {
	Config    configFile `placeholder:"FILE" help:"Settings, YAML or JSON; flag beats environment beats file."`
	Listen    string     `default:":8080" help:"Data plane: the scanner API and everything else the primary answers."`
	OpsListen string     `default:"127.0.0.1:9464" help:"Operations plane: /metrics, /livez, /readyz, /api/v1. Elsewhere than on this machine it takes tokens."`
	tlsSettings

	Primary     string `placeholder:"URL" help:"Base URL of the scanner in service. Required."`
	PrimaryKind string `default:"rust" enum:"rust,python" help:"How its answers are read: ${enum}."`
	RewriteHost bool   `help:"Send the primary's own name as Host, for one behind an ingress that routes by name."`
	Candidate   string `default:"exec:" help:"exec: runs the engine in worker processes; or the base URL of anything that speaks the scanner API."`
	engineSettings

	Stage    string     `default:"auto" enum:"auto,off,shadow,canary_1,canary_10,canary_50,full,complete" help:"How far the candidate may go. auto: from shadow on as evidence allows. Any other (${enum}) is set and not moved but by a trip."`
	Policy   policyFile `placeholder:"FILE" help:"Numbers of the rollout, YAML or JSON: soaks, gates, triggers. What it leaves out is as designed."`
	Flags    []string   `placeholder:"SOURCE" sep:"," help:"Flag file in flagd's format, read again at each edit, or grpc://HOST:PORT of a flagd server, or both: the file holds until the server has spoken. Without one the ceiling is 100."`
	Tokens   string     `placeholder:"FILE" help:"Who may look at and move the rollout over the operations API: lines of ROLE NAME SECRET, roles viewer and operator. UNDERSTUDY_OPERATOR_TOKEN and UNDERSTUDY_VIEWER_TOKEN work too."`
	Webhook  []string   `placeholder:"URL" sep:"," help:"Told of each stage change, trip, stop and what waits for a person, as JSON that Slack understands."`
	Name     string     `placeholder:"NAME" help:"What this sidecar calls itself in webhooks. Default: the host's name."`
	Inject   string     `placeholder:"FILE" help:"Rehearsals only: faults of the candidate, read again at each edit."`
	Salt     string     `default:"understudy" help:"Mixed into the bucket of every scan; the same salt gives the same buckets."`
	Store    string     `default:"understudy.db" help:"SQLite file of comparisons."`
	NoBodies bool       `help:"Store no bodies, not even of exchanges that differ."`

	NoHeaders        bool          `help:"Leave X-Understudy-Served-By and X-Understudy-Exchange out of answers."`
	MirrorQueue      int           `default:"512" help:"Exchanges that may wait for a mirror worker; for one more the oldest is dropped and counted."`
	MirrorQueueBytes int64         `default:"134217728" help:"Bodies of the exchanges that wait; for more the oldest are dropped and counted."`
	MirrorWorkers    int           `default:"0" help:"Exchanges mirrored at the same time; 0: as many as engine workers, 2 with a candidate URL."`
	MirrorYield      time.Duration `default:"1s" help:"Longest that a copy gives way to clients while the machine is busy; 0s: not at all."`
	HeldBytes        int64         `default:"268435456" help:"Bodies held in memory at any time."`
	ServePatience    time.Duration `default:"1s" help:"How long a complete answer of the primary waits for the candidate's, inside the serve share."`
	CompareBudget    time.Duration `default:"200ms" help:"How long it then waits for the verdict."`
	BurstQuiet       time.Duration `default:"20s" help:"A scan without a name is over after so long without a request."`
	SampleBodies     float64       `default:"0.01" help:"Share of agreeing exchanges, 0 to 1, that keep their bodies."`
	KeepDays         int           `default:"90" help:"Days that exchanges are kept; 0: for ever. What an open disagreement points to stays."`
	KeepBytes        int64         `default:"2147483648" help:"Bodies kept, in compressed bytes; the oldest go first, those of open disagreements never. 0: no limit."`

	Arbiter           bool          `default:"true" negatable:"" help:"Let a second algorithm, in a process of its own, settle what no witness does."`
	ArbiterBudget     time.Duration `default:"10s" help:"Time it has for each exchange."`
	DeepSample        float64       `default:"0.01" help:"Share of compared families, 0 to 1, about which the candidate is asked again for all sets; 0: off."`
	RescueAfter       time.Duration `default:"45s" help:"With the flag rescue_enabled: a primary that has not begun to answer for so long has failed."`
	ReverseShadow     float64       `default:"0.05" help:"Share of scans, 0 to 1, about which the primary is still asked, off the path, in stage complete."`
	VariationsPerHour int           `default:"12" help:"Variations of the last real network that both sides are asked about, while no client is served; 0: off."`

	ShutdownTimeout time.Duration `default:"30s" help:"Time for requests and copies under way after SIGTERM."`
	logSettings

	now func() time.Time // nil: time.Now; a test may have another clock
}

// clock is what every part goes by that asks what time it is.
func (c *serveCommand) clock() func() time.Time {
	if c.now == nil {
		return time.Now
	}
	return c.now
}

// Help says what the exit codes mean.
func (serveCommand) Help() string { return exitHelp }

// Validate names the flag that is out of range.
func (c *serveCommand) Validate() error {
	if c.Primary == "" {
		return errors.New("--primary is missing: want the base URL of the scanner in service, such as http://127.0.0.1:8000")
	}
	if err := c.checkPorts(); err != nil {
		return err
	}
	if c.ShutdownTimeout < 0 || c.ShutdownTimeout > time.Hour {
		return fmt.Errorf("--shutdown-timeout %s: want 0s to 1h", c.ShutdownTimeout)
	}
	if c.MirrorWorkers < 0 || c.MirrorWorkers > 1024 {
		return fmt.Errorf("--mirror-workers %d: want 0 to 1024", c.MirrorWorkers)
	}
	if c.KeepDays < 0 || c.KeepDays > 36500 {
		return fmt.Errorf("--keep-days %d: want 0 to 36500", c.KeepDays)
	}
	if c.KeepBytes < 0 {
		return fmt.Errorf("--keep-bytes %d: want 0 or more", c.KeepBytes)
	}
	if err := c.validate(); err != nil {
		return err
	}
	if _, err := c.candidate(); err != nil {
		return err
	}
	if _, err := c.Policy.read(); err != nil {
		return err
	}
	if _, _, err := c.flagSources(); err != nil {
		return err
	}
	if _, err := c.webhooks(); err != nil {
		return err
	}
	config, err := c.proxyConfig()
	if err != nil {
		return err
	}
	return byFlagName(config.Validate())
}

// flagSources are the file and the server of --flags.
func (c *serveCommand) flagSources() (file, server string, err error) {
	for _, source := range c.Flags {
		to := &file
		scheme, _, remote := strings.Cut(source, "://")
		if remote {
			to = &server
		}
		if *to != "" || source == "" || remote && scheme != "grpc" && scheme != "grpcs" {
			return "", "", fmt.Errorf("--flags %q: want at most one file and one grpc://HOST:PORT or grpcs://HOST:PORT", strings.Join(c.Flags, ","))
		}
		*to = source
	}
	return file, server, nil
}

// webhooks are the URLs of --webhook. They may hold secrets, so an error names
// their place and not them.
func (c *serveCommand) webhooks() ([]*url.URL, error) {
	var list []*url.URL
	for i, text := range c.Webhook {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("--webhook, number %d: want a URL that begins with http:// or https://", i+1)
		}
		list = append(list, u)
	}
	return list, nil
}

// candidate is the URL to ask; for the embedded engine the host plays no part.
func (c *serveCommand) candidate() (*url.URL, error) {
	if c.Candidate == embedded {
		return &url.URL{Scheme: "http", Host: "engine"}, nil
	}
	u, err := url.Parse(c.Candidate)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--candidate %q: want %s, http://HOST or https://HOST", c.Candidate, embedded)
	}
	if err := proxy.CheckBaseURL(u); err != nil {
		return nil, fmt.Errorf("--candidate %q: %w", u.Redacted(), err)
	}
	return u, nil
}

func (c *serveCommand) proxyConfig() (proxy.Config, error) {
	config := proxy.DefaultConfig()
	primary, err := url.Parse(c.Primary)
	if err != nil {
		return config, fmt.Errorf("--primary %q: want http://HOST or https://HOST", c.Primary)
	}
	config.Primary = primary
	config.PrimaryKind = compare.PrimaryKind(c.PrimaryKind)
	config.RewriteHost = c.RewriteHost
	config.Headers = !c.NoHeaders
	config.Salt = c.Salt
	config.CandidateDeadline = c.Deadline
	config.MirrorQueue = c.MirrorQueue
	config.MirrorQueueBytes = c.MirrorQueueBytes
	config.MirrorYield = c.MirrorYield
	config.HeldBytes = c.HeldBytes
	config.ServePatience = c.ServePatience
	config.CompareBudget = c.CompareBudget
	config.BurstQuiet = c.BurstQuiet
	config.KeepBodies = !c.NoBodies
	config.SampleBodies = c.SampleBodies
	config.ArbiterBudget = c.ArbiterBudget
	config.DeepSample = c.DeepSample
	config.ReverseShadow = c.ReverseShadow
	config.RescueAfter = c.RescueAfter
	config.VariationsPerHour = c.VariationsPerHour
	switch {
	case c.MirrorWorkers > 0:
		config.MirrorWorkers = c.MirrorWorkers
	case c.Candidate == embedded:
		config.MirrorWorkers = c.workers() // more would only wait in the pool's queue
	}
	return config, nil
}

// What an error of proxy.Config begins with.
var fieldName = regexp.MustCompile(`^field [A-Z][A-Za-z]+`)

// byFlagName turns the name of a field into that of its flag: MirrorQueue into
// --mirror-queue.
func byFlagName(err error) error {
	if err == nil {
		return nil
	}
	text := fieldName.ReplaceAllStringFunc(err.Error(), func(field string) string {
		var flag strings.Builder
		for i, r := range strings.TrimPrefix(field, "field ") {
			if r >= 'A' && r <= 'Z' {
				if i > 0 {
					flag.WriteByte('-')
				}
				r += 'a' - 'A'
			}
			flag.WriteRune(r)
		}
		return "--" + flag.String()
	})
	return errors.New(text)
}

// Run serves until the context ends, then drains.
func (c *serveCommand) Run(ctx context.Context, s streams) error {
	log := c.logger(s.err)
	sidecar, err := startSidecar(ctx, c, log)
	if err != nil {
		return err
	}
	err = sidecar.wait(ctx)
	if err == nil {
		log.Info("draining", "at most", c.ShutdownTimeout)
	}
	return errors.Join(err, sidecar.close(c.ShutdownTimeout))
}

// fixed is the stage that the command line sets; nil leaves it to the evidence.
func (c *serveCommand) fixed() *rollout.Stage {
	stage, err := rollout.ParseStage(c.Stage)
	if err != nil {
		return nil // auto: kong lets nothing else through
	}
	return &stage
}
