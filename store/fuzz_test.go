package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// FuzzStore_HoldsTogetherWhateverHappens takes each byte for something that happens: an exchange, twice
// perhaps, a closing, an approval, a pruning.
func FuzzStore_HoldsTogetherWhateverHappens(f *testing.F) {
	f.Add([]byte{0x00, 0x10, 0x20, 0x05, 0x01, 0x06, 0x00, 0x07})
	f.Add([]byte("\x03\x0b\x13\x06\x0e\x03\x07\x05\x0d\x03\x04\x04\x07"))
	f.Add([]byte{0x02, 0x03, 0x0a, 0x0b, 0x17, 0x0f, 0x1f, 0x02, 0x27, 0x05})
	f.Fuzz(func(t *testing.T, events []byte) {
		now := noon
		s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), WithClock(func() time.Time { return now }))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		s.chunk = 2
		counts := map[string]int{}
		for i, event := range events[:min(len(events), 60)] {
			now = now.Add(time.Duration(event>>5) * time.Hour)
			happen(t, s, i, event, now, counts)
		}
		checkWhole(t, s)
		checkPinned(t, s, now)
		for id, n := range counts {
			if d, err := s.Disagreement(t.Context(), id); err != nil || d.Count != n {
				t.Errorf("%d sightings of %+v, error %v", n, d, err)
			}
		}
	})
}

// happen lets an event happen: what is the low three bits, to which case and how the next ones.
func happen(t *testing.T, s *Store, i int, event byte, now time.Time, counts map[string]int) {
	caseDigest := fmt.Sprint(event >> 3 & 1)
	verdict := disputed[event&3]
	id := disagreementID(caseDigest, "top_tier", verdict)
	var err error
	switch event & 7 {
	case 0, 1, 2, 3:
		e := judged(fmt.Sprint(i), caseDigest, now.Sub(noon)-time.Duration(event>>4&1)*90*time.Minute, verdict)
		err = s.RecordBatch(t.Context(), []Exchange{e, e})
		counts[id]++
	case 4:
		_, err = s.CloseExchange(t.Context(), fmt.Sprint(i-1), "ana", "why", now)
	case 5:
		err = s.Approve(t.Context(), disagreementID(caseDigest, "top_tier", verdictPrimaryWrong), "ana", now, now.Add(2*time.Hour))
	case 6:
		err = s.CloseDisagreement(t.Context(), disagreementID(caseDigest, "top_tier", disputed[event>>3&3]), "ana", "why", now)
	case 7:
		_, err = s.Prune(t.Context(), Retention{MaxAge: time.Duration(event>>3&3) * time.Hour, MaxBodyBytes: int64(event >> 5)}, now)
		forget(t, s, counts)
	}
	if err != nil && event&7 != 4 && event&7 != 5 && event&7 != 6 { // of what is not there, or is no defect
		t.Fatal(err)
	}
}

// forget takes what is pruned out of the counts: it must have been closed.
func forget(t *testing.T, s *Store, counts map[string]int) {
	for id := range counts {
		if ok := count(t, s, fmt.Sprintf("disagreements WHERE id = '%s'", id)); ok == 0 {
			delete(counts, id)
		}
	}
}

// checkPinned looks for the bodies that what is open has to keep: those of both exchanges, but of one
// that was closed for a while those of the last one, unless an approval ran out.
func checkPinned(t *testing.T, s *Store, now time.Time) {
	list, err := s.Disagreements(t.Context(), DisagreementFilter{State: StateOpen})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		var ids []string
		switch {
		case d.ClosedAt.IsZero() && d.ApprovedAt.IsZero():
			ids = []string{d.FirstExchange, d.LastExchange}
		case d.ExpiresAt.IsZero():
			ids = []string{d.LastExchange}
		}
		for _, id := range ids {
			if e, err := s.Exchange(t.Context(), id); err != nil || string(e.RequestBody) != "request "+id {
				t.Errorf("exchange %s of %+v: body %q, error %v", id, d, e.RequestBody, err)
			}
		}
		if d.OpenedAt.After(now) {
			t.Errorf("it opens later: %+v", d)
		}
	}
}
