package store

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What callers tell apart with errors.Is.
var (
	// ErrFull: the disk or the allowed size is used up. Nothing of the call was recorded; the
	// store goes on reading, and writes again once there is room.
	ErrFull = errors.New("store is full")
	// ErrNotFound: no exchange, or no disagreement, has this ID.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the rollout was changed since it was read. Nothing of the call was recorded.
	ErrConflict = errors.New("changed by somebody else")
	// ErrNotStore: the file is no SQLite database, or one of something else.
	ErrNotStore = errors.New("not a store of Understudy")
	// ErrNewer: a later version of Understudy has written the file.
	ErrNewer = errors.New("store was written by a newer version of Understudy")
	// ErrDamaged: the file is a store and its contents contradict themselves.
	ErrDamaged = errors.New("store is damaged")
)

// explain says what was tried and gives SQLite's result codes the names above.
func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	var sqliteError *sqlite.Error
	if errors.As(err, &sqliteError) {
		switch sqliteError.Code() & 0xff { // the primary code
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%s: %w: %w", doing, ErrFull, err)
		case sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%s: %w: %w", doing, ErrNotStore, err)
		case sqlite3.SQLITE_CORRUPT:
			return fmt.Errorf("%s: %w: %w", doing, ErrDamaged, err)
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
