package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/store"
)

// prunerFunc is a store that only prunes.
type prunerFunc func(ctx context.Context, keep store.Retention, now time.Time) (store.Pruned, error)

func (f prunerFunc) Prune(ctx context.Context, keep store.Retention, now time.Time) (store.Pruned, error) {
	return f(ctx, keep, now)
}

func TestRetention_PrunesAtTheStartAndAtEachTickUntilItEnds(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	want := store.Retention{MaxAge: 90 * 24 * time.Hour, MaxBodyBytes: 2 << 30, MaxOpen: 1000}
	var log strings.Builder
	calls, ticks := make(chan error), make(chan time.Time)
	r := retention{
		from: prunerFunc(func(ctx context.Context, keep store.Retention, now time.Time) (store.Pruned, error) {
			if _, bounded := ctx.Deadline(); !bounded || keep != want || now != at {
				t.Errorf("pruned to %+v at %s, bounded %v", keep, now, bounded)
			}
			return store.Pruned{Bodies: 7}, <-calls
		}),
		keep: (&serveCommand{KeepDays: 90, KeepBytes: 2 << 30}).retention(), now: func() time.Time { return at },
		log: slog.New(slog.NewTextHandler(&log, nil)),
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.run(ctx, ticks) })
	calls <- nil
	ticks <- at
	calls <- errors.New("database is locked")
	ticks <- at // taken when the one before is over
	calls <- nil
	cancel()
	running.Wait()
	for _, line := range []string{"level=INFO msg=\"store was cut back\"", "level=WARN msg=\"store was not cut back\" error=\"database is locked\"", "bodies=7"} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("the log lacks %s:\n%s", line, log.String())
		}
	}
}

func TestRetention_ZeroDaysAndBytesKeepEverything(t *testing.T) {
	if keep := (&serveCommand{}).retention(); keep != (store.Retention{MaxOpen: 1000}) {
		t.Errorf("got %+v", keep)
	}
}
