package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	"understudy/cmd/understudy/internal/backend"
	"understudy/compare/vary"
	"understudy/engine/fbas"
	"understudy/examples"
)

// demoQuiet ends a scan without a name sooner than in production, so that the
// next one need not wait for 20 s.
const demoQuiet = 2 * time.Second

// demoStop is the time for everything to end.
const demoStop = 15 * time.Second

type demoCommand struct {
	Network  string `xor:"scan" placeholder:"FILE" help:"Network to scan: a scanner request, an array of explorer nodes, or python-fbas's form. Default: the sample network."`
	Requests string `xor:"scan" placeholder:"DIR" help:"Replay a recorded scan instead: index.jsonl and the bodies it names."`
	Client   string `default:"facade" enum:"facade,adapter" help:"facade: the drop-in client, 18 questions. adapter: the backend's own HTTP client, 17 questions, its own merged networks, no scan name."`

	Vary  bool          `help:"Ask each scan but the first about another variation of the network: only what is new is evidence. For networks in the form of a scanner request."`
	Once  bool          `help:"End after the scans. So does a demo without a terminal."`
	JSON  bool          `name:"json" help:"Print the summary as JSON."`
	Scans int           `default:"1" help:"Scans to send before the summary."`
	Every time.Duration `default:"1m" help:"Pause between scans while it goes on serving."`
	Wait  time.Duration `default:"2m" help:"Longest wait for the comparisons of a scan."`

	ScannerDir string     `default:"deploy/rust-scanner" placeholder:"DIR" help:"Folder of the Rust scanner's service."`
	Primary    string     `placeholder:"URL" help:"Use a scanner that runs already."`
	Listen     string     `default:"127.0.0.1:0" help:"Data plane of the sidecar."`
	OpsListen  string     `default:"127.0.0.1:0" help:"Operations plane of the sidecar."`
	Stage      string     `default:"auto" enum:"auto,off,shadow,canary_1,canary_10,canary_50,full,complete" help:"Stage of the sidecar: ${enum}."`
	Policy     policyFile `placeholder:"FILE" help:"Numbers of the rollout; examples/policy/rehearsal.yaml is quick enough to watch."`
	Flags      string     `placeholder:"FILE" help:"Flag file of the sidecar; edit it and watch."`
	Inject     string     `placeholder:"FILE" help:"Faults of the candidate, read again at each edit; see examples/faults.txt."`
	Store      string     `placeholder:"FILE" help:"SQLite file of comparisons. Default: a new one in the folder for temporary files."`
	LogLevel   slog.Level `default:"error" help:"Log of the sidecar, on standard error: debug, info, warn or error."`

	network []byte // that is varied
}

// Help says what the exit codes mean.
func (demoCommand) Help() string {
	return "It exits 0 only if every question was answered by both sides and compared; whether they agree, the summary says.\n\n" + exitHelp
}

// Validate names the flag that is out of range.
func (c *demoCommand) Validate() error {
	switch {
	case c.Scans < 1 || c.Scans > 10_000:
		return fmt.Errorf("--scans %d: want 1 to 10000", c.Scans)
	case c.Vary && c.Requests != "":
		return errors.New("--vary: a recorded scan can't be varied, leave out --requests")
	case c.Every < demoQuiet || c.Every > 24*time.Hour:
		return fmt.Errorf("--every %s: want %s to 24h", c.Every, demoQuiet)
	case c.Wait < time.Second || c.Wait > time.Hour:
		return fmt.Errorf("--wait %s: want 1s to 1h", c.Wait)
	}
	return nil
}

// Run starts both sides, sends the scans, and shows what became of them.
func (c *demoCommand) Run(ctx context.Context, s streams) (err error) {
	scan, subject, err := c.scan(s.in)
	if err != nil {
		return badInput(err)
	}
	log := logSettings{LogLevel: c.LogLevel}.logger(s.err)
	d := &demo{command: c, subject: subject, show: newPrinter(s.out, c.JSON)}
	defer func() {
		err = errors.Join(err, d.stop(demoStop, log))
	}()
	if err := d.start(ctx, s.err, log); err != nil {
		return err
	}
	d.show.begin(d)
	total, err := d.round(ctx, scan)
	switch {
	case err != nil && ctx.Err() != nil:
		return incomplete("incomplete: ended in the middle of the scans")
	case err != nil:
		return err
	}
	d.show.summary(total)
	if c.Once || !isTerminal(s.out) {
		d.show.after(d, false)
		if err := d.show.out.failed(); err != nil {
			return err
		}
		return total.verdict()
	}
	d.show.after(d, true)
	return d.goOn(ctx, scan)
}

// isTerminal says whether a person looks at w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// scan builds the questions and says in words what they are about.
func (c *demoCommand) scan(stdin io.Reader) (backend.Scan, string, error) {
	if c.Requests != "" {
		scan, err := backend.Recorded(c.Requests)
		return scan, "recorded scan " + filepath.Base(c.Requests), err
	}
	data, name := examples.SampleNetwork, "the sample network"
	if c.Network != "" {
		var err error
		if data, err = readNetworkFile(c.Network, stdin); err != nil {
			return backend.Scan{}, "", err
		}
		name = filepath.Base(c.Network)
	}
	c.network = data
	scan, nodes, err := c.questions(data)
	if err != nil {
		return backend.Scan{}, "", fmt.Errorf("%s: %w", name, err)
	}
	return scan, fmt.Sprintf("%s, %s, client %s", name, count(nodes, "node"), c.Client), nil
}

