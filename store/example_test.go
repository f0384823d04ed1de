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
	s, err := store.Open(ctx, filepath.Join(dir, "understudy.db"))
	if err != nil {
		log.Panic(err)
	}
	defer s.Close()

	err = s.Record(ctx, store.Exchange{
		ID: "e1", At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Scan: "scan-1", Analysis: "top-tier", Outcome: "differ",
		Metrics:     []store.Metric{{Name: "top_tier", Outcome: "differ", Primary: "21", Candidate: "20"}},
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
	agreement, err := s.Agreement(ctx, time.Time{})
	if err != nil {
		log.Panic(err)
	}
	fmt.Printf("%+v\n", agreement)
	// Output:
	// e1: top-tier {"nodes":[]}
	// [{Metric:top_tier Agree:0 Differ:1}]
}
