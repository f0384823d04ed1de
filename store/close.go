package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// DefaultApproval is how long an approval holds that names no end.
const DefaultApproval = 90 * 24 * time.Hour

// closing ends an approval too: of what a person has closed, only being seen again opens it.
const closing = `UPDATE disagreements SET opens_at = ?, closed_at = ?, closed_by = ?, closed_reason = ?,
	approved_at = 0, approved_by = '', expires_at = 0`

// CloseDisagreement closes a disagreement, or ends its approval, until it is seen again. ErrNotFound
// when there is none.
func (s *Store) CloseDisagreement(ctx context.Context, id, by, reason string, at time.Time) error {
	doing := "close disagreement " + id
	if err := signed(by, reason, at); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return explain(doing, s.change(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, closing+` WHERE id = ?`, int64(never), at.UnixNano(), by, reason, id))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	}))
}

// CloseExchange closes the disagreements that an exchange showed and that are open then, and says
// how many. ErrNotFound when there is no such exchange.
func (s *Store) CloseExchange(ctx context.Context, exchangeID, by, reason string, at time.Time) (n int, err error) {
	doing := "close exchange " + exchangeID
	if err := signed(by, reason, at); err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	err = s.change(ctx, func(tx *sql.Tx) error {
		there, err := exists(ctx, tx, `SELECT 1 FROM exchanges WHERE id = ?`, exchangeID)
		if err == nil && !there {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		n, err = affected(tx.ExecContext(ctx, closing+` WHERE opens_at <= ? AND id IN (SELECT disagreement_id FROM sightings WHERE exchange_id = ?)`,
			int64(never), at.UnixNano(), by, reason, at.UnixNano(), exchangeID))
		return err
	})
	if err != nil {
		return 0, explain(doing, err)
	}
	return n, nil
}

// Approve takes note of a defect of the primary: the disagreement, whose verdict must be
// primary_wrong, is closed until the approval expires, seen or not; the zero time stands for
// DefaultApproval from then. ErrNotFound when there is none.
func (s *Store) Approve(ctx context.Context, id, by string, at, expires time.Time) error {
	doing := "approve disagreement " + id
	if expires.IsZero() {
		expires = at.Add(DefaultApproval)
	}
	if err := approvable(by, at, expires); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return explain(doing, s.change(ctx, func(tx *sql.Tx) error {
		var verdict string
		err := tx.QueryRowContext(ctx, `SELECT verdict FROM disagreements WHERE id = ?`, id).Scan(&verdict)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		case verdict != verdictPrimaryWrong:
			return fmt.Errorf("its verdict is %s: only %s can be approved", verdict, verdictPrimaryWrong)
		}
		_, err = tx.ExecContext(ctx, `UPDATE disagreements SET opens_at = ?, closed_at = 0, closed_by = '', closed_reason = '',
			approved_at = ?, approved_by = ?, expires_at = ? WHERE id = ?`,
			expires.UnixNano(), at.UnixNano(), by, expires.UnixNano(), id)
		return err
	}))
}

func signed(by, reason string, at time.Time) error {
	switch {
	case by == "":
		return errors.New("by is empty: it must name a person")
	case reason == "":
		return errors.New("reason is empty: it must say why")
	case at.IsZero():
		return errors.New("at is no time")
	}
	return nil
}

func approvable(by string, at, expires time.Time) error {
	switch {
	case by == "":
		return errors.New("by is empty: it must name a person")
	case at.IsZero():
		return errors.New("at is no time")
	case !expires.After(at):
		return fmt.Errorf("expires is %s: it must be after %s", expires.Format(time.RFC3339), at.Format(time.RFC3339))
	}
	return nil
}