// questions are those of the client about a network.
func (c *demoCommand) questions(data []byte) (scan backend.Scan, nodes int, err error) {
	network, err := fbas.Read(data, fbas.DefaultLimits())
	if err != nil {
		return backend.Scan{}, 0, err
	}
	play := backend.Facade
	if c.Client == "adapter" {
		play = backend.Adapter
	}
	scan, err = play(network)
	return scan, len(network.Nodes), err
}

// another is the scan that comes after n others.
func (d *demo) another(scan backend.Scan, n uint64) (backend.Scan, error) {
	if !d.command.Vary || n == 0 {
		return scan.Renamed(), nil
	}
	body, _, err := vary.Request(d.command.network, n)
	if err != nil {
		return backend.Scan{}, fmt.Errorf("vary the network: %w", err)
	}
	scan, _, err = d.command.questions(body)
	return scan.Renamed(), err
}

// demo is the running demo.
type demo struct {
	lifecycle
	command *demoCommand
	subject string
	show    *printer
	primary string
	store   string
	scans   uint64 // sent so far
	tokens  string // file with the token of an operator
	sidecar *sidecar
}

func (d *demo) start(ctx context.Context, stderr io.Writer, log *slog.Logger) error {
	c := d.command
	if d.primary = c.Primary; d.primary == "" {
		scanner, err := startScanner(ctx, c.ScannerDir, stderr, log)
		if err != nil {
			return err
		}
		d.started("the Rust scanner", scanner.stop)
		d.primary = scanner.url
	}
	dir, err := os.MkdirTemp("", "understudy-demo-")
	if err != nil {
		return fmt.Errorf("make folder for the store: %w", err)
	}
	if d.store = c.Store; d.store == "" {
		d.store = filepath.Join(dir, "understudy.db")
	}
	if err := d.makeToken(dir); err != nil {
		return err
	}
	args := []string{
		"--primary", d.primary, "--listen", c.Listen, "--ops-listen", c.OpsListen, "--stage", c.Stage,
		"--policy", string(c.Policy), "--inject", c.Inject, "--tokens", d.tokens, "--store", d.store, "--burst-quiet", demoQuiet.String(),
	}
	if c.Flags != "" {
		args = append(args, "--flags", c.Flags)
	}
	serve, err := parseServe(args...)
	if err != nil {
		return badInput(err)
	}
	if d.sidecar, err = startSidecar(ctx, serve, log); err != nil {
		return err
	}
	d.started("the sidecar", func(context.Context) error { return d.sidecar.close(demoStop) })
	return nil
}

// makeToken makes one that lets the person at this terminal act as "demo", and
// the file that ctl reads it from.
func (d *demo) makeToken(dir string) error {
	secret := rand.Text()
	d.tokens = filepath.Join(dir, "tokens")
	if err := os.WriteFile(d.tokens, []byte("operator demo "+secret+"\n"), 0o600); err != nil {
		return fmt.Errorf("write tokens: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte(secret+"\n"), 0o600); err != nil {
		return fmt.Errorf("write token: %w", err)
	}
	return nil
}

// token is the file with the secret alone.
func (d *demo) token() string { return filepath.Join(filepath.Dir(d.tokens), "token") }

// parseServe gives the serve command as its own flags describe it, defaults
// included. The environment has no say.
func parseServe(args ...string) (*serveCommand, error) {
	var serve serveCommand
	parser, err := kong.New(&serve, kong.Name("serve"))
	if err != nil {
		return nil, fmt.Errorf("build command line of serve: %w", err)
	}
	_, err = parser.Parse(args)
	return &serve, err
}

// round sends the scans of one summary.
func (d *demo) round(ctx context.Context, scan backend.Scan) (*summary, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = scan.Len()
	defer transport.CloseIdleConnections()
	client := backend.Client{HTTP: &http.Client{Transport: transport}}

	total := newSummary(d)
	for i := range d.command.Scans {
		if i > 0 && scan.ID == "" {
			if err := pause(ctx, demoQuiet+100*time.Millisecond); err != nil {
				return nil, err
			}
		}
		start := time.Now()
		next, err := d.another(scan, d.scans)
		if err != nil {
			return nil, err
		}
		d.scans++
		answers := client.Play(ctx, d.sidecar.dataURL, next)
		total.add(answers, time.Since(start))
		if err := total.collect(ctx, d.sidecar.store, d.command.Wait); err != nil {
			return nil, err
		}
	}
	return total, nil
}

// goOn sends scans until it is asked to end.
func (d *demo) goOn(ctx context.Context, scan backend.Scan) error {
	for pause(ctx, d.command.Every) == nil {
		total, err := d.round(ctx, scan)
		switch {
		case err == nil:
			d.show.line(total, d.sidecar)
		case ctx.Err() == nil:
			return err
		} // else asked to end in the middle of a scan
	}
	d.show.end()
	return nil
}

// pause waits; the error is that of a context that ended first.
func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
