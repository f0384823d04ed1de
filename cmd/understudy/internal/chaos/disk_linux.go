package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// diskSize is that of the small disk, in megabytes: room for a new store and its reserve.
const diskSize = "24m"

// mountAndRun mounts a disk in memory at $1 and becomes the rest of its arguments.
const mountAndRun = `mount -t tmpfs -o size=` + diskSize + ` tmpfs "$1" && shift && exec "$@"`

// diskFaults give the store a disk of its own, in a mount namespace that goes away with
// the sidecar, and fill it to the last byte.
func diskFaults() []Fault {
	return []Fault{{
		Name: "disk full", Why: "a request waits for a record that can't be written", Stage: shadow,
		Prepare: smallDisk,
		Start: func(ctx context.Context, t *Target) (func(), error) {
			filler := filepath.Join("/proc", strconv.Itoa(t.PID), "root", filepath.Dir(t.Store), "filler")
			file, err := os.Create(filler)
			if err != nil {
				return nil, fmt.Errorf("fill disk: %w", err)
			}
			stop := every(ctx, 20*time.Millisecond, func() {
				if fill(file) {
					t.Struck()
				}
			})
			return func() {
				stop()
				file.Close()
			}, nil
		},
	}}
}

func smallDisk(ctx context.Context, t *Target) error {
	dir := t.File("disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	t.Store = filepath.Join(dir, "understudy.db")
	if err := keepsBodies(ctx, t); err != nil {
		return err
	}
	own := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	probe := exec.CommandContext(ctx, "sh", "-c", mountAndRun, "sh", dir, "true")
	probe.SysProcAttr = own
	if out, err := probe.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: mount a disk in memory: %w: %s", ErrNotHere, err, out)
	}
	t.Command = func(cmd *exec.Cmd) {
		if sh, err := exec.LookPath("sh"); err == nil {
			cmd.Args = append([]string{"sh", "-c", mountAndRun, "sh", dir, cmd.Path}, cmd.Args[1:]...)
			cmd.Path, cmd.SysProcAttr = sh, own
		}
	}
	return nil
}

// fill writes until not a byte is left, and reports whether that is so.
func fill(w io.Writer) bool {
	var err error
	for _, size := range []int{64 << 10, 1} {
		for err = nil; err == nil; {
			_, err = w.Write(make([]byte, size))
		}
	}
	return errors.Is(err, syscall.ENOSPC)
}
