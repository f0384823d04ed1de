package peers

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// pipeGrace is how long the output of a process that was ended is still read; a grandchild may hold it open.
const pipeGrace = time.Second

// finished is a process that has ended.
type finished struct {
	stdout, stderr []byte
	wall           time.Duration
	code           int  // exit code, -1 if it was ended by a signal
	late           bool // it was ended because its time was over
}

// run runs a command and ends it, with all that it has started, when the limit is over or ctx ends. Its process group has its own
// number, and only that number is signalled. An error means that it could not be run at all, or that ctx ended.
func run(ctx context.Context, limit time.Duration, name string, args ...string) (finished, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(limited, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = pipeGrace
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	result := finished{
		stdout: stdout.Bytes(),
		stderr: stderr.Bytes(),
		wall:   time.Since(start),
		code:   cmd.ProcessState.ExitCode(),
		late:   limited.Err() != nil,
	}
	if ctx.Err() != nil {
		return result, ctx.Err()
	}
	var exit *exec.ExitError
	if err == nil || result.late || errors.As(err, &exit) {
		return result, nil
	}
	return result, err
}

// lastLine is what a program that failed said in the end, short enough for a table.
func lastLine(output []byte) string {
	const longest = 200
	lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	line := lines[len(lines)-1]
	return string(line[:min(len(line), longest)])
}
