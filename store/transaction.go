package store

import (
	"context"
	"database/sql"
	"errors"
)

// change runs one write transaction; an error undoes it. Writes wait for each other.
func (s *Store) change(ctx context.Context, do func(tx *sql.Tx) error) (err error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer rollback(tx, &err)
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// view runs queries that must see the store at one moment, such as a row and the bodies it names.
func (s *Store) view(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return do(tx)
}

// exists says whether a query has a row.
func exists(ctx context.Context, tx *sql.Tx, query string, arguments ...any) (bool, error) {
	var one int
	err := tx.QueryRowContext(ctx, query, arguments...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// affected is how many rows a statement changed.
func affected(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
