package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/store"
)

const (
	// usageFresh is for how long a measurement of the store serves further scrapes.
	usageFresh = 30 * time.Second
	// usageWithin is the longest that a scrape waits for one.
	usageWithin = 2 * time.Second
)

// usage exports what the store holds: what grows, and what waits for a person.
type usage struct {
	from interface {
		Usage(ctx context.Context) (store.Usage, error)
	}
	now func() time.Time
	log *slog.Logger

	mu       sync.Mutex // guards what follows
	measured time.Time
	last     store.Usage
}

var _ prometheus.Collector = (*usage)(nil)

var (
	storedDesc = prometheus.NewDesc("understudy_store_exchanges",
		"Exchanges in the store.", nil, nil)
	bodyBytesDesc = prometheus.NewDesc("understudy_store_body_bytes",
		"Bodies in the store, compressed.", nil, nil)
	openDesc = prometheus.NewDesc("understudy_open_disagreements",
		"Disagreements that nobody has closed or approved; beyond 1,000 the bodies of those least recently seen go.", nil, nil)
	oldestDesc = prometheus.NewDesc("understudy_oldest_open_disagreement_seconds",
		"For how long the oldest of them has been open; 0 without one.", nil, nil)
	defectsDesc = prometheus.NewDesc("understudy_ledger_defects",
		"Defects of the primary in the ledger, approved ones among them.", nil, nil)
)

// Describe implements prometheus.Collector.
func (u *usage) Describe(ch chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{storedDesc, bodyBytesDesc, openDesc, oldestDesc, defectsDesc} {
		ch <- desc
	}
}

// Collect implements prometheus.Collector. A store that can't be measured leaves
// gaps, and a line in the log.
func (u *usage) Collect(ch chan<- prometheus.Metric) {
	held, ok := u.measure()
	if !ok {
		return
	}
	oldest := 0.0
	if !held.OldestOpen.IsZero() {
		oldest = max(0, u.now().Sub(held.OldestOpen).Seconds())
	}
	for _, gauge := range []struct {
		desc  *prometheus.Desc
		value float64
	}{
		{storedDesc, float64(held.Exchanges)},
		{bodyBytesDesc, float64(held.BodyBytes)},
		{openDesc, float64(held.OpenDisagreements)},
		{oldestDesc, oldest},
		{defectsDesc, float64(held.Defects)},
	} {
		ch <- prometheus.MustNewConstMetric(gauge.desc, prometheus.GaugeValue, gauge.value)
	}
}

func (u *usage) measure() (store.Usage, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.now()
	if !u.measured.IsZero() && now.Sub(u.measured) < usageFresh {
		return u.last, true
	}
	ctx, cancel := context.WithTimeout(context.Background(), usageWithin)
	defer cancel()
	held, err := u.from.Usage(ctx)
	if err != nil {
		u.log.Warn("the store was not measured", "error", err)
		return held, false
	}
	u.measured, u.last = now, held
	return held, true
}
