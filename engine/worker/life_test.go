package worker_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"understudy/engine/worker"
)

func TestStart_FailsWhenNoWorkerComesUpAndGoesOnTrying(t *testing.T) {
	for mode, want := range map[string]string{"exit": "exit status 7", "mute": "i/o timeout"} {
		t.Run(mode, func(t *testing.T) {
			c := worker.Config{Workers: 2, ReadyWithin: 100 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)}
			if mode == "exit" {
				c.ReadyWithin = patience
			}
			command(t, &c, mode)
			p, err := worker.New(c)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Start(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error with %q", err, want)
			}
			eventually(t, "it tries again", func() bool { return p.Stats().Restarts[worker.ReasonStart] > 2 })
			if err := p.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestClose_LetsARunningAnalysisEndAndRefusesTheRest(t *testing.T) {
	p, dir := startPool(t, nil), t.TempDir()
	computing := askAside(t.Context(), p, gate(dir, "0"))
	pid := inside(t, dir, 1)[0]
	waiting := askAside(t.Context(), p, "/pid")
	eventually(t, "one request waits", func() bool { return p.Stats().Queued == 1 })
	closed := make(chan error)
	go func() { closed <- p.Close(context.Background()) }()
	wantReply(t, <-waiting, http.StatusServiceUnavailable, "shutting down")
	touch(dir + "/open")
	wantReply(t, <-computing, http.StatusOK, "")
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if !gone(pid) {
		t.Error("the worker still runs")
	}
	wantReply(t, ask(t.Context(), p, "/pid", ""), http.StatusServiceUnavailable, "shutting down")
	if err := p.Close(context.Background()); err != nil {
		t.Error("closing again:", err)
	}
}

func TestClose_KillsWhatStillRunsWhenItsContextEnds(t *testing.T) {
	p, dir := startPool(t, nil), t.TempDir()
	computing := askAside(t.Context(), p, gate(dir, "0"))
	pid := inside(t, dir, 1)[0]
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wantReply(t, <-computing, http.StatusServiceUnavailable, "shutting down")
	if !gone(pid) {
		t.Error("the worker still runs")
	}
}

func TestClose_BeforeStartIsFine(t *testing.T) {
	p, err := worker.New(worker.Config{Command: []string{"none"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := p.Start(t.Context()); err == nil {
		t.Error("started after Close")
	}
}

func TestClose_DoesNotWaitForAChildThatDoesNotGetReady(t *testing.T) {
	c := worker.Config{Workers: 1, ReadyWithin: time.Hour, Logger: slog.New(slog.DiscardHandler)}
	command(t, &c, "mute")
	p, err := worker.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := p.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestPool_ChildInheritsNoneOfTheParentsSocketsAndFiles(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("open descriptors are read from /proc")
	}
	before := openTargets()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := startPool(t, func(c *worker.Config) { c.Workers = 2 })
	pidOf(t, p)
	r := ask(t.Context(), p, "/descriptors", "")
	if !strings.Contains(r.body, "socket:") {
		t.Fatalf("no sockets in %s", r.body)
	}
	for target := range openTargets() {
		ours := strings.HasPrefix(target, "socket:") || target == file.Name()
		if ours && !before[target] && strings.Contains(r.body, target) {
			t.Errorf("the worker holds %s of its parent:\n%s", target, r.body)
		}
	}
}

// openTargets is what the descriptors of this process stand for.
func openTargets() map[string]bool {
	targets := map[string]bool{}
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			targets[target] = true
		}
	}
	return targets
}

func TestPool_ChildrenHaveLowPriorityALimitAndAGroupOfTheirOwn(t *testing.T) {
	p := startPool(t, func(c *worker.Config) { c.Memory = 123 << 20 })
	r := ask(t.Context(), p, "/stat", "")
	_, rest, _ := strings.Cut(r.body, ") ")
	fields := strings.Fields(rest) // from the third field of proc_pid_stat(5) on
	pid, _, _ := strings.Cut(r.body, " ")
	if fields[2] != pid {
		t.Errorf("process group is %s, want %s", fields[2], pid)
	}
	if fields[16] != "10" {
		t.Errorf("niceness is %s, want 10", fields[16])
	}
	if limit := fields[len(fields)-1]; limit != strconv.Itoa(123<<20/4*3) {
		t.Errorf("GOMEMLIMIT is %s", limit)
	}
}

func TestPool_LogsWhatAWorkerWritesToStandardErrorLineByLine(t *testing.T) {
	var log lockedBuffer
	p := startPool(t, func(c *worker.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	wantReply(t, ask(t.Context(), p, "/exit", ""), http.StatusBadGateway, "")
	eventually(t, "the line is logged", func() bool { return strings.Contains(log.String(), `line="about to end"`) })
}

type lockedBuffer struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}
func (b *lockedBuffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.buf.String() }

// playParent starts a pool, one worker of it busy for good, prints the ids of
// its workers and waits to be killed.
func playParent() {
	c := worker.Config{Command: []string{os.Args[0]}, Env: []string{modeEnv + "=worker"}, Workers: 2}
	p, err := worker.New(c)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	if err := p.Start(ctx); err != nil {
		panic(err)
	}
	go ask(ctx, p, gate(os.Getenv("UNDERSTUDY_TEST_DIR"), "0"), "")
	go ask(ctx, p, gate(os.Getenv("UNDERSTUDY_TEST_DIR"), "1"), "")
	fmt.Println("started")
	select {}
}

func TestPool_WorkersEndWithAParentThatIsKilled(t *testing.T) {
	parent, pids := startParent(t)
	_ = parent.Process.Signal(syscall.SIGKILL)
	_ = parent.Wait()
	for _, pid := range pids {
		eventually(t, fmt.Sprintf("worker %d is gone", pid), func() bool { return gone(pid) })
	}
}

// startParent starts a process with a pool of two workers, and waits until both
// hold a request.
func startParent(t *testing.T) (parent *exec.Cmd, workers []int) {
	t.Helper()
	dir := t.TempDir()
	parent = exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), modeEnv+"=parent", "UNDERSTUDY_TEST_DIR="+dir)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "started\n" {
		t.Fatalf("parent says %q, %v", line, err)
	}
	return parent, inside(t, dir, 2)
}
