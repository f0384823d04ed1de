package worker_test

import (
	"fmt"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPool_StoppedWorkersEndWithAParentThatIsKilled(t *testing.T) {
	// The kernel hangs up and continues stopped processes whose parent ends, unless
	// they fall to somebody in their own session, as to the init of a container.
	// Then nobody continues them, so that they never read the end of their control
	// socket: the parent-death signal alone kills them.
	adopt(t)
	parent, pids := startParent(t)
	for _, pid := range pids {
		stop(t, pid)
	}
	_ = parent.Process.Signal(syscall.SIGKILL)
	_ = parent.Wait()
	for _, pid := range pids {
		eventually(t, fmt.Sprintf("worker %d is gone", pid), func() bool { return gone(pid) })
		_, _ = unix.Wait4(pid, nil, 0, nil)
	}
}

// adopt has the orphans of this process's children fall to this process.
func adopt(t *testing.T) {
	t.Helper()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Skip("orphans can't be adopted:", err)
	}
	t.Cleanup(func() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) })
}
