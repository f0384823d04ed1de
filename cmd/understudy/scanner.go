package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// scannerStart is how long the Rust scanner may take until it listens.
const scannerStart = 30 * time.Second

// listening is what its one line on standard output says before the address.
const listening = "listening on "

// scanner is the Rust scanner's service as a child process.
type scanner struct {
	url   string
	cmd   *exec.Cmd
	stdin io.Closer     // its end takes the child along, however we end
	done  chan struct{} // closed when it has ended
}

// startScanner starts the service of dir on a free port, after npm ci if its
// packages are not there yet.
func startScanner(ctx context.Context, dir string, stderr io.Writer, log *slog.Logger) (*scanner, error) {
	if _, err := os.Stat(filepath.Join(dir, "server.mjs")); err != nil {
		return nil, fmt.Errorf("find the Rust scanner: %w (name its folder with --scanner-dir, or a running one with --primary)", err)
	}
	if err := installScanner(ctx, dir, stderr); err != nil {
		return nil, err
	}
	cmd := exec.Command("node", "server.mjs", "--listen", "127.0.0.1:0", "--exit-with-stdin")
	cmd.Dir = dir
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the Rust scanner: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the Rust scanner: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the Rust scanner: %w", err)
	}
	s := &scanner{cmd: cmd, stdin: stdin, done: make(chan struct{})}
	address := make(chan string, 1)
	go s.follow(stdout, address, log)
	select {
	case s.url = <-address:
		return s, nil
	case <-s.done:
		return nil, errors.New("start the Rust scanner: it ended before it listened")
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), s.stop(context.Background()))
	case <-time.After(scannerStart):
		return nil, errors.Join(fmt.Errorf("start the Rust scanner: it does not listen after %s", scannerStart), s.stop(context.Background()))
	}
}

func installScanner(ctx context.Context, dir string, stderr io.Writer) error {
	// npm writes this file at the end of an installation.
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err == nil {
		return nil
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--silent")
	npm.Dir, npm.Stdout, npm.Stderr = dir, stderr, stderr
	if err := npm.Run(); err != nil {
		return fmt.Errorf("install the Rust scanner's packages (npm ci in %s): %w", dir, err)
	}
	return nil
}

// follow reads its output to the end and then collects the process.
func (s *scanner) follow(stdout io.Reader, address chan<- string, log *slog.Logger) {
	defer close(s.done)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if _, url, ok := strings.Cut(lines.Text(), listening); ok {
			select {
			case address <- strings.TrimSpace(url):
			default:
			}
		}
	}
	if err := s.cmd.Wait(); err != nil {
		log.Warn("the Rust scanner has ended", "error", err)
	}
}

// stop ends it: in good order, and at once when ctx ends.
func (s *scanner) stop(ctx context.Context) error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	s.stdin.Close()
	select {
	case <-s.done:
	case <-ctx.Done():
		_ = s.cmd.Process.Kill()
		<-s.done
	}
	return nil
}
