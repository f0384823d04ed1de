package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		writeUntilKilled(path)
		return
	}
	goleak.VerifyTestMain(m)
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC)

func differing(id string) Exchange {
	return Exchange{
		ID: id, At: noon, Scan: "scan-1", Client: "b0a7", Repeat: true, Mixed: true, Overlong: true, Note: "the candidate was late", Analysis: "top-tier", Level: "whole", MergeBy: "none", Case: "c0ffee",
		ServedBy: "primary", Reason: "stage_shadow", Outcome: "differ", Nodes: 21,
		Primary:   Side{Status: 200, Latency: 1500 * time.Millisecond},
		Candidate: Side{Status: 0, Failure: "timeout", Latency: 45 * time.Second},
		Metrics: []Metric{
			{Name: "top_tier", Outcome: "differ", Primary: "21", Candidate: "20"},
			{Name: "min_quorum", Outcome: "agree", Primary: "10", Candidate: "10"},
		},
		Path: "/analyze/top-tier?x=%2F", ContentType: "application/json",
		RequestBody: []byte(`{"nodes":[]}`), PrimaryBody: []byte(`{"size":21}`), CandidateBody: []byte{},
	}
}

func agreeing(id string) Exchange {
	e := differing(id)
	e.Outcome = "agree"
	e.Metrics = []Metric{{Name: "top_tier", Outcome: "agree", Primary: "21", Candidate: "21"}}
	return e
}

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func openNew(t *testing.T) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "store.db"))
}

