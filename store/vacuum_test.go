package store

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
)

func TestPrune_ShortensTheFile(t *testing.T) {
	s, _ := openClocked(t)
	for i := range 20 {
		e := judged(fmt.Sprint(i), "case", 0, "inconclusive")
		e.RequestBody = make([]byte, 512<<10)
		if _, err := rand.Read(e.RequestBody); err != nil {
			t.Fatal(err)
		}
		record(t, s, e)
	}
	before, err := s.pragma(t.Context(), "page_count")
	if err != nil {
		t.Fatal(err)
	}
	prune(t, s, Retention{MaxAge: day}, noon.Add(2*day))
	after, err := s.pragma(t.Context(), "page_count")
	if err != nil || after > before/20 {
		t.Errorf("%d pages, then %d, error %v", before, after, err)
	}
}

func TestPrune_OfAFileThatCannotBeShortenedLeavesItsPagesToBeUsedAgain(t *testing.T) {
	s := openAt(t, withoutVacuum(t))
	fill := func(round string) int {
		for i := range 5 {
			e := judged(fmt.Sprint(round, i), "case", 0, "inconclusive")
			e.PrimaryBody = make([]byte, 256<<10)
			if _, err := rand.Read(e.PrimaryBody); err != nil {
				t.Fatal(err)
			}
			record(t, s, e)
		}
		n, err := s.pragma(t.Context(), "page_count")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := fill("a")
	prune(t, s, Retention{MaxAge: day}, noon.Add(2*day))
	if free, err := s.pragma(t.Context(), "freelist_count"); err != nil || free < before/2 {
		t.Errorf("%d of %d pages are free, error %v", free, before, err)
	}
	if after := fill("b"); after > before+before/10 {
		t.Errorf("%d pages, then %d", before, after)
	}
}

// withoutVacuum makes a file as the first version made it, which gives no pages back.
func withoutVacuum(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	script, err := fs.ReadFile(embedded(), "0001_exchanges.sql")
	if err != nil {
		t.Fatal(err)
	}
	version := `CREATE TABLE schema_version (version INTEGER NOT NULL); INSERT INTO schema_version VALUES (1);`
	if _, err := db.ExecContext(t.Context(), version+string(script)); err != nil {
		t.Fatal(err)
	}
	return path
}
