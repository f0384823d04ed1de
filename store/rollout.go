package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Rollout is how far the rollout has come. The zero value: nothing is stored yet.
type Rollout struct {
	Version int64  // of State: 1 when it is saved first, one more each time
	State   []byte // JSON; the store does not look inside
	Head    string // digest of the last audit record; "": there is none
	Seq     int64  // number of that record
}

// Rollout reads the state that was saved last.
func (s *Store) Rollout(ctx context.Context) (Rollout, error) {
	var r Rollout
	err := s.view(ctx, func(tx *sql.Tx) (err error) {
		r, err = readRollout(ctx, tx)
		return err
	})
	return r, explain("read rollout", err)
}

func readRollout(ctx context.Context, tx *sql.Tx) (Rollout, error) {
	var r Rollout
	err := tx.QueryRowContext(ctx, `SELECT version, state, head, seq FROM rollout WHERE id = 1`).Scan(&r.Version, &r.State, &r.Head, &r.Seq)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return r, err
}

// SaveRollout replaces the state of version from and adds records to the audit, all or nothing; the
// new version is from + 1. ErrConflict says that somebody else was there in between: the stored
// version is not from, or the records do not continue the stored chain. When it returns nil, all of
// it has reached the disk.
func (s *Store) SaveRollout(ctx context.Context, from int64, state []byte, records []AuditRecord) error {
	if !json.Valid(state) {
		return errors.New("save rollout: the state is no JSON")
	}
	for _, r := range records {
		if err := r.check(); err != nil {
			return fmt.Errorf("save rollout: %w", err)
		}
	}
	return explain("save rollout", s.change(ctx, func(tx *sql.Tx) error {
		now, err := readRollout(ctx, tx)
		if err != nil {
			return err
		}
		if now.Version != from {
			return fmt.Errorf("%w: version %d is stored, and %d was to be replaced", ErrConflict, now.Version, from)
		}
		if now.Head, now.Seq, err = appendAudit(ctx, tx, now, records); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM rollout WHERE id = 1`); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO rollout (id, version, state, head, seq) VALUES (1, ?, ?, ?, ?)`,
			from+1, string(state), now.Head, now.Seq)
		return err
	}))
}
