package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const day = 24 * time.Hour

// remaining are the IDs of the exchanges, those that have bodies with a star.
func remaining(t *testing.T, s *Store) string {
	t.Helper()
	list, err := s.Exchanges(t.Context(), Filter{Limit: maxLimit})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range list {
		whole, err := s.Exchange(t.Context(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if whole.RequestBody != nil {
			e.ID += "*"
		}
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

func prune(t *testing.T, s *Store, keep Retention, now time.Time) Pruned {
	t.Helper()
	p, err := s.Prune(t.Context(), keep, now)
	if err != nil {
		t.Fatal(err)
	}
	checkWhole(t, s)
	return p
}

func TestPrune_ByAgeLeavesWhatAnOpenDisagreementPointsTo(t *testing.T) {
	for _, chunk := range []int{1, 2, 200} {
		s, _ := openClocked(t)
		s.chunk = chunk
		record(t, s,
			judged("open-1", "open", 0, "undecided"), judged("open-2", "open", time.Hour, "undecided"), judged("open-3", "open", 2*time.Hour, "undecided"),
			judged("closed-1", "closed", 0, "candidate_wrong"), judged("closed-2", "closed", time.Hour, "candidate_wrong"),
			judged("agreed", "agreed", 0), judged("young", "young", 5*day))
		if _, err := s.CloseExchange(t.Context(), "closed-1", "ana", "mended", noon.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		got := prune(t, s, Retention{MaxAge: 2 * day}, noon.Add(6*day))
		if left := remaining(t, s); left != "open-1* open-3* young" {
			t.Errorf("chunks of %d: left are %s", chunk, left)
		}
		if got.Exchanges != 4 || got.Bodies != 9 || got.Bytes == 0 || got.Disagreements != 1 {
			t.Errorf("chunks of %d: %+v", chunk, got)
		}
		if d := disagreement(t, s, "open", "undecided"); d.Count != 3 {
			t.Errorf("chunks of %d: its record is %+v", chunk, d)
		}
		if again := prune(t, s, Retention{MaxAge: 2 * day}, noon.Add(6*day)); again != (Pruned{}) {
			t.Errorf("chunks of %d: a second time: %+v", chunk, again)
		}
	}
}

func TestPrune_AnApprovalIsKeptAndItsExchangesWhenItIsOver(t *testing.T) {
	s, _ := openClocked(t)
	record(t, s, judged("1", "case", 0, "primary_wrong"))
	if err := s.Approve(t.Context(), disagreementID("case", "top_tier", "primary_wrong"), "ana", noon, noon.Add(10*day)); err != nil {
		t.Fatal(err)
	}
	prune(t, s, Retention{MaxAge: 20 * day}, noon.Add(25*day))
	if left := remaining(t, s); left != "1*" {
		t.Errorf("it is open again, and left are %q", left)
	}
	prune(t, s, Retention{MaxAge: day}, noon.Add(9*day))
	if left := remaining(t, s); left != "" {
		t.Errorf("it is closed, and left are %q", left)
	}
	if d := disagreement(t, s, "case", "primary_wrong"); d.ApprovedBy != "ana" {
		t.Errorf("the ledger has %+v", d)
	}
}

func TestPrune_BySizeTakesTheOldestBodiesNobodyPointsTo(t *testing.T) {
	s, _ := openClocked(t)
	var batch []Exchange
	for i := range 10 {
		batch = append(batch, judged(fmt.Sprint(i), "often", time.Duration(i)*time.Hour, "undecided"))
	}
	shared := judged("a", "often", 30*time.Minute, "undecided")
	shared.RequestBody = batch[9].RequestBody // of an exchange that is pointed to
	record(t, s, append(batch, shared)...)
	before, err := s.Usage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := prune(t, s, Retention{MaxBodyBytes: before.BodyBytes - 1}, noon)
	if left := remaining(t, s); left != "0* 1* 2* 3* 4* 5* 6* 7* 8* 9* a" || got.Bodies != 2 || got.Exchanges != 0 {
		t.Errorf("left are %s, pruned %+v", left, got)
	}
	got = prune(t, s, Retention{MaxBodyBytes: before.BodyBytes / 2}, noon)
	after, err := s.Usage(t.Context())
	if left := remaining(t, s); left != "0* 1 2 3 4 5 6* 7* 8* 9* a" || err != nil || after.BodyBytes > before.BodyBytes/2 {
		t.Errorf("left are %s, pruned %+v, usage %+v, error %v", left, got, after, err)
	}
	s.chunk = 2
	prune(t, s, Retention{MaxBodyBytes: 1}, noon)
	if left := remaining(t, s); left != "0* 1 2 3 4 5 6 7 8 9* a" {
		t.Errorf("left are %s", left)
	}
	if e, err := s.Exchange(t.Context(), "5"); err != nil || len(e.Metrics) != 1 {
		t.Errorf("the row is %+v, error %v", e, err)
	}
}

func TestPrune_ByOpenTakesTheBodiesOfThoseLeastLatelySeen(t *testing.T) {
	for _, chunk := range []int{1, 200} {
		s, _ := openClocked(t)
		s.chunk = chunk
		for i := range 5 {
			id := fmt.Sprint(i)
			record(t, s, judged(id+"-first", id, time.Duration(i)*time.Minute, "undecided"), judged(id+"-last", id, time.Duration(i)*time.Hour, "undecided"))
		}
		record(t, s, judged("both", "0", 0, "candidate_wrong")) // 6 are open
		shown := judged("shown by two", "1", 90*time.Minute, "undecided")
		fresh := judged("", "1", 0, "candidate_wrong").Metrics[0]
		fresh.Name = "min_quorum"
		shown.Metrics = append(shown.Metrics, fresh)
		record(t, s, shown, func() Exchange { // the last of one beyond is the first of one that is kept
			e := judged("later", "1", 9*time.Hour, "candidate_wrong")
			e.Metrics[0].Name = "min_quorum"
			return e
		}())
		prune(t, s, Retention{MaxOpen: 4}, noon)
		want := "0-first 0-last 1-first 1-last* 2-first* 2-last* 3-first* 3-last* 4-first* 4-last* both later* shown by two*"
		if left := remaining(t, s); left != want {
			t.Errorf("chunks of %d: left are\n%s, want\n%s", chunk, left, want)
		}
		if n := count(t, s, "disagreements"); n != 7 {
			t.Errorf("%d disagreements: the records must stay", n)
		}
		if again := prune(t, s, Retention{MaxOpen: 4}, noon); again != (Pruned{}) {
			t.Errorf("a second time: %+v", again)
		}
	}
}

func TestPrune_WithoutLimitsTakesNothing(t *testing.T) {
	s, _ := openClocked(t)
	record(t, s, judged("1", "case", 0, "undecided"), judged("2", "case", 1, "undecided"), judged("3", "case", 2, "undecided"))
	if got := prune(t, s, Retention{}, noon.Add(1000*day)); got != (Pruned{}) || remaining(t, s) != "1* 2* 3*" {
		t.Errorf("%+v", got)
	}
	if _, err := s.Prune(t.Context(), Retention{MaxAge: -1}, noon); err == nil || !strings.Contains(err.Error(), "no limit may be negative") {
		t.Errorf("error is %v", err)
	}
}

func TestPrune_EndsWithItsContextAndTheNextOneGoesOn(t *testing.T) {
	s, _ := openClocked(t)
	s.chunk = 10
	var batch []Exchange
	for i := range 100 {
		batch = append(batch, judged(fmt.Sprint(i), fmt.Sprint(i), 0))
	}
	record(t, s, batch...)
	ctx, cancel := context.WithCancel(t.Context())
	p := pruner{store: s, keep: Retention{MaxAge: day}, now: noon.Add(2 * day).UnixNano()}
	p.committed = func() {
		if p.done.Exchanges == 30 {
			cancel()
		}
	}
	if err := p.run(ctx); !errors.Is(err, context.Canceled) || p.done.Exchanges != 30 {
		t.Errorf("pruned %+v, error %v", p.done, err)
	}
	checkWhole(t, s)
	if n := count(t, s, "exchanges"); n != 70 {
		t.Errorf("%d are left", n)
	}
	if got := prune(t, s, Retention{MaxAge: day}, noon.Add(2*day)); got.Exchanges != 70 {
		t.Errorf("the next one pruned %+v", got)
	}
}

func TestPrune_BetweenLookingForABodyAndTheWriteLosesNothing(t *testing.T) {
	s, _ := openClocked(t)
	record(t, s, judged("old", "case", 0, "inconclusive"))
	next := judged("next", "case", 3*day, "inconclusive")
	next.RequestBody = []byte("request old")
	entries, bodies, err := s.gather(t.Context(), []Exchange{next})
	if err != nil || bodies[digestOf(next.RequestBody)].data != nil {
		t.Fatalf("the body must be found in the store; error %v", err)
	}
	if got := prune(t, s, Retention{MaxAge: day}, noon.Add(2*day)); got.Bodies != 3 {
		t.Fatalf("pruned %+v", got)
	}
	if err := s.write(t.Context(), entries, bodies); err != nil {
		t.Fatal(err)
	}
	if e, err := s.Exchange(t.Context(), "next"); err != nil || string(e.RequestBody) != "request old" {
		t.Errorf("body %q, error %v", e.RequestBody, err)
	}
	checkWhole(t, s)
}

func TestPrune_BesideWritersAndReadersBreaksNeither(t *testing.T) {
	s, _ := openClocked(t)
	s.chunk = 5
	var group sync.WaitGroup
	for g := range 3 {
		group.Go(func() {
			for i := range 40 {
				e := judged(fmt.Sprintf("%d-%d", g, i), fmt.Sprint(i%2), time.Duration(i)*time.Hour, "undecided")
				e.RequestBody = fmt.Appendf(nil, "request %d", i%3)
				if err := s.Record(t.Context(), e); err != nil {
					t.Error(err)
				}
				if _, err := s.Exchange(t.Context(), e.ID); err != nil && !errors.Is(err, ErrNotFound) {
					t.Error(err)
				}
				if _, err := s.Prune(t.Context(), Retention{MaxAge: time.Hour, MaxBodyBytes: 50, MaxOpen: 1}, noon.Add(20*time.Hour)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	checkWhole(t, s)
}
