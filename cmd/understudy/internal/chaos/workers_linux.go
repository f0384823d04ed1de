package chaos

import (
	"bytes"
	"context"
	"math"
	"net/http"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// workerFaults are done to the engine's processes from outside, while they work.
func workerFaults() []Fault {
	var list []Fault
	for _, f := range []Fault{
		{Name: "worker killed (SIGKILL), again and again", Why: "an answer under way is lost", Start: killWorkers},
		{Name: "worker stopped (SIGSTOP)", Why: "a request waits for it", Start: stopWorkers},
		{Name: "worker out of memory", Why: "the proxy goes down with it", Start: starveWorkers},
		{Name: "workers at 100 % CPU", Why: "the proxy gets no CPU", Start: burnWorkers},
	} {
		list = append(list, inBoth(f)...)
	}
	return list
}

func killWorkers(ctx context.Context, t *Target) (func(), error) {
	return every(ctx, 30*time.Millisecond, func() {
		for _, pid := range children(t.PID) {
			if signal(pid, syscall.SIGKILL) {
				t.Struck()
			}
		}
	}), nil
}

func stopWorkers(ctx context.Context, t *Target) (func(), error) {
	stopped := make(map[int]bool)
	end := every(ctx, 20*time.Millisecond, func() {
		for _, pid := range children(t.PID) {
			if !stopped[pid] && signal(pid, syscall.SIGSTOP) {
				stopped[pid] = true
				t.Struck()
			}
		}
	})
	return func() {
		end()
		for pid := range stopped {
			signal(pid, syscall.SIGCONT)
		}
	}, nil
}

// starveWorkers gives the workers no more memory than they have: whatever they ask the
// system for next they do not get, and a Go program ends at that.
func starveWorkers(ctx context.Context, t *Target) (func(), error) {
	starved := make(map[int]bool)
	return every(ctx, 20*time.Millisecond, func() {
		alive := make(map[int]bool)
		for _, pid := range children(t.PID) {
			if alive[pid] = true; starved[pid] {
				continue
			}
			none := unix.Rlimit{Cur: 1, Max: 1}
			for _, limit := range []int{unix.RLIMIT_AS, unix.RLIMIT_DATA} {
				starved[pid] = unix.Prlimit(pid, limit, &none, nil) == nil || starved[pid]
			}
		}
		for pid := range starved {
			if !alive[pid] { // it is dead, which is the point
				t.Struck()
				delete(starved, pid)
			}
		}
	}), nil
}

// burnWorkers asks questions that take the engine longer than the row. The primary
// answers them at once.
func burnWorkers(ctx context.Context, t *Target) (func(), error) {
	client := &http.Client{Timeout: 5 * time.Second}
	busy := 0
	return every(ctx, 50*time.Millisecond, func() {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.Data+hardQuestion.Path, bytes.NewReader(hardQuestion.Body))
		if err != nil {
			return
		}
		if response, err := client.Do(r); err == nil {
			response.Body.Close()
		}
		ticks := 0
		for _, pid := range children(t.PID) {
			ticks += cpuTicks(pid)
		}
		if ticks > busy+2 && busy > 0 {
			t.Struck()
		}
		busy = min(math.MaxInt, ticks)
	}), nil
}
