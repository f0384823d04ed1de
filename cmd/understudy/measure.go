package main

import (
	"context"
	"errors"
	"fmt"

	"understudy/console"
	"understudy/rollout"
	"understudy/rollout/audit"
	"understudy/rollout/control"
	"understudy/store"
)

// rolloutStore keeps the controller's state and audit in the store.
type rolloutStore struct{ store *store.Store }

// measurer reads the controller's evidence from the store.
type measurer struct{ store *store.Store }

var (
	_ control.Store    = rolloutStore{}
	_ control.Measurer = measurer{}
)

// Load implements control.Store.
func (s rolloutStore) Load(ctx context.Context) (control.Saved, error) {
	r, err := s.store.Rollout(ctx)
	return control.Saved{Version: r.Version, Seq: r.Seq, Head: r.Head, State: r.State}, err
}

// Save implements control.Store.
func (s rolloutStore) Save(ctx context.Context, from int64, state []byte, records []audit.Record) error {
	lines := make([]store.AuditRecord, len(records))
	for i, r := range records {
		lines[i] = store.AuditRecord{
			Seq: r.Seq, At: r.Change.At, Kind: string(r.Change.Kind), Actor: r.Change.Actor,
			Prev: r.Prev, Digest: r.Digest, Body: r.Body,
		}
	}
	err := s.store.SaveRollout(ctx, from, state, lines)
	if errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("%w: %w", control.ErrConflict, err)
	}
	return err
}

// Measure implements control.Measurer.
func (m measurer) Measure(ctx context.Context, span control.Span) (rollout.Measured, error) {
	e, err := m.store.Evidence(ctx, store.EvidenceQuery{
		After: span.After, Until: span.Until, Entered: span.Entered, Since: span.Since, Core: console.CoreMetrics,
	})
	if err != nil {
		return rollout.Measured{}, err
	}
	return rollout.Measured{
		Until: span.Until, Mirror: counted(e.Mirror), Served: counted(e.Served), Variations: e.Variations, OpenWrong: e.OpenWrong,
		Entry: rollout.Entry{Mirror: counted(e.EnteredMirror), Eligible: e.Eligible, Compared: e.Compared},
	}, nil
}

func counted(c store.ScanCount) rollout.Count {
	return rollout.Count{Scans: c.Scans, Disagree: c.Disagree}
}
