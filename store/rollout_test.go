package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// stateOf is the state of a version in these tests.
func stateOf(version int64) []byte { return fmt.Appendf(nil, `{"stage": %d}`, version) }

// chained are records that continue a chain; their digests are those of seq, prev and body.
func chained(head string, seq int64, n int) []AuditRecord {
	var records []AuditRecord
	for range n {
		seq++
		r := AuditRecord{
			Seq: seq, At: noon.Add(time.Duration(seq) * time.Minute), Kind: []string{"promoted", "tripped", "held"}[seq%3],
			Actor: "person:ana", Prev: head, Body: fmt.Appendf(nil, ` {"reason":  "<%d>"}`, seq),
		}
		r.Digest = digestOf(fmt.Appendf(nil, "%d %s %s", r.Seq, r.Prev, r.Body))
		records, head = append(records, r), r.Digest
	}
	return records
}

// links are n records of the chain that begins with nothing, from the one after seq on.
func links(seq int64, n int) []AuditRecord { return chained("", 0, int(seq)+n)[seq:] }

func save(t *testing.T, s *Store, from int64, records ...AuditRecord) {
	t.Helper()
	if err := s.SaveRollout(t.Context(), from, stateOf(from+1), records); err != nil {
		t.Fatal(err)
	}
}

func rolloutOf(t *testing.T, s *Store) Rollout {
	t.Helper()
	r, err := s.Rollout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func auditOf(t *testing.T, s *Store, f AuditFilter) []AuditRecord {
	t.Helper()
	list, err := s.Audit(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// checkChain fails the test unless the audit is the chain of chained, up to what the rollout says.
func checkChain(t *testing.T, s *Store) {
	t.Helper()
	r, got := rolloutOf(t, s), []AuditRecord{}
	for {
		page := auditOf(t, s, AuditFilter{After: int64(len(got)), Limit: 7})
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
	}
	want := chained("", 0, int(r.Seq))
	if len(got) != len(want) || len(want) > 0 && (!reflect.DeepEqual(got, want) || r.Head != want[len(want)-1].Digest) {
		t.Errorf("the rollout ends with record %d, %q; the audit has\n%v", r.Seq, r.Head, got)
	}
}

func TestRollout_ReadsBackWhatWasSavedLast(t *testing.T) {
	s := openNew(t)
	if r := rolloutOf(t, s); !reflect.DeepEqual(r, Rollout{}) {
		t.Errorf("at first it is %+v", r)
	}
	save(t, s, 0, links(0, 2)...)
	save(t, s, 1)
	save(t, s, 2, links(2, 1)...)
	want := Rollout{Version: 3, State: []byte(`{"stage": 3}`), Head: links(2, 1)[0].Digest, Seq: 3}
	if r := rolloutOf(t, s); !reflect.DeepEqual(r, want) {
		t.Errorf("got %+v, want %+v", r, want)
	}
	checkChain(t, s)
}

func TestSaveRollout_TakesOnlyWhatContinuesWhatIsStored(t *testing.T) {
	s := openNew(t)
	save(t, s, 0, links(0, 2)...)
	next := links(2, 2)
	other := links(2, 1)
	other[0].Prev = links(0, 1)[0].Digest
	none := sha256.Sum256(nil)
	first := links(0, 1)
	for _, c := range []struct {
		name    string
		from    int64
		records []AuditRecord
	}{
		{"an older version", 0, next},
		{"a newer version", 2, next},
		{"a record that is there", 1, links(1, 1)},
		{"a gap", 1, next[1:]},
		{"a gap inside", 1, []AuditRecord{next[0], {Seq: 5, At: noon, Prev: next[0].Digest, Digest: hex.EncodeToString(none[:]), Body: []byte(`{}`)}}},
		{"another chain", 1, other},
		{"a new beginning", 1, first},
	} {
		err := s.SaveRollout(t.Context(), c.from, stateOf(9), c.records)
		if !errors.Is(err, ErrConflict) {
			t.Errorf("%s: error is %v", c.name, err)
		}
		if r := rolloutOf(t, s); r.Version != 1 || string(r.State) != `{"stage": 1}` || r.Seq != 2 {
			t.Errorf("%s: it became %+v", c.name, r)
		}
		checkChain(t, s)
	}
	save(t, s, 1, next...)
}

func TestSaveRollout_RefusesWhatCouldNotBeReadAgain(t *testing.T) {
	s := openNew(t)
	spoilt := func(spoil func(r *AuditRecord)) []AuditRecord {
		r := links(0, 1)
		spoil(&r[0])
		return r
	}
	for want, err := range map[string]error{
		"the state is no JSON":                  s.SaveRollout(t.Context(), 0, nil, nil),
		"the body of audit record 1 is no JSON": s.SaveRollout(t.Context(), 0, stateOf(1), spoilt(func(r *AuditRecord) { r.Body = nil })),
		"1 has no digest or no time":            s.SaveRollout(t.Context(), 0, stateOf(1), spoilt(func(r *AuditRecord) { r.Digest = "" })),
		"record 1 has no digest or no time":     s.SaveRollout(t.Context(), 0, stateOf(1), spoilt(func(r *AuditRecord) { r.At = time.Time{} })),
	} {
		if err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, ErrConflict) {
			t.Errorf("error is %v, want one with %q", err, want)
		}
	}
	if r := rolloutOf(t, s); r.Version != 0 || count(t, s, "audit") != 0 {
		t.Errorf("it became %+v", r)
	}
}

func TestSaveRollout_OfManyAtOnceLetsOneThrough(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var group sync.WaitGroup
	const writers, rounds = 4, 10
	saved := make([]int, writers)
	for w := range writers {
		s := openAt(t, path) // as processes would
		group.Go(func() {
			for saved[w] < rounds {
				r, err := s.Rollout(t.Context())
				if err == nil {
					err = s.SaveRollout(t.Context(), r.Version, stateOf(r.Version+1), chained(r.Head, r.Seq, 1))
				}
				switch {
				case err == nil:
					saved[w]++
				case !errors.Is(err, ErrConflict):
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	s := openAt(t, path)
	if r := rolloutOf(t, s); r.Version != writers*rounds || r.Seq != writers*rounds {
		t.Errorf("%v saves made %+v", saved, r)
	}
	checkChain(t, s)
}

func TestAudit_ListsInPages(t *testing.T) {
	s := openNew(t)
	save(t, s, 0, links(0, 9)...)
	for _, c := range []struct {
		name   string
		filter AuditFilter
		want   string
	}{
		{"all", AuditFilter{}, "123456789"},
		{"the oldest", AuditFilter{Limit: 4}, "1234"},
		{"those after", AuditFilter{After: 4, Limit: 4}, "5678"},
		{"the newest", AuditFilter{Newest: true, Limit: 4}, "9876"},
		{"those before", AuditFilter{Newest: true, Before: 6, Limit: 4}, "5432"},
		{"between", AuditFilter{After: 2, Before: 6}, "345"},
		{"of a kind", AuditFilter{Kind: "tripped"}, "147"},
		{"the newest of a kind", AuditFilter{Kind: "tripped", Newest: true, Limit: 1}, "7"},
		{"none", AuditFilter{After: 9}, ""},
	} {
		got := ""
		for _, r := range auditOf(t, s, c.filter) {
			got += fmt.Sprint(r.Seq)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPrune_LeavesTheRolloutAndItsAuditAlone(t *testing.T) {
	s := openNew(t)
	record(t, s, judged("old", "old", 0))
	save(t, s, 0, links(0, 3)...)
	before := rolloutOf(t, s)
	if done := prune(t, s, Retention{MaxAge: time.Hour, MaxBodyBytes: 1, MaxOpen: 1}, noon.Add(1000*day)); done.Exchanges != 1 {
		t.Errorf("it pruned %+v", done)
	}
	if r := rolloutOf(t, s); !reflect.DeepEqual(r, before) {
		t.Errorf("it became %+v", r)
	}
	checkChain(t, s)
}
