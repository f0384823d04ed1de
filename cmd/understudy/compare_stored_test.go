package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"understudy/store"
)

func TestCorpus_BodiesThatCanNotBeReadKeepNothingElseFromBeingAsked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "understudy.db")
	s, err := store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	const answer = `{"min_size":2,"total_sets":6,"example_set":["a","b"]}`
	for _, id := range []string{"aa01", "aa02"} { // one case
		if err := s.Record(t.Context(), comparedExchange(id, time.Now(), "s1", answer, answer)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.ReplaceAll(data, []byte("\x28\xb5\x2f\xfd"), make([]byte, 4)) // what zstd begins with
	if err := os.WriteFile(file, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = store.Open(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ids, err := corpus(t.Context(), s)
	if err != nil || len(ids) != 2 {
		t.Errorf("got %v, %v; want both, each to be reported", ids, err)
	}
}
