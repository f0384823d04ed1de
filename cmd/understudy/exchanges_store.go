package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"understudy/console"
	"understudy/store"
)

// storeFlag names the store that a command reads.
type storeFlag struct {
	Store string `default:"understudy.db" placeholder:"FILE" help:"SQLite file of comparisons, as serve writes it; it may be running."`
}

// openStore opens a store that must be there: a name that is mistyped makes no
// new one.
func openStore(ctx context.Context, path string) (*store.Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, badInput(fmt.Errorf("--store: %w", err))
	}
	s, err := store.Open(ctx, path)
	switch {
	case errors.Is(err, store.ErrNotStore), errors.Is(err, store.ErrNewer), errors.Is(err, store.ErrDamaged):
		return nil, badInput(fmt.Errorf("--store: %w", err))
	case err != nil:
		return nil, fmt.Errorf("--store: %w", err)
	}
	return s, nil
}

// withStore opens the store for as long as a command reads it.
func (f storeFlag) withStore(ctx context.Context, read func(*store.Store) error) error {
	s, err := openStore(ctx, f.Store)
	if err != nil {
		return err
	}
	return errors.Join(read(s), s.Close())
}

// storePage is how many exchanges are listed at once, the most the store gives.
const storePage = 10_000

// eachExchange visits the exchanges of a filter, the newest first, without their
// bodies, until visit says no more. The filter's Limit counts for nothing.
func eachExchange(ctx context.Context, s *store.Store, f store.Filter, visit func(store.Exchange) bool) error {
	f.Limit = storePage
	seen := make(map[string]bool) // of the last page: exchanges of one moment may stand on both
	for {
		page, err := s.Exchanges(ctx, f)
		if err != nil {
			return err
		}
		fresh := make(map[string]bool, len(page))
		added := false
		for _, e := range page {
			fresh[e.ID] = true
			if seen[e.ID] {
				continue
			}
			added = true
			if !visit(e) {
				return nil
			}
		}
		if len(page) < storePage || !added {
			return nil
		}
		seen, f.Until = fresh, page[len(page)-1].At.Add(1) // wherever Until itself belongs
	}
}

// findExchange is the exchange whose ID begins so.
func findExchange(ctx context.Context, s *store.Store, prefix string) (store.Exchange, error) {
	e, err := s.Exchange(ctx, prefix)
	if !errors.Is(err, store.ErrNotFound) || prefix == "" {
		return e, err
	}
	var found []string
	err = eachExchange(ctx, s, store.Filter{}, func(e store.Exchange) bool {
		if strings.HasPrefix(e.ID, prefix) {
			found = append(found, e.ID)
		}
		return len(found) < 2
	})
	if err != nil {
		return e, err
	}
	id, err := single("exchange", prefix, found)
	if err != nil {
		return e, err
	}
	return s.Exchange(ctx, id)
}

// findDisagreement is the disagreement whose ID begins so.
func findDisagreement(ctx context.Context, s *store.Store, prefix string, f store.DisagreementFilter) (store.Disagreement, error) {
	d, err := s.Disagreement(ctx, prefix)
	if !errors.Is(err, store.ErrNotFound) || prefix == "" {
		return d, err
	}
	f.Limit = storePage
	list, err := s.Disagreements(ctx, f)
	if err != nil {
		return d, err
	}
	var found []string
	for _, d := range list {
		if strings.HasPrefix(d.ID, prefix) {
			found = append(found, d.ID)
		}
	}
	id, err := single("defect", prefix, found)
	if err != nil {
		return d, err
	}
	return s.Disagreement(ctx, id)
}

// single is the one ID that was found.
func single(what, prefix string, found []string) (string, error) {
	switch len(found) {
	case 0:
		return "", badInput(fmt.Errorf("no %s has an ID that begins with %q", what, prefix))
	case 1:
		return found[0], nil
	}
	return "", badInput(fmt.Errorf("more than one %s has an ID that begins with %q: want more of it", what, prefix))
}

// span is a length of time that may be given in days: 90d.
type span time.Duration

// UnmarshalText reads 90d, 36h, 15m.
func (d *span) UnmarshalText(text []byte) error {
	length, err := console.ParseSpan(string(text))
	*d = span(length)
	return err
}

// since is a moment: a time of RFC 3339, or how long ago it is. The zero value is
// the zero time, which stands for everything.
type since struct{ time.Time }

// UnmarshalText reads 2026-11-24T08:00:00Z, 7d, 36h.
func (s *since) UnmarshalText(text []byte) (err error) {
	s.Time, err = console.ParseMoment(string(text), time.Now())
	return err
}
