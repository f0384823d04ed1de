package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// migrations are the first ones of this version, and maybe one that a later version adds.
func migrations(t *testing.T, n int, later string) fstest.MapFS {
	t.Helper()
	names, err := fs.Glob(embedded(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range names[:n] {
		script, err := fs.ReadFile(embedded(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: script}
	}
	if later != "" {
		files[fmt.Sprintf("%04d_later.sql", n+1)] = &fstest.MapFile{Data: []byte(later)}
	}
	return files
}

const known = 3

const addColumn = `ALTER TABLE exchanges ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'; CREATE TABLE moods (line TEXT);`

func TestOpen_BringsAnOlderSchemaForwardWithItsRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	record(t, s, differing("old"))
	s.Close()
	for range 2 { // the second time there is nothing to do
		s, err := open(t.Context(), path, migrations(t, known, addColumn))
		if err != nil {
			t.Fatal(err)
		}
		var mood string
		if err := s.reader.QueryRowContext(t.Context(), `SELECT mood FROM exchanges WHERE id = 'old'`).Scan(&mood); err != nil || mood != "calm" {
			t.Errorf("mood %q, error %v", mood, err)
		}
		if _, err := s.Exchange(t.Context(), "old"); err != nil {
			t.Error(err)
		}
		s.Close()
	}
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "schema is version 4, known are versions to 3") {
		t.Errorf("error is %v", err)
	}
}

func TestOpen_AMigrationThatFailsLeavesTheFileAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	record(t, s, differing("old"))
	s.Close()
	if _, err := open(t.Context(), path, migrations(t, known, addColumn+` SELECT nonsense FROM nowhere;`)); err == nil || !strings.Contains(err.Error(), "migrate to version 4") {
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

// version1 makes a file as the first version wrote it.
func version1(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := open(t.Context(), path, migrations(t, 1, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	insert := func(query string, arguments ...any) {
		t.Helper()
		if _, err := s.writer.ExecContext(t.Context(), query, arguments...); err != nil {
			t.Fatal(err)
		}
	}
	body, orphan := []byte(`{"nodes":[]}`), []byte("of a call that was repeated")
	insert(`INSERT INTO bodies (digest, size, data) VALUES (?, ?, ?), (?, ?, ?)`,
		digestOf(body), len(body), s.pack(body), digestOf(orphan), len(orphan), s.pack(orphan))
	for i, outcome := range []string{"agree", "differ", "differ", "candidate_failed", "uncompared", "inconclusive"} {
		id := fmt.Sprintf("%d-%s", i, outcome)
		var request any
		if outcome == "differ" {
			request = digestOf(body)
		}
		insert(`INSERT INTO exchanges VALUES (?, ?, 'scan', 'c', FALSE, FALSE, FALSE, 'top-tier', 'whole', 'none', 'case', 'primary', 'r',
			?, '', ?, 200, '', 1, 200, '', 1, '/analyze/top-tier', 'application/json', ?, NULL, NULL)`,
			id, noon.Add(time.Duration(i)*time.Minute).UnixNano(), outcome, 60*i, request)
		if metric, compared := map[string]string{"agree": "agree", "differ": "differ"}[outcome]; compared {
			insert(`INSERT INTO metrics VALUES (?, 0, 'top_tier', ?, '21', '20'), (?, 1, 'min_quorum', 'agree', '3', '3')`, id, metric, id)
		}
	}
	return path
}

func TestOpen_GivesAFileOfTheFirstVersionVerdicts(t *testing.T) {
	path := version1(t)
	for range 2 { // the second time there is nothing to do
		s := openAt(t, path)
		list, err := s.Exchanges(t.Context(), Filter{})
		got := []string{}
		for _, e := range list {
			got = append(got, fmt.Sprintf("%s %s %s %s", e.ID, e.Source, e.Verdict, e.SizeClass))
			for _, m := range e.Metrics {
				got = append(got, m.Name+" "+m.Verdict)
			}
		}
		want := []string{
			"5-inconclusive live inconclusive 300-", "4-uncompared live inconclusive 100-299", "3-candidate_failed live candidate_failed 100-299",
			"2-differ live undecided 100-299", "top_tier undecided", "min_quorum agree", "1-differ live undecided 30-99", "top_tier undecided", "min_quorum agree",
			"0-agree live agree 0-9", "top_tier agree", "min_quorum agree",
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("error %v, got\n%q, want\n%q", err, got, want)
		}
		if e, err := s.Exchange(t.Context(), "1-differ"); err != nil || string(e.RequestBody) != `{"nodes":[]}` {
			t.Errorf("body %q, error %v", e.RequestBody, err)
		}
		if n := count(t, s, "bodies"); n != 1 {
			t.Errorf("%d bodies: the one that no exchange holds must go", n)
		}
		checkWhole(t, s)
		s.Close()
	}
}

func TestOpen_MakesADisagreementOfWhatDifferedInTheFirstVersion(t *testing.T) {
	s := openAt(t, version1(t))
	got := disagreement(t, s, "case", "undecided")
	want := Disagreement{
		ID: disagreementID("case", "top_tier", "undecided"), Case: "case", Metric: "top_tier", Verdict: "undecided",
		Analysis: "top-tier", Level: "whole", MergeBy: "none", Nodes: 60, Source: "live",
		FirstSeen: noon.Add(time.Minute), LastSeen: noon.Add(2 * time.Minute), Count: 2, FirstExchange: "1-differ", LastExchange: "2-differ",
		State: StateOpen, OpenedAt: noon.Add(time.Minute),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if n := count(t, s, "disagreements"); n != 1 {
		t.Errorf("%d disagreements", n)
	}
	next := judged("next", "case", time.Hour, "undecided")
	record(t, s, next)
	if d := disagreement(t, s, "case", "undecided"); d.Count != 3 || d.LastExchange != "next" {
		t.Errorf("it does not go on: %+v", d)
	}
}

func TestOpen_WhatIsWrittenInTheMigrationIsWhatRecordWrites(t *testing.T) {
	for _, outcome := range []string{"agree", "differ", "candidate_failed", "uncompared", "inconclusive"} {
		old := openAt(t, version1(t))
		list, err := old.Exchanges(t.Context(), Filter{Outcome: outcome, Limit: 1})
		if err != nil || len(list) != 1 || list[0].Verdict != (Exchange{Outcome: outcome}).whole().Verdict {
			t.Errorf("%s: %v, error %v", outcome, list, err)
		}
	}
}

func TestOpen_AFileOfTheSecondVersionHasNoRolloutYet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := open(t.Context(), path, migrations(t, 2, ""))
	if err != nil {
		t.Fatal(err)
	}
	record(t, s, differing("old"))
	s.Close()
	for round := range int64(2) { // the second time there is nothing to do
		s := openAt(t, path)
		if r, err := s.Rollout(t.Context()); err != nil || r.Version != round {
			t.Errorf("rollout %+v, error %v", r, err)
		}
		if list, err := s.Exchanges(t.Context(), Filter{Scan: "scan-1"}); err != nil || len(list) != 1 {
			t.Errorf("%d exchanges, error %v", len(list), err)
		}
		save(t, s, round, links(round, 1)...)
		checkWhole(t, s)
		s.Close()
	}
}
