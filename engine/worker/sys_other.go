//go:build unix && !linux

package worker

import (
	"errors"
	"syscall"
)

// processAttributes: there is no parent-death signal; the end of the control
// socket alone ends the children.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func newSocketPair() ([2]int, error) {
	// No child may be started between the two steps and inherit the sockets.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	return fds, err
}

// Niceness belongs to the process here; the children would not be alone.
func lowerPriority(int) {}

func expendable(int) {}

// What a process holds is not read here, nor bounded: its own guard looks.
func resident(int) (int64, error) { return 0, errors.ErrUnsupported }

func boundMemory(int64) {}

func awaitExit(int) bool { return false }
