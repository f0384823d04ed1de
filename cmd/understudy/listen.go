package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// listen opens a TCP address, or a unix socket whose leftover from a killed
// process is replaced.
func listen(ctx context.Context, address string) (net.Listener, error) {
	if path, isUnix := strings.CutPrefix(address, "unix:"); isUnix {
		return listenUnix(ctx, path)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}

// socketMode lets nobody but this user connect.
const socketMode = 0o600

// listenUnix opens a socket that only this user can connect to, in a directory
// where nobody else can put another one in its place.
func listenUnix(ctx context.Context, path string) (net.Listener, error) {
	if err := checkPrivate(filepath.Dir(path)); err != nil {
		return nil, badInput(fmt.Errorf("--listen unix:%s: %w", path, err))
	}
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	config := net.ListenConfig{Control: ownerOnly}
	listener, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if runtime.GOOS == "linux" {
		return listener, nil
	}
	if err := os.Chmod(path, socketMode); err != nil {
		return nil, errors.Join(fmt.Errorf("listen: %w", err), listener.Close())
	}
	return listener, nil
}

// ownerOnly is net.ListenConfig.Control: it gives a socket its mode before it has
// a name, and Linux makes the file with it. So there is no moment in which others
// can connect, and the umask, which is the whole process's, is left alone.
// Elsewhere a socket without a name has no mode.
func ownerOnly(_, _ string, c syscall.RawConn) error {
	if runtime.GOOS != "linux" {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) { failed = syscall.Fchmod(int(fd), socketMode) })
	return errors.Join(err, failed)
}

// checkPrivate says what is wrong with a directory in which others could put a
// socket of theirs. A sticky bit is not enough: where there is no socket yet, or
// none any more, anybody may make one.
func checkPrivate(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch mode := info.Mode().Perm(); {
	case !info.IsDir():
		return fmt.Errorf("%s is no directory", dir)
	case mode&0o022 != 0:
		return fmt.Errorf("others may write to the directory %s, mode %04o: want one that only its owner may write to, as with mode 0700", dir, mode)
	case ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid():
		return fmt.Errorf("the directory %s belongs to user %d: want one of user %d or of root", dir, stat.Uid, os.Geteuid())
	}
	return nil
}

// removeStale removes a socket that nobody listens on any more, and nothing else;
// what is wrong with another kind of file Listen says.
func removeStale(ctx context.Context, path string) error {
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSocket == 0 {
		return nil
	}
	dialer := net.Dialer{Timeout: time.Second}
	if conn, err := dialer.DialContext(ctx, "unix", path); err == nil {
		conn.Close()
		return fmt.Errorf("listen on %s: somebody listens there already", path)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove socket left behind: %w", err)
	}
	return nil
}
