package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"
)

// lifecycle holds what was started, to stop it in reverse order. The zero value
// is ready. It belongs to one goroutine.
type lifecycle struct {
	parts  []part
	failed chan error // of servers that ended by themselves
}

type part struct {
	name string
	stop func(context.Context) error
}

func (l *lifecycle) started(name string, stop func(context.Context) error) {
	l.parts = append(l.parts, part{name, stop})
}

// serve starts a server; its stop lets requests under way finish.
func (l *lifecycle) serve(name string, server *http.Server, listener net.Listener) {
	if l.failed == nil {
		l.failed = make(chan error, 8)
	}
	failed := l.failed
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve %s: %w", name, err)
		}
	}()
	l.started(name, func(ctx context.Context) error {
		if err := server.Shutdown(ctx); err != nil {
			return errors.Join(err, server.Close())
		}
		return nil
	})
}

// wait returns when the context ends (nil) or a server does.
func (l *lifecycle) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-l.failed:
		return err
	}
}

// stop stops everything, the last started first. All parts share the time; one
// that is late does not keep the others from being stopped.
func (l *lifecycle) stop(within time.Duration, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	var errs []error
	for _, p := range slices.Backward(l.parts) {
		start := time.Now()
		err := p.stop(ctx)
		log.Debug("stopped", "part", p.name, "took", time.Since(start))
		if err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, fmt.Errorf("stop %s: %w", p.name, err))
		}
	}
	l.parts = nil
	return errors.Join(errs...)
}
