package store_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"understudy/store"
)

func Example() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	clock := func() time.Time { return time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC) } // the example's; leave it out
	s, err := store.Open(ctx, filepath.Join(dir, "understudy.db"), store.WithClock(clock))
	if err != nil {
		log.Panic(err)
	}
	defer s.Close()

	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	err = s.Record(ctx, store.Exchange{
		ID: "e1", At: noon, Scan: "scan-1", Analysis: "top-tier", Case: "c0ffee", Outcome: "differ", Verdict: "primary_wrong",
		Metrics: []store.Metric{{
			Name: "top_tier", Outcome: "differ", Verdict: "primary_wrong", Primary: "3", Candidate: "5",
			Rulings: []store.Ruling{{Verdict: "primary_wrong", Class: "R5", ProofKind: "witness", Sentence: "{a2, a3, b, c} is a quorum.", Proof: []byte(`{}`)}},
		}},
		RequestBody: []byte(`{"nodes":[]}`),
	})
	if err != nil {
		log.Panic(err)
	}
	list, err := s.Exchanges(ctx, store.Filter{Outcome: "differ"})
	if err != nil {
		log.Panic(err)
	}
	one, err := s.Exchange(ctx, list[0].ID)
	if err != nil {
		log.Panic(err)
	}
	fmt.Printf("%s: %s %s\n", one.ID, one.Analysis, one.RequestBody)
	tallies, err := s.Tallies(ctx, store.TallyFilter{By: []string{"metric"}})
	if err != nil {
		log.Panic(err)
	}
	fmt.Println(tallies[0].Metric, tallies[0].Verdicts)

	ledger, err := s.Disagreements(ctx, store.DisagreementFilter{Verdict: "primary_wrong"})
	if err != nil {
		log.Panic(err)
	}
	defect := ledger[0]
	fmt.Println(defect.State, defect.Class, defect.Sentence)
	if err := s.Approve(ctx, defect.ID, "ana", noon, noon.Add(store.DefaultApproval)); err != nil {
		log.Panic(err)
	}
	defect, err = s.Disagreement(ctx, defect.ID)
	if err != nil {
		log.Panic(err)
	}
	fmt.Println(defect.State, "by", defect.ApprovedBy, "until", defect.ExpiresAt.Format(time.DateOnly))
	// Output:
	// e1: top-tier {"nodes":[]}
	// top_tier map[primary_wrong:1]
	// open R5 {a2, a3, b, c} is a quorum.
	// closed by ana until 2027-02-21
}
