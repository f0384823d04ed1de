package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"understudy/store"
)

const threeOfFour = `{"nodes": [
  {"publicKey": "a", "quorumSet": {"threshold": 3, "validators": ["a", "b", "c", "d"]}},
  {"publicKey": "b", "quorumSet": {"threshold": 3, "validators": ["a", "b", "c", "d"]}},
  {"publicKey": "c", "quorumSet": {"threshold": 3, "validators": ["a", "b", "c", "d"]}},
  {"publicKey": "d", "quorumSet": {"threshold": 3, "validators": ["a", "b", "c", "d"]}}]}`

const topTierAnswer = `{"top_tier":["a","b","c","d"],"top_tier_size":4,"execution_time_ms":1,"cache_hit":false}`

// served is a running "understudy serve".
type served struct {
	t         testing.TB
	cmd       *exec.Cmd
	data, ops string
	store     string
	ended     chan struct{}

	mu  sync.Mutex // guards log
	log strings.Builder
}

var upLine = regexp.MustCompile(`msg="understudy is up" data=(\S+) ops=(\S+)`)

// serveFor starts the command in front of a primary; it ends with the test.
func serveFor(t testing.TB, primary string, args ...string) *served {
	t.Helper()
	s := &served{t: t, store: filepath.Join(t.TempDir(), "understudy.db"), ended: make(chan struct{})}
	args = append([]string{
		"serve", "--primary", primary, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0",
		"--workers", "1", "--store", s.store,
	}, args...)
	s.cmd = exec.Command("understudy", args...)
	s.cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	up := make(chan []string, 1)
	go s.follow(stderr, up)
	t.Cleanup(func() {
		s.signal(syscall.SIGTERM)
		<-s.ended
		if t.Failed() {
			t.Logf("log of understudy serve:\n%s", s.logged())
		}
	})
	select {
	case addresses := <-up:
		s.data, s.ops = addresses[1], addresses[2]
	case <-s.ended:
		t.Fatalf("understudy serve ended: %s", s.logged())
	}
	return s
}

func (s *served) follow(stderr io.Reader, up chan<- []string) {
	defer close(s.ended)
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		s.mu.Lock()
		s.log.WriteString(lines.Text() + "\n")
		s.mu.Unlock()
		if found := upLine.FindStringSubmatch(lines.Text()); found != nil {
			up <- found
		}
	}
	_ = s.cmd.Wait() // its code is in ProcessState
}

func (s *served) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

func (s *served) signal(signal os.Signal) {
	select {
	case <-s.ended:
	default:
		_ = s.cmd.Process.Signal(signal) // it may end at this very moment
	}
}

// ask sends a question and gives status, who answered, and the exchange.
func (s *served) ask(path string) (status int, servedBy, exchange string) {
	s.t.Helper()
	response, err := http.Post(s.data+path, "application/json", strings.NewReader(threeOfFour))
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("X-Understudy-Served-By"), response.Header.Get("X-Understudy-Exchange")
}

func (s *served) readyz() readiness {
	s.t.Helper()
	response, err := http.Get(s.ops + "/readyz")
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	var r readiness
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
		s.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		s.t.Fatalf("readyz %s: %+v", response.Status, r)
	}
	return r
}

// outcome waits until an exchange is in the store.
func (s *served) outcome(exchange string) store.Exchange {
	s.t.Helper()
	from, err := store.Open(s.t.Context(), s.store)
	if err != nil {
		s.t.Fatal(err)
	}
	defer from.Close()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	e, err := recorded(ctx, from, exchange)
	if err != nil {
		s.t.Fatalf("exchange %s: %v", exchange, err)
	}
	return e
}

// eventually polls until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !holds() {
		if pause(ctx, 20*time.Millisecond) != nil {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// primaryAt answers every question with the top tier of three-of-four, on an
// address of its own or on that of one that is gone.
func primaryAt(t *testing.T, address string) *httptest.Server {
	t.Helper()
	return primaryWith(t, address, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, topTierAnswer) })
}

func primaryWith(t *testing.T, address string, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health" { // the sidecar's own question, and no test's
			io.WriteString(w, `{"version":"1"}`)
			return
		}
		handler(w, r)
	}))
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return server
}
