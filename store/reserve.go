package store

import (
	"context"
	"errors"
	"os"
)

// reserveSize is the room that is held back for pruning on a full disk. SQLite needs room before it
// can free any: what is deleted goes to the write-ahead log first, and the log, which has about 4 MB
// before it is worked off, can only be worked off into a file that may have to grow as much.
const reserveSize = 8 << 20

func (s *Store) reserve() string { return s.path + "-reserve" }

// useReserve gives the room that was held back to the log, and works the log off.
func (s *Store) useReserve(ctx context.Context) error {
	if err := os.Remove(s.reserve()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return s.emptyLog(ctx)
}

// emptyLog writes what is in the log to the file, and gives the log's room back unless a reader needs
// it yet.
func (s *Store) emptyLog(ctx context.Context) error {
	var busy, pages, done int
	return s.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &done)
}

// holdReserve takes the room, if it is there to be taken; without it only a full disk is worse.
func (s *Store) holdReserve() {
	if info, err := os.Stat(s.reserve()); err == nil && info.Size() == reserveSize {
		return
	}
	if err := os.WriteFile(s.reserve(), make([]byte, reserveSize), 0o600); err != nil {
		os.Remove(s.reserve())
	}
}
