package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// ErrNotAWorker is returned by Serve in a process that no Pool has started.
var ErrNotAWorker = errors.New("this process was not started as an engine worker")

// Serve is the whole life of a child: it answers requests with handler until
// the parent closes the control socket, is gone, or ctx ends. It then returns
// nil at once, whatever handler is still computing, and the process is meant
// to exit. SIGINT and SIGTERM are ignored from here on: the parent decides
// when its workers end.
func Serve(ctx context.Context, handler http.Handler) error {
	fd, err := strconv.Atoi(os.Getenv(controlEnv))
	if err != nil {
		return ErrNotAWorker
	}
	control, err := unixConn(os.NewFile(uintptr(fd), "control"))
	if err != nil {
		return fmt.Errorf("%w: control socket: %w", ErrNotAWorker, err)
	}
	defer control.Close()
	// What this process starts, if anything, is no worker.
	os.Unsetenv(controlEnv)
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
	if limit, err := strconv.ParseInt(os.Getenv(memoryEnv), 10, 64); err == nil {
		boundMemory(limit)
		go watchMemory(limit, memoryEvery)
	}
	if _, err := control.Write([]byte{1}); err != nil {
		return fmt.Errorf("report engine worker ready: %w", err)
	}
	server := &http.Server{Handler: handler}
	defer server.Close()
	defer context.AfterFunc(ctx, func() { control.Close() })()
	err = server.Serve(handedListener{control})
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("serve engine worker: %w", err)
}