func record(t *testing.T, s *Store, exchanges ...Exchange) {
	t.Helper()
	if err := s.RecordBatch(t.Context(), exchanges); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *Store, table string) int {
	t.Helper()
	var n int
	if err := s.reader.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestExchange_ReadsBackWhatWasRecorded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	want := differing("one")
	if err := s.Record(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	for range 2 { // now, and after a restart
		got, err := s.Exchange(t.Context(), "one")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("error %v, got\n%+v, want\n%+v", err, got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openAt(t, path)
	}
}

func TestExchange_AnUnknownIDIsNotFound(t *testing.T) {
	if _, err := openNew(t).Exchange(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestRecord_KeepsBodiesOfWhatDoesNotAgreeAndOfTheSample(t *testing.T) {
	s := openNew(t)
	sampled := agreeing("sampled")
	sampled.KeepBodies = true
	failed := differing("failed")
	failed.Outcome, failed.CandidateBody = "candidate_failed", nil
	record(t, s, agreeing("agrees"), sampled, failed)
	for id, kept := range map[string]bool{"agrees": false, "sampled": true, "failed": true} {
		e, err := s.Exchange(t.Context(), id)
		if err != nil || (e.RequestBody != nil) != kept || (e.PrimaryBody != nil) != kept {
			t.Errorf("%s: error %v, bodies %q and %q", id, err, e.RequestBody, e.PrimaryBody)
		}
	}
	if e, _ := s.Exchange(t.Context(), "failed"); e.CandidateBody != nil {
		t.Errorf("a body that was not there reads as %q", e.CandidateBody)
	}
}

func TestRecord_KeepsEachBodyOnceAndCompressed(t *testing.T) {
	s := openNew(t)
	large := []byte(strings.Repeat(`{"publicKey":"GABC"},`, 10_000))
	for i := range 5 {
		e := differing(fmt.Sprintf("single-%d", i))
		e.RequestBody = large
		record(t, s, e)
	}
	one, two := differing("batch-1"), differing("batch-2")
	one.RequestBody, two.RequestBody = large, large
	two.PrimaryBody = large // the same as another side's
	record(t, s, one, two)
	if n := count(t, s, "bodies"); n != 3 { // the network, the primary's answer, the empty one
		t.Errorf("%d bodies are stored", n)
	}
	var stored int
	if err := s.reader.QueryRowContext(t.Context(), `SELECT MAX(LENGTH(data)) FROM bodies`).Scan(&stored); err != nil || stored > len(large)/20 {
		t.Errorf("%d bytes take %d, error %v", len(large), stored, err)
	}
}

func TestRecord_AnIDThatIsThereIsLeftAsItIs(t *testing.T) {
	s := openNew(t)
	record(t, s, agreeing("one"))
	record(t, s, differing("one"), agreeing("two"))
	if e, err := s.Exchange(t.Context(), "one"); err != nil || e.Outcome != "agree" || len(e.Metrics) != 1 {
		t.Errorf("error %v, exchange %+v", err, e)
	}
	if n := count(t, s, "exchanges"); n != 2 {
		t.Errorf("%d exchanges are stored", n)
	}
}

func TestRecord_WithoutAnIDOrATimeIsRefusedWithTheWholeBatch(t *testing.T) {
	s := openNew(t)
	if err := s.RecordBatch(t.Context(), []Exchange{agreeing("one"), {At: noon}}); err == nil {
		t.Error("an exchange without ID was stored")
	}
	if err := s.Record(t.Context(), Exchange{ID: "x"}); err == nil {
		t.Error("an exchange without time was stored")
	}
	if n := count(t, s, "exchanges"); n != 0 {
		t.Errorf("%d exchanges are stored", n)
	}
	if err := s.RecordBatch(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestRecord_WithACancelledContextStoresNothing(t *testing.T) {
	s := openNew(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Record(ctx, differing("one")); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if n := count(t, s, "exchanges") + count(t, s, "bodies"); n != 0 {
		t.Errorf("%d rows are stored", n)
	}
}

func TestRecord_FromManyGoroutinesBesideReaders(t *testing.T) {
	s := openNew(t)
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 20 {
				if err := s.Record(t.Context(), differing(fmt.Sprintf("%d-%d", g, i))); err != nil {
					t.Error(err)
				}
				if _, err := s.Exchanges(t.Context(), Filter{Outcome: "differ"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := count(t, s, "exchanges"); n != 160 {
		t.Errorf("%d exchanges are stored", n)
	}
	if n := count(t, s, "bodies"); n != 3 {
		t.Errorf("%d bodies are stored", n)
	}
}

func TestExchanges_FiltersAndListsTheNewestFirst(t *testing.T) {
	s := openNew(t)
	for i, outcome := range []string{"agree", "differ", "agree", "differ", "both_failed"} {
		e := agreeing(fmt.Sprint(i))
		e.Outcome, e.At = outcome, noon.Add(time.Duration(i)*time.Minute)
		if i > 2 {
			e.Analysis, e.Scan = "quorums", "scan-2"
		}
		record(t, s, e)
	}
	for _, c := range []struct {
		name   string
		filter Filter
		want   string
	}{
		{"all", Filter{}, "43210"},
		{"limit", Filter{Limit: 2}, "43"},
		{"outcome", Filter{Outcome: "differ"}, "31"},
		{"analysis", Filter{Analysis: "top-tier"}, "210"},
		{"scan and outcome", Filter{Scan: "scan-2", Outcome: "differ"}, "3"},
		{"since, its own moment included", Filter{Since: noon.Add(3 * time.Minute)}, "43"},
		{"nothing", Filter{Scan: "scan-3"}, ""},
	} {
		list, err := s.Exchanges(t.Context(), c.filter)
		got := ""
		for _, e := range list {
			got += e.ID
			if len(e.Metrics) != 1 || e.RequestBody != nil {
				t.Errorf("%s: metrics %v, body %q", c.name, e.Metrics, e.RequestBody)
			}
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, error %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestExchanges_ManyComeWithAllTheirMetrics(t *testing.T) {
	s := openNew(t)
	batch := make([]Exchange, 1200)
	for i := range batch {
		batch[i] = differing(fmt.Sprint(i))
	}
	record(t, s, batch...)
	list, err := s.Exchanges(t.Context(), Filter{Limit: 5000})
	if err != nil || len(list) != len(batch) {
		t.Fatalf("%d exchanges, error %v", len(list), err)
	}
	for _, e := range list {
		if !reflect.DeepEqual(e.Metrics, batch[0].Metrics) {
			t.Fatalf("metrics of %s are %v", e.ID, e.Metrics)
		}
	}
}

func TestAgreement_CountsEachMetricSinceThen(t *testing.T) {
	s := openNew(t)
	early, late := agreeing("early"), differing("late")
	late.At = noon.Add(time.Hour)
	record(t, s, early, late)
	for since, want := range map[time.Time][]Agreement{
		{}:                        {{"min_quorum", 1, 0}, {"top_tier", 1, 1}},
		noon.Add(time.Minute):     {{"min_quorum", 1, 0}, {"top_tier", 0, 1}},
		noon.Add(2 * time.Hour):   nil,
		noon.Add(time.Nanosecond): {{"min_quorum", 1, 0}, {"top_tier", 0, 1}},
	} {
		if got, err := s.Agreement(t.Context(), since); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("since %v: %v, error %v", since, got, err)
		}
	}
}

func TestExchange_ADamagedBodyIsAnErrorNotAnAnswer(t *testing.T) {
	s := openNew(t)
	record(t, s, differing("one"))
	for _, damage := range []string{`UPDATE bodies SET data = x'00', size = -1`, `UPDATE bodies SET data = (SELECT MAX(data) FROM bodies)`} {
		if _, err := s.writer.ExecContext(t.Context(), damage); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Exchange(t.Context(), "one"); !errors.Is(err, ErrDamaged) {
			t.Errorf("error is %v", err)
		}
	}
}

func TestFull_IsASentinelAndTheStoreGoesOnAfterwards(t *testing.T) {
	s := openNew(t)
	record(t, s, differing("before"))
	pages := func(n int) {
		if _, err := s.writer.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, n)); err != nil {
			t.Fatal(err)
		}
	}
	pages(1) // SQLite takes the pages in use for the least
	var err error
	last := ""
	for i := 0; err == nil && i < 10_000; i++ {
		last = fmt.Sprintf("filling-%d", i)
		err = s.Record(t.Context(), differing(last))
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("error is %v", err)
	}
	if strings.Contains(err.Error(), "roll back") {
		t.Errorf("SQLite's own rollback became an error: %v", err)
	}
	if _, err := s.Exchange(t.Context(), last); !errors.Is(err, ErrNotFound) {
		t.Errorf("half of it is there, error %v", err)
	}
	if _, err := s.Exchange(t.Context(), "before"); err != nil {
		t.Errorf("it cannot be read any more: %v", err)
	}
	pages(1 << 30)
	record(t, s, differing(last))
}

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

// later is the schema as a version after this one might have it.
func later(t *testing.T, script string) fstest.MapFS {
	t.Helper()
	first, err := fs.ReadFile(embedded(), "0001_exchanges.sql")
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"0001_exchanges.sql": {Data: first}, "0002_later.sql": {Data: []byte(script)}}
}

const addColumn = `ALTER TABLE exchanges ADD COLUMN verdict TEXT NOT NULL DEFAULT 'undecided'; CREATE TABLE audit (line TEXT);`

func TestOpen_BringsAnOlderSchemaForwardWithItsRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	record(t, s, differing("old"))
	s.Close()
	for range 2 { // the second time there is nothing to do
		s, err := open(t.Context(), path, later(t, addColumn))
		if err != nil {
			t.Fatal(err)
		}
		var verdict string
		if err := s.reader.QueryRowContext(t.Context(), `SELECT verdict FROM exchanges WHERE id = 'old'`).Scan(&verdict); err != nil || verdict != "undecided" {
			t.Errorf("verdict %q, error %v", verdict, err)
		}
		if _, err := s.Exchange(t.Context(), "old"); err != nil {
			t.Error(err)
		}
		s.Close()
	}
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "schema is version 2, known are versions to 1") {
		t.Errorf("error is %v", err)
	}
}

func TestOpen_AMigrationThatFailsLeavesTheFileAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	record(t, s, differing("old"))
	s.Close()
	if _, err := open(t.Context(), path, later(t, addColumn+` SELECT nonsense FROM nowhere;`)); err == nil || !strings.Contains(err.Error(), "migrate to version 2") {
		t.Errorf("error is %v", err)
	}
	s = openAt(t, path)
	if _, err := s.Exchange(t.Context(), "old"); err != nil {
		t.Error(err)
	}
}

func TestOpen_ByTwoAtOnceMakesOneSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			s, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Record(t.Context(), differing(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s := openAt(t, path)
	if n, versions := count(t, s, "exchanges"), count(t, s, "schema_version"); n != 4 || versions != 1 {
		t.Errorf("%d exchanges, %d versions", n, versions)
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
