package store

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen_MakesTheDirectoryAndKeepsTheFilesToItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b", "100%?#", "store.db")
	s := openAt(t, path)
	record(t, s, differing("one"))
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) < 2 { // the file and its log
		t.Fatalf("%v, error %v", entries, err)
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, error %v", entry.Name(), info.Mode(), err)
		}
	}
}

func TestOpen_SaysWhatIsWrongWithThePath(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database. ", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	db, err := sql.Open("sqlite", other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE guests (name TEXT)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, c := range []struct {
		name, path, says string
		is               error
	}{
		{"no path", "", "no path", nil},
		{"below a file", filepath.Join(text, "store.db"), "not a directory", nil},
		{"a directory", dir, "is a directory", nil},
		{"a device", os.DevNull, "not a regular file", nil},
		{"a text", text, "not a store of Understudy", ErrNotStore},
		{"a database of something else", other, "other tables", ErrNotStore},
	} {
		_, err := Open(t.Context(), c.path)
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.path) || (c.is != nil && !errors.Is(err, c.is)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestOpen_SetsWhatDurabilityRestsOn(t *testing.T) {
	s := openNew(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "foreign_keys": "1",
	} {
		for name, db := range map[string]*sql.DB{"writer": s.writer, "reader": s.reader} {
			var got string
			if err := db.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s of the %s is %s, error %v", pragma, name, got, err)
			}
		}
	}
	if _, err := s.reader.ExecContext(t.Context(), `DELETE FROM exchanges`); err == nil {
		t.Error("a reader may write")
	}
}

func TestClose_TwiceIsFineAndThenNothingWorks(t *testing.T) {
	s := openNew(t)
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if s.Ping(t.Context()) == nil || s.Record(t.Context(), differing("late")) == nil {
		t.Error("a closed store answers")
	}
}
