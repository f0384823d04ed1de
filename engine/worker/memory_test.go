package worker_test

import (
	"net/http"
	"os"
	"runtime"
	"sync/atomic"
	"testing"

	"understudy/engine/worker"
)

func TestPool_WorkerAboveItsMemoryIsKilledAndTheAnswerSaysSo(t *testing.T) {
	var held atomic.Int64
	p, dir := newPool(t, func(c *worker.Config) { c.Memory = 100 << 20 }), t.TempDir()
	p.SetResident(func(int) (int64, error) { return held.Load(), nil })
	start(t, p)
	computing := askAside(t.Context(), p, gate(dir, "0"))
	pid := inside(t, dir, 1)[0]
	held.Store(100 << 20)
	if gone(pid) {
		t.Fatal("killed at its limit and not above it")
	}
	held.Store(123 << 20)
	wantReply(t, <-computing, http.StatusBadGateway, "it holds 123 MiB of memory, limit 100 MiB")
	held.Store(0)
	if again := pidOf(t, p); again == pid || !gone(pid) {
		t.Error("the same worker answers")
	}
	if n := p.Stats().Restarts[worker.ReasonMemory]; n < 1 {
		t.Errorf("%d ends for memory, want one", n)
	}
}

func TestPool_IdleWorkerAboveItsMemoryIsReplaced(t *testing.T) {
	var fat atomic.Int64
	p := newPool(t, nil)
	p.SetResident(func(pid int) (int64, error) {
		if int64(pid) == fat.Load() {
			return 2 << 30, nil
		}
		return 0, nil
	})
	start(t, p)
	pid := pidOf(t, p)
	fat.Store(int64(pid))
	eventually(t, "the worker is killed", func() bool { return p.Stats().Restarts[worker.ReasonMemory] == 1 })
	pidOf(t, p)
}

func TestPool_MemoryOutsideTheGoHeapCounts(t *testing.T) {
	onLinux(t)
	p := startPool(t, func(c *worker.Config) { c.Memory = 90 << 20 })
	wantReply(t, ask(t.Context(), p, "/outside", ""), http.StatusBadGateway, "MiB of memory, limit 90 MiB")
	pidOf(t, p) // by then the end is counted
	if s := p.Stats(); s.Restarts[worker.ReasonMemory] != 1 {
		t.Errorf("stats are %+v", s)
	}
}

func TestPool_KernelMapsNoWorkerMoreThanItsHardBound(t *testing.T) {
	onLinux(t)
	p := startPool(t, func(c *worker.Config) { c.Memory = 1 << 30 })
	// 2 is the runtime's, 66 the race detector's.
	wantReply(t, ask(t.Context(), p, "/atonce", ""), http.StatusBadGateway, "engine worker ended: exit status ")
}

func onLinux(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/status"); err != nil || runtime.GOOS != "linux" {
		t.Skip("what it is about is done on Linux only")
	}
}
