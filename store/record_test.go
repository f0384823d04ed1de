package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestRecord_KeepsBodiesOfWhatDoesNotAgreeAndOfTheSample(t *testing.T) {
	s := openNew(t)
	sampled := agreeing("sampled")
	sampled.KeepBodies = true
	failed := differing("failed")
	failed.Outcome, failed.CandidateBody = "candidate_failed", nil
	skipped, uncompared, doubted := agreeing("skipped"), agreeing("uncompared"), agreeing("doubted")
	skipped.Outcome, uncompared.Outcome, doubted.Verdict = "skipped", "uncompared", "undecided"
	record(t, s, agreeing("agrees"), sampled, failed, skipped, uncompared, doubted)
	for id, kept := range map[string]bool{"agrees": false, "sampled": true, "failed": true, "skipped": false, "uncompared": false, "doubted": true} {
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
			for i := range 10 {
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
	if n := count(t, s, "exchanges"); n != 80 {
		t.Errorf("%d exchanges are stored", n)
	}
	if n := count(t, s, "bodies"); n != 3 {
		t.Errorf("%d bodies are stored", n)
	}
}
