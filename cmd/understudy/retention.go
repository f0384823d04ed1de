package main

import (
	"context"
	"log/slog"
	"time"

	"understudy/store"
)

const (
	// pruneEvery is how often the store is cut back; the first time is at the start.
	pruneEvery = time.Hour
	// pruneWithin is the longest that this may take; the next time goes on with it.
	pruneWithin = 5 * time.Minute
	// mostOpen is how many open disagreements keep bodies.
	mostOpen = 1000
)

// pruner is the store as the retention needs it.
type pruner interface {
	Prune(ctx context.Context, keep store.Retention, now time.Time) (store.Pruned, error)
}

var _ pruner = (*store.Store)(nil)

// retention keeps the store within its limits.
type retention struct {
	from pruner
	keep store.Retention
	now  func() time.Time
	log  *slog.Logger
}

// run prunes at once and at each tick, until the context ends.
func (r retention) run(ctx context.Context, ticks <-chan time.Time) {
	for {
		r.prune(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

func (r retention) prune(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, pruneWithin)
	defer cancel()
	start := time.Now()
	pruned, err := r.from.Prune(within, r.keep, r.now())
	switch {
	case ctx.Err() != nil: // ending
	case err != nil:
		r.log.Warn("store was not cut back", "error", err, "exchanges", pruned.Exchanges, "bodies", pruned.Bodies, "bytes", pruned.Bytes)
	case pruned != store.Pruned{}:
		r.log.Info("store was cut back", "exchanges", pruned.Exchanges, "disagreements", pruned.Disagreements,
			"bodies", pruned.Bodies, "bytes", pruned.Bytes, "took", time.Since(start))
	}
}

// startRetention keeps the store within --keep-days and --keep-bytes.
func (s *sidecar) startRetention(c *serveCommand) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	ticker := time.NewTicker(pruneEvery)
	r := retention{from: s.store, keep: c.retention(), now: s.now, log: s.log}
	go func() {
		defer close(done)
		defer ticker.Stop()
		r.run(ctx, ticker.C)
	}()
	s.started("retention", func(context.Context) error {
		cancel()
		<-done
		return nil
	})
}

func (c *serveCommand) retention() store.Retention {
	const day = 24 * time.Hour
	return store.Retention{MaxAge: time.Duration(c.KeepDays) * day, MaxBodyBytes: c.KeepBytes, MaxOpen: mostOpen}
}
