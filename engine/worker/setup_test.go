package worker_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"understudy/engine/worker"
)

// patience is how long a test waits for something that has to happen.
const patience = 20 * time.Second

// command returns the argument vector and environment that make a child of
// this test binary play mode.
func command(t *testing.T, c *worker.Config, mode string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.Command = []string{exe}
	// The race detector would have every child wait a second before it ends.
	c.Env = append(c.Env, modeEnv+"="+mode, "GORACE=atexit_sleep_ms=0")
}

// startPool starts a pool of test workers and closes it when the test ends.
func startPool(t *testing.T, change func(*worker.Config)) *worker.Pool {
	t.Helper()
	p := newPool(t, change)
	start(t, p)
	return p
}

// newPool makes a pool of test workers that is closed when the test ends.
func newPool(t *testing.T, change func(*worker.Config)) *worker.Pool {
	t.Helper()
	c := worker.Config{Workers: 1, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	command(t, &c, "worker")
	if change != nil {
		change(&c)
	}
	p, err := worker.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = p.Close(ctx) // an error says that it had to kill
	})
	return p
}

func start(t *testing.T, p *worker.Pool) {
	t.Helper()
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

// ask sends a request through the pool as a RoundTripper.
func ask(ctx context.Context, p *worker.Pool, path, body string) reply {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://engine"+path, strings.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	resp, err := p.RoundTrip(r)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(data), err}
}

// askAside asks in a goroutine.
func askAside(ctx context.Context, p *worker.Pool, path string) <-chan reply {
	answered := make(chan reply, 1)
	go func() { answered <- ask(ctx, p, path, "") }()
	return answered
}

func wantReply(t *testing.T, r reply, status int, inBody string) {
	t.Helper()
	if r.err != nil {
		t.Fatalf("got error %v, want status %d", r.err, status)
	}
	if r.status != status || !strings.Contains(r.body, inBody) {
		t.Fatalf("got %d %q, want %d with %q", r.status, r.body, status, inBody)
	}
	if _, err := strconv.Atoi(r.header.Get(worker.QueueHeader)); err != nil {
		t.Fatalf("header %s is %q, want a number", worker.QueueHeader, r.header.Get(worker.QueueHeader))
	}
	if status >= 500 && r.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("content type of %d is %q", status, r.header.Get("Content-Type"))
	}
}

// eventually polls until condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s in vain: %s", patience, what)
		}
	}
}

// inside waits until n requests to /gate are in, and returns the ids of their
// workers.
func inside(t *testing.T, dir string, n int) (pids []int) {
	t.Helper()
	eventually(t, strconv.Itoa(n)+" requests inside", func() bool {
		pids = nil
		found, _ := filepath.Glob(filepath.Join(dir, "in-*"))
		for _, f := range found {
			pid, _ := strconv.Atoi(f[strings.LastIndex(f, "-")+1:])
			pids = append(pids, pid)
		}
		return len(pids) == n
	})
	return pids
}

// pidOf asks the next free worker for its process id.
func pidOf(t *testing.T, p *worker.Pool) int {
	t.Helper()
	r := ask(t.Context(), p, "/pid", "")
	wantReply(t, r, http.StatusOK, "")
	pid, err := strconv.Atoi(r.body)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// gone says whether the process has ended, reaped or not.
func gone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}

// manualClock is a clock whose timers fire when a test says so.
type manualClock struct {
	mu     sync.Mutex // guards the rest
	now    time.Time
	timers []manualTimer
	asked  []time.Duration
}

type manualTimer struct {
	at   time.Time
	fire chan time.Time
}

func newManualClock() *manualClock { return &manualClock{now: time.Unix(1_700_000_000, 0)} }

func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manualClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	timer := manualTimer{c.now.Add(d), make(chan time.Time, 1)}
	c.timers = append(c.timers, timer)
	c.asked = append(c.asked, d)
	return timer.fire
}

// advance moves the time and fires what is due.
func (c *manualClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	later := c.timers[:0]
	for _, t := range c.timers {
		if t.at.After(c.now) {
			later = append(later, t)
		} else {
			t.fire <- c.now
		}
	}
	c.timers = later
}

// waits returns every duration that was asked for so far.
func (c *manualClock) waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.asked...)
}
