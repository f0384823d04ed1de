package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"understudy/store"
)

// measuring is a store that counts how often it is measured.
type measuring struct {
	times int
	held  store.Usage
	err   error
}

func (m *measuring) Usage(context.Context) (store.Usage, error) {
	m.times++
	return m.held, m.err
}

func TestUsage_SaysWhatWaitsForAPersonAndMeasuresTheStoreNowAndThenOnly(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	from := &measuring{held: store.Usage{Exchanges: 7, OpenDisagreements: 3, OldestOpen: now.Add(-time.Hour)}}
	u := &usage{from: from, now: func() time.Time { return now }, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	want := `
# HELP understudy_oldest_open_disagreement_seconds For how long the oldest of them has been open; 0 without one.
# TYPE understudy_oldest_open_disagreement_seconds gauge
understudy_oldest_open_disagreement_seconds 3600
# HELP understudy_open_disagreements Disagreements that nobody has closed or approved; beyond 1,000 the bodies of those least recently seen go.
# TYPE understudy_open_disagreements gauge
understudy_open_disagreements 3
`
	for range 3 {
		if err := testutil.CollectAndCompare(u, strings.NewReader(want), "understudy_open_disagreements", "understudy_oldest_open_disagreement_seconds"); err != nil {
			t.Error(err)
		}
	}
	if from.times != 1 {
		t.Errorf("measured %d times within a moment", from.times)
	}
	now, from.err = now.Add(time.Minute), errors.New("locked")
	if n := testutil.CollectAndCount(u); n != 0 || from.times != 2 {
		t.Errorf("%d gauges of a store that can't be measured, asked %d times", n, from.times)
	}
}
