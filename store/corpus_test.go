package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// kept is an exchange that agrees and has its bodies.
func kept(id, caseDigest string, after time.Duration) Exchange {
	e := judged(id, caseDigest, after)
	e.KeepBodies = true
	return e
}

func TestCorpus_HasTheNewestKnownAnswerOfEachCase(t *testing.T) {
	s := openNew(t)
	deep, bodiless, halved := kept("deep", "deep", time.Hour), judged("bodiless", "bodiless", time.Hour), kept("halved", "halved", time.Hour)
	deep.Source, halved.RequestBody = SourceDeep, nil
	alone := kept("alone", "alone", time.Hour)
	alone.Outcome, alone.Metrics, alone.PrimaryBody = "uncompared", nil, nil
	record(t, s, kept("a1", "a", 0), kept("a2", "a", time.Minute), kept("b1", "b", 2*time.Minute), kept("a0", "a", -time.Minute),
		judged("differs", "d", time.Hour, "undecided"), judged("defect", "e", time.Hour, "primary_wrong"), deep, bodiless, halved, alone)
	for most, want := range map[int][]string{0: {"b1", "a2"}, 1: {"b1"}, 9: {"b1", "a2"}} {
		got, err := s.Corpus(t.Context(), most)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("most %d: got %v, want %v, error %v", most, got, want, err)
		}
	}
}

func TestCorpus_OfAStoreWithoutBodiesIsEmpty(t *testing.T) {
	s := openNew(t)
	for i := range 3 {
		record(t, s, judged(fmt.Sprint(i), fmt.Sprint(i), 0))
	}
	if list, err := s.Corpus(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("got %v, error %v", list, err)
	}
}
