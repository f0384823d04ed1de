package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestListen_SocketIsForThisUserOnlyWhateverTheUmaskIs(t *testing.T) {
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	path := filepath.Join(privateDir(t), "engine.sock")
	listener, err := listen(t.Context(), "unix:"+path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("mode is %v, error %v", info.Mode(), err)
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is left behind: %v", err)
	}
}

func TestListen_SocketHasItsModeBeforeAnybodyCanFindIt(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a socket without a name has no mode here")
	}
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	path := filepath.Join(privateDir(t), "engine.sock")
	config := net.ListenConfig{Control: ownerOnly} // and nothing after it
	listener, err := config.Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, error %v", info.Mode(), err)
	}
}

func TestListen_RefusesADirectoryThatOthersCanChange(t *testing.T) {
	for name, c := range map[string]struct {
		change func(dir string) error
		want   string
	}{
		"group":         {func(dir string) error { return os.Chmod(dir, 0o770) }, "mode 0770: want one that only its owner may write to"},
		"all":           {func(dir string) error { return os.Chmod(dir, 0o702) }, "mode 0702"},
		"all, sticky":   {func(dir string) error { return os.Chmod(dir, os.ModeSticky|0o777) }, "mode 0777"},
		"none":          {os.Remove, "no such file or directory"},
		"another user":  {func(dir string) error { return os.Chown(dir, 12345, -1) }, "belongs to user 12345: want one of user"},
		"a mere file":   {func(dir string) error { return errors.Join(os.Remove(dir), os.WriteFile(dir, nil, 0o600)) }, "is no directory"},
		"only readable": {func(dir string) error { return os.Chmod(dir, 0o755) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := privateDir(t)
			if err := c.change(dir); errors.Is(err, os.ErrPermission) {
				t.Skip("only root gives a directory away")
			} else if err != nil {
				t.Fatal(err)
			}
			address := "unix:" + filepath.Join(dir, "engine.sock")
			listener, err := listen(t.Context(), address)
			if err == nil {
				listener.Close()
			}
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "--listen "+address)):
				t.Errorf("got %v, want --listen and %q in it", err, c.want)
			case c.want != "" && exitCode(err) != exitBadInput:
				t.Errorf("exit code is %d", exitCode(err))
			}
		})
	}
}

// privateDir is short enough for a socket's name.
func privateDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "u")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
