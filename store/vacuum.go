package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
)

const (
	// incremental is SQLite's number for a file that gives pages back when it is told to.
	incremental = 2
	// pagesAtOnce is how many it gives back in one transaction.
	pagesAtOnce = 1000
)

// prepareVacuum makes an empty file one that can be shortened later. For one with rows that would mean
// to write it anew, which takes as much room again. The setting is taken over by a VACUUM, which, other
// than setting it before the first page is written, may meet another process that opens the file.
func prepareVacuum(ctx context.Context, db *sql.DB) (err error) {
	conn, err := db.Conn(ctx) // the two belong together
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	for _, statement := range []string{fmt.Sprintf(`PRAGMA auto_vacuum = %d`, incremental), `VACUUM`} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("prepare vacuum: %w", err)
		}
	}
	return nil
}

// giveBack shortens the file by its free pages, where it was made so that it can. That a full disk
// forbids it is no error, because what is free inside the file is used again.
func (s *Store) giveBack(ctx context.Context) error {
	mode, err := s.pragma(ctx, "auto_vacuum")
	if err != nil || mode != incremental {
		return err
	}
	for before := math.MaxInt; ; {
		free, err := s.pragma(ctx, "freelist_count")
		if err != nil {
			return err
		}
		if free == 0 || free >= before {
			return s.workOffLog(ctx)
		}
		if err := s.shorten(ctx); errors.Is(explain("", err), ErrFull) {
			return nil
		} else if err != nil {
			return err
		}
		before = free
	}
}

// workOffLog writes to the file what no reader needs in the log any more, which is when a file
// becomes shorter, and waits for nobody.
func (s *Store) workOffLog(ctx context.Context) error {
	var busy, pages, done int
	return s.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &pages, &done)
}

// shorten gives some pages back: one for each row of the pragma, so all have to be read.
func (s *Store) shorten(ctx context.Context) error {
	rows, err := s.writer.QueryContext(ctx, fmt.Sprintf(`PRAGMA incremental_vacuum(%d)`, pagesAtOnce))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		continue
	}
	return rows.Err()
}

func (s *Store) pragma(ctx context.Context, name string) (n int, err error) {
	err = s.writer.QueryRowContext(ctx, `PRAGMA `+name).Scan(&n)
	return n, err
}
