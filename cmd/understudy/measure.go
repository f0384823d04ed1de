package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
func (m measurer) Measure(ctx context.Context, after, until, entered time.Time) (rollout.Measured, error) {
	since, err := m.evidenceSince(ctx)
	if err != nil {
		return rollout.Measured{}, err
	}
	e, err := m.store.Evidence(ctx, store.EvidenceQuery{
		After: after, Until: until, Entered: entered, Since: since, Core: console.CoreMetrics,
	})
	if err != nil {
		return rollout.Measured{}, err
	}
	return rollout.Measured{
		Until: until, Mirror: counted(e.Mirror), Served: counted(e.Served), Variations: e.Variations, OpenWrong: e.OpenWrong,
		Entry: rollout.Entry{Mirror: counted(e.EnteredMirror), Eligible: e.Eligible, Compared: e.Compared},
	}, nil
}

// evidenceSince is when the versions in force were met first, as the stored state says. To them all
// cases are new: what other versions were asked about would else hide their faults on a network that
// stays as it is.
func (m measurer) evidenceSince(ctx context.Context) (time.Time, error) {
	r, err := m.store.Rollout(ctx)
	if err != nil || r.Version == 0 {
		return time.Time{}, err
	}
	var stored struct {
		State struct {
			Position struct {
				EvidenceSince time.Time `json:"evidence_since"`
			} `json:"position"`
		} `json:"state"`
	}
	if err := json.Unmarshal(r.State, &stored); err != nil {
		return time.Time{}, fmt.Errorf("read stored state of the rollout: %w", err)
	}
	return stored.State.Position.EvidenceSince, nil
}

func counted(c store.ScanCount) rollout.Count {
	return rollout.Count{Scans: c.Scans, Disagree: c.Disagree}
}
