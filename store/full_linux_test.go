package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestFull_PruneMakesRoomOnADiskWithoutAByteLeft needs a small disk. A child makes one in memory, in a
// user and mount namespace of its own, where that is allowed.
func TestFull_PruneMakesRoomOnADiskWithoutAByteLeft(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), childVariable+"="+filepath.Join(t.TempDir(), "store.db"), childWorkVariable+"=fill")
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	output, err := child.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || bytes.Contains(output, []byte(noDisk)) {
		t.Skipf("skips what needs a disk of its own: %v: %s", err, output)
	}
	if err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

const noDisk = "mount a disk in memory"

func init() { children["fill"] = fillDisk }

func fillDisk(path string) {
	if err := syscall.Mount("tmpfs", filepath.Dir(path), "tmpfs", 0, "size=16m"); err != nil {
		childMust(fmt.Errorf(noDisk+": %w", err))
	}
	ctx := context.Background()
	s := childOpen(path)
	_, err := s.Prune(ctx, Retention{}, noon) // holds the reserve
	childMust(err)
	n := childFill(s, 0)
	childMust(takeTheRest(filepath.Join(filepath.Dir(path), "other")))
	n = childFill(s, n) // what room the file had inside
	done, err := s.Prune(ctx, Retention{MaxAge: time.Hour}, noon.Add(time.Hour+time.Duration(n/2)*time.Minute))
	childMust(err)
	more := childFill(s, n) - n
	if done.Exchanges < n/2 || more < n/4 {
		childMust(fmt.Errorf("of %d exchanges it pruned %d, and then there was room for %d", n, done.Exchanges, more))
	}
	if info, err := os.Stat(s.reserve()); err != nil || info.Size() != reserveSize {
		childMust(fmt.Errorf("the reserve is not held again: %v, error %w", info, err))
	}
	childMust(s.Close())
}

// childFill records from the n-th exchange on until the store is full, and says which one had no room.
func childFill(s *Store, n int) int {
	const size = 10
	for {
		var batch []Exchange
		for i := n; i < n+size; i++ {
			batch = append(batch, bulky(i))
		}
		err := s.RecordBatch(context.Background(), batch)
		if errors.Is(err, ErrFull) {
			return n
		}
		childMust(err)
		n += size
	}
}

// takeTheRest writes until not a byte is left.
func takeTheRest(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	for _, size := range []int{4096, 1} {
		for err == nil {
			_, err = file.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return err
		}
		err = nil
	}
	return file.Close()
}
