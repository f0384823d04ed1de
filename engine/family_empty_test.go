package engine

import (
	"context"
	"testing"
	"time"
)

// Nobody has a history here, so the empty set is critical; finding all of the
// hundreds of thousands of quorums first would change nothing.
func TestHistoryCritical_TheEmptySetIsAFamilyOfItsOwn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := prepared(t, rotated(24, 15)).HistoryCriticalSets(ctx, Options{MaxSets: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete || r.Outcome != Found || r.Total == nil || r.Total.Int64() != 1 || len(r.Sets) != 1 || len(r.Sets[0]) != 0 {
		t.Errorf("%v, complete: %t, total %v, sets %v", r.Outcome, r.Complete, r.Total, r.Sets)
	}
}

func TestBlockingSets_WhereTheFailedBlockTheFamilyIsTheEmptySet(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s := prepared(t, rotated(28, 18))
	r, err := s.MinimalBlockingSets(ctx, Options{Faulty: s.Core()[:14], MaxSets: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete || r.Total == nil || r.Total.Int64() != 1 || len(r.Sets) != 1 || len(r.Sets[0]) != 0 {
		t.Errorf("complete: %t, total %v, sets %v", r.Complete, r.Total, r.Sets)
	}
}
