package chaos

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// children are the processes that a process has started.
func children(pid int) (list []int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		child, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if fields, err := stat(child); err == nil && fields[1] == strconv.Itoa(pid) && fields[0] != "Z" {
			list = append(list, child)
		}
	}
	return list
}

// stat gives the fields of /proc/PID/stat from the state on: the name before it may
// hold anything.
func stat(pid int) ([]string, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 13 {
		return nil, fmt.Errorf("read state of process %d: %q", pid, data)
	}
	return fields, nil
}

// cpuTicks is the time that a process has spent on the CPU, in ticks of 10 ms.
func cpuTicks(pid int) int {
	fields, err := stat(pid)
	if err != nil {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return user + system
}

func signal(pid int, s syscall.Signal) bool { return syscall.Kill(pid, s) == nil }
