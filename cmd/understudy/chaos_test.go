package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"understudy/cmd/understudy/internal/chaos"
)

// How long each fault lasts; the default is for every run of the tests.
const chaosTime = "UNDERSTUDY_CHAOS" // default: 1s

var updateGuide = flag.Bool("update", false, "write the table of faults into docs/reliability.md")

func TestChaos_NoFaultReachesAClient(t *testing.T) {
	length, measure := chaosLength(t)
	questions, err := chaos.Questions(1)
	if err != nil {
		t.Fatal(err)
	}
	primary, err := chaos.StartPrimary(t.Context(), questions, chaosScanner(t))
	if err != nil {
		t.Fatal(err)
	}
	defer primary.Close()
	launcher := chaosLauncher{t}
	run := chaos.Run{Length: length, Primary: primary, Launch: launcher.launch, Dir: t.TempDir(), Measure: measure}
	if err := run.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := run.Close(); err != nil {
			t.Error(err)
		}
	}()
	var rows []chaos.Row
	for _, fault := range chaos.Faults() {
		t.Run(fault.Name+" "+fault.Stage, func(t *testing.T) {
			row, err := run.Row(t.Context(), fault)
			if err != nil {
				t.Fatal(err)
			}
			if rows = append(rows, row); row.Differences() > 0 {
				t.Errorf("%d of %d requests differ. The first:\n%s", row.Differences(), row.On.Requests, row.First())
			}
		})
	}
	var table strings.Builder
	chaos.Markdown(&table, rows)
	t.Logf("each fault for %s\n%s", length, table.String())
	if *updateGuide && !t.Failed() {
		if err := chaos.Replace(filepath.Join("..", "..", "docs", "reliability.md"), []byte(table.String())); err != nil {
			t.Error(err)
		}
	}
}

// chaosLength is how long a fault lasts. Where somebody has chosen that, latencies are
// wanted, too: of a binary without the race detector.
func chaosLength(t *testing.T) (length time.Duration, measure bool) {
	t.Helper()
	text := os.Getenv(chaosTime)
	if text == "" {
		return time.Second, false
	}
	length, err := time.ParseDuration(text)
	if err != nil || length <= 0 {
		t.Fatalf("%s=%q: want a time such as 1s or 1m", chaosTime, text)
	}
	command, err := built()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(command)+string(os.PathListSeparator)+os.Getenv("PATH"))
	return length, true
}

// chaosScanner gives the answers to replay: the real Rust scanner's, so that there are
// some that are wrong, or the engine's where that is not installed.
func chaosScanner(t *testing.T) chaos.Scanner {
	t.Helper()
	dir := filepath.Join("..", "..", "deploy", "rust-scanner")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err != nil {
		return chaos.Engine()
	}
	scanner, err := startScanner(t.Context(), needScanner(t), io.Discard, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = scanner.stop(context.Background()) })
	return chaos.At(scanner.url)
}

// chaosLauncher starts sidecars for faults.
type chaosLauncher struct{ t *testing.T }

const chaosToken = "a-secret-of-the-tests"

func chaosArgs(target *chaos.Target) []string {
	return append([]string{
		"serve", "--primary", target.Primary.URL, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--stage", target.Stage,
		"--workers", "2", "--store", target.Store, "--tokens", target.File("tokens"), "--burst-quiet", "300ms", "--shutdown-timeout", "1s",
		"--variations-per-hour", "0",
	}, target.Args...)
}

func (l chaosLauncher) launch(ctx context.Context, target *chaos.Target) (func() error, error) {
	target.Token = chaosToken
	if err := target.Write("tokens", "operator chaos "+chaosToken+"\n"); err != nil {
		return nil, err
	}
	if target.Now != nil {
		return l.inProcess(ctx, target)
	}
	s := &served{t: l.t, ended: make(chan struct{})}
	s.cmd = exec.Command("understudy", chaosArgs(target)...)
	s.cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	if target.Command != nil {
		target.Command(s.cmd)
	}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start understudy: %w", err)
	}
	up := make(chan []string, 1)
	go s.follow(stderr, up)
	select {
	case addresses := <-up:
		target.Data, target.Ops, target.PID = addresses[1], addresses[2], s.cmd.Process.Pid
	case <-s.ended:
		return nil, fmt.Errorf("understudy serve ended: %s", s.logged())
	}
	return func() error { return l.end(s) }, nil
}

// end stops a sidecar. That it dies, races or panics is an error even where no client
// has seen it.
func (l chaosLauncher) end(s *served) error {
	select {
	case <-s.ended:
		return fmt.Errorf("understudy serve had ended: %s\n%s", s.cmd.ProcessState, s.logged())
	default:
	}
	s.signal(syscall.SIGTERM)
	<-s.ended
	for line := range strings.Lines(s.logged()) {
		// What a worker says before it dies is no matter of the sidecar's.
		if !strings.Contains(line, "engine worker says") && crashed.MatchString(line) {
			return fmt.Errorf("the log of understudy serve has %s:\n%s", strings.TrimSpace(line), s.logged())
		}
	}
	return nil
}

// crashed is what a program in Go writes that is broken.
var crashed = regexp.MustCompile(`DATA RACE|panic|fatal error|goroutine \d`)

// inProcess starts a sidecar with the target's clock. Its candidate is an engine in
// this process, too: a worker would be this very test.
func (l chaosLauncher) inProcess(ctx context.Context, target *chaos.Target) (func() error, error) {
	var commands cli
	parser, err := kong.New(&commands, kong.Exit(func(int) {}))
	if err != nil {
		return nil, err
	}
	if _, err := parser.Parse(chaosArgs(target)); err != nil {
		return nil, err
	}
	commands.Serve.now = target.Now
	var log strings.Builder
	sidecar, err := startSidecar(ctx, &commands.Serve, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		return nil, err
	}
	target.Data, target.Ops = sidecar.dataURL, sidecar.opsURL
	return func() error {
		err := sidecar.close(commands.Serve.ShutdownTimeout)
		if crashed.MatchString(log.String()) {
			err = errors.Join(err, fmt.Errorf("the log has a crash:\n%s", log.String()))
		}
		return err
	}, nil
}
