package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// serviceStart is how long the Rust scanner's service may take until it listens.
const serviceStart = 30 * time.Second

// listening is what it prints before its address.
const listening = "listening on "

// Service is the Rust scanner's service as a child process.
type Service struct {
	URL   string
	cmd   *exec.Cmd
	stdin io.Closer     // its end takes the child along, however this program ends
	ended chan struct{} // closed when it has ended
}

// StartService starts the service in folder (deploy/rust-scanner) on a free port, with its own defaults.
func StartService(ctx context.Context, folder string, stderr io.Writer) (*Service, error) {
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		return nil, fmt.Errorf("start the Rust scanner: its packages are not installed (npm ci in %s): %w", folder, err)
	}
	cmd := exec.Command("node", "server.mjs", "--listen", "127.0.0.1:0", "--exit-with-stdin")
	cmd.Dir, cmd.Stderr = folder, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt from the keyboard is for us: its answer is still awaited
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
	s := &Service{cmd: cmd, stdin: stdin, ended: make(chan struct{})}
	address := make(chan string, 1)
	go s.follow(stdout, address)
	select {
	case s.URL = <-address:
		return s, nil
	case <-s.ended:
		return nil, errors.New("start the Rust scanner: it ended before it listened")
	case <-ctx.Done():
		s.Stop()
		return nil, ctx.Err()
	case <-time.After(serviceStart):
		s.Stop()
		return nil, fmt.Errorf("start the Rust scanner: it does not listen after %s", serviceStart)
	}
}

// follow reads its output to the end and then collects the process.
func (s *Service) follow(stdout io.Reader, address chan<- string) {
	defer close(s.ended)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if _, url, found := strings.Cut(lines.Text(), listening); found {
			select {
			case address <- strings.TrimSpace(url):
			default: // it prints one address; a second one is no reason to wait
			}
		}
	}
	_ = s.cmd.Wait() // how it ended does not matter: who asks it afterwards gets an error
}

// Stop ends it at once; what it computes is of no use any more.
func (s *Service) Stop() {
	s.stdin.Close()
	_ = s.cmd.Process.Kill() // it may have ended already
	<-s.ended
}
