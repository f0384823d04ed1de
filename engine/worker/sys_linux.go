package worker

import (
	"errors"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// processAttributes: a process group of its own, so that Ctrl-C at a terminal
// reaches only the parent and one signal reaches all that the child starts;
// and SIGKILL when the launcher's thread ends.
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

// awaitExit returns when pid has ended and leaves it to be reaped, so that
// its number is not given to another process yet.
func awaitExit(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}
