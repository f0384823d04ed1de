package store

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

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

// bulky is the n-th of exchanges a minute apart, with a body that cannot be compressed.
func bulky(n int) Exchange {
	e := judged(fmt.Sprint(n), fmt.Sprint(n), time.Duration(n)*time.Minute, "inconclusive")
	e.RequestBody = make([]byte, 16<<10)
	_, _ = rand.Read(e.RequestBody) // never fails
	return e
}

func TestFull_PruneMakesRoom(t *testing.T) {
	s := openNew(t)
	if _, err := s.writer.ExecContext(t.Context(), `PRAGMA max_page_count = 400`); err != nil {
		t.Fatal(err)
	}
	n := 0
	fill := func() {
		t.Helper()
		for {
			err := s.Record(t.Context(), bulky(n))
			if errors.Is(err, ErrFull) {
				return
			}
			if n++; err != nil || n > 10_000 {
				t.Fatalf("after %d: error %v", n, err)
			}
		}
	}
	fill()
	first := n
	got := prune(t, s, Retention{MaxAge: time.Hour}, noon.Add(time.Hour+time.Duration(n/2)*time.Minute))
	if got.Exchanges != n/2 {
		t.Errorf("of %d exchanges it pruned %+v", n, got)
	}
	if fill(); n < first+first/4 {
		t.Errorf("after %d exchanges there was room for %d more", first, n-first)
	}
}

func TestPrune_HoldsRoomBackForAFullDisk(t *testing.T) {
	s := openNew(t)
	for name, prepare := range map[string]func() error{
		"at first":                func() error { return nil },
		"when it is there":        func() error { return nil },
		"when a kill left a part": func() error { return os.WriteFile(s.reserve(), []byte("part"), 0o600) },
		"when it was used":        func() error { return s.useReserve(t.Context()) },
	} {
		if err := prepare(); err != nil {
			t.Fatal(err)
		}
		prune(t, s, Retention{}, noon)
		if info, err := os.Stat(s.reserve()); err != nil || info.Size() != reserveSize || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, error %v", name, info, err)
		}
	}
}

func TestFull_LosesNothingOfTheRollout(t *testing.T) {
	s := openNew(t)
	save(t, s, 0, links(0, 1)...)
	pages := func(n int) {
		if _, err := s.writer.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, n)); err != nil {
			t.Fatal(err)
		}
	}
	pages(1)
	var err error
	for i := 0; err == nil && i < 10_000; i++ {
		r := rolloutOf(t, s)
		err = s.SaveRollout(t.Context(), r.Version, stateOf(r.Version+1), chained(r.Head, r.Seq, 3))
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("error is %v", err)
	}
	r := rolloutOf(t, s)
	if !bytes.Equal(r.State, stateOf(r.Version)) {
		t.Errorf("version %d has the state %s", r.Version, r.State)
	}
	checkChain(t, s)
	pages(1 << 30)
	save(t, s, r.Version, chained(r.Head, r.Seq, 3)...)
	checkChain(t, s)
}
