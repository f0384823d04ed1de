package worker_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"understudy/engine/worker"
)

func TestPool_KernelTakesAWorkerBeforeItsParentWhenMemoryRunsOut(t *testing.T) {
	onLinux(t)
	pid := pidOf(t, startPool(t, nil))
	if score := strings.TrimSpace(read(t, "/proc/%d/oom_score_adj", pid)); score != "500" {
		t.Errorf("oom_score_adj is %s, want 500", score)
	}
}

func TestPool_EveryThreadOfAWorkerIsNice(t *testing.T) {
	onLinux(t)
	p := startPool(t, func(c *worker.Config) { c.Nice = 7 })
	pid := pidOf(t, p)
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(threads) < 2 {
		t.Fatalf("threads are %v, %v", threads, err)
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended since
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if nice := strings.Fields(rest)[16]; nice != "7" { // the 19th field of proc_pid_stat(5)
			t.Errorf("%s: niceness is %s, want 7", thread, nice)
		}
	}
}

func read(t *testing.T, path string, args ...any) string {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf(path, args...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPool_StoppedWorkerIsKilledTwoSecondsAfterTheDeadlineAndTheSlotRecovers(t *testing.T) {
	clock := newManualClock()
	p, dir := startPool(t, func(c *worker.Config) { c.Clock = clock }), t.TempDir()
	stuck := askAside(t.Context(), p, gate(dir, "0"))
	pid := inside(t, dir, 1)[0]
	stop(t, pid)
	clock.advance(47*time.Second - 1)
	if gone(pid) {
		t.Fatal("killed before the grace was over")
	}
	clock.advance(1)
	wantReply(t, <-stuck, http.StatusGatewayTimeout, "did not end within 47s")
	if again := pidOf(t, p); again == pid || !gone(pid) {
		t.Error("the stopped worker is still there")
	}
}

func TestPool_WorkerThatIsStoppedWhileIdleCostsOneRequestItsDeadline(t *testing.T) {
	clock := newManualClock()
	p := startPool(t, func(c *worker.Config) { c.Clock = clock })
	pid := pidOf(t, p)
	before := len(clock.waits())
	stop(t, pid)
	stuck := askAside(t.Context(), p, "/pid")
	eventually(t, "the worker has it", func() bool { return len(clock.waits()) == before+2 }) // wait in the queue, deadline
	clock.advance(47 * time.Second)
	wantReply(t, <-stuck, http.StatusGatewayTimeout, "")
	pidOf(t, p)
}

// stop sends SIGSTOP and waits until the process is stopped.
func stop(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the process is stopped", func() bool {
		out, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
		return err == nil && bytes.HasPrefix(out, []byte("T"))
	})
}

func TestPool_WhatAWorkerStartedEndsWithIt(t *testing.T) {
	clock := newManualClock()
	for _, c := range []struct {
		name, then string
		end        func(answer <-chan reply)
	}{
		{"killed at the deadline", "", func(answer <-chan reply) {
			clock.advance(47 * time.Second)
			wantReply(t, <-answer, http.StatusGatewayTimeout, "")
		}},
		{"ended by itself", "end", func(answer <-chan reply) {
			wantReply(t, <-answer, http.StatusBadGateway, "exit status 9")
		}},
		{"killed by somebody while idle", "answer", func(answer <-chan reply) {
			r := <-answer
			wantReply(t, r, http.StatusOK, "")
			pid, _ := strconv.Atoi(r.body)
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			p := startPool(t, func(config *worker.Config) { config.Clock = clock })
			answer := askAside(t.Context(), p, "/leave?dir="+dir+"&then="+c.then)
			eventually(t, "it has started something", func() bool { return exists(dir + "/left") })
			left, err := strconv.Atoi(read(t, "%s", dir+"/left"))
			if err != nil {
				t.Fatal(err)
			}
			c.end(answer)
			eventually(t, "what it started is gone", func() bool { return gone(left) })
		})
	}
}
