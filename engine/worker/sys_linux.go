package worker

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// processAttributes: a process group of its own, so that Ctrl-C at a terminal
// reaches only the parent and one signal reaches all that the child starts;
// and SIGKILL when the launcher's thread ends. Not a session of its own: where the
// kernel groups tasks by session (autogroup), niceness counts only within one.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func newSocketPair() ([2]int, error) {
	return syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
}

// lowerPriority applies to the calling thread and what it starts. That it is
// not allowed is no reason not to work.
func lowerPriority(nice int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, nice) }

// expendable has the kernel kill pid before its parent when memory runs out.
// Best effort: not every container lets it.
func expendable(pid int) {
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("500"), 0)
}

// boundMemory has the kernel refuse this process more memory than mapAtMost of
// limit; the runtime ends it then. Best effort, as a lower bound may be in force.
func boundMemory(limit int64) {
	bound := uint64(mapAtMost(limit))
	_ = unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: bound, Max: bound})
}

// resident is the memory that is pid's own, in bytes: anonymous, shared with what
// it started, or swapped out. Pages of files are left out: they are those of the
// binary, which all workers share, and the kernel drops them when it needs to.
func resident(pid int) (int64, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	var held int64
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		if name != "RssAnon" && name != "RssShmem" && name != "VmSwap" {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read memory of process %d: %w", pid, err)
		}
		held += kib << 10
	}
	return held, nil
}

// awaitExit returns when pid has ended and leaves it to be reaped, so that its
// number is not given to another process yet. It is false if that is not known.
func awaitExit(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}
