package store

import (
	"context"
	"database/sql"
	"time"
)

// Usage is how much the store holds, for gauges and alerts.
type Usage struct {
	Exchanges         int
	Bodies            int
	BodyBytes         int64 // of the bodies, compressed
	OpenDisagreements int
	Defects           int // disagreements that prove the primary wrong, approved ones among them
	// OldestOpen is since when the disagreement is open that has been so longest; zero without one.
	OldestOpen time.Time
}

// Usage measures the store.
func (s *Store) Usage(ctx context.Context) (Usage, error) {
	var u Usage
	err := s.view(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM exchanges`).Scan(&u.Exchanges); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(LENGTH(data)), 0) FROM bodies`).Scan(&u.Bodies, &u.BodyBytes); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM disagreements WHERE verdict = ?`, verdictPrimaryWrong).Scan(&u.Defects); err != nil {
			return err
		}
		var oldest int64
		err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(CASE WHEN opens_at > opened_at THEN opens_at ELSE opened_at END), 0)
			FROM disagreements WHERE opens_at <= ?`, s.now().UnixNano()).Scan(&u.OpenDisagreements, &oldest)
		u.OldestOpen = instant(oldest)
		return err
	})
	if err != nil {
		return Usage{}, explain("measure store", err)
	}
	return u, nil
}
