package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"understudy/store"
)

// ReportLatency is how long both sides took for the live exchanges since the
// stage was entered.
type ReportLatency struct {
	Exchanges int         `json:"exchanges"` // the newest ones that were looked at
	Cut       bool        `json:"cut"`       // there are older ones
	Primary   SideLatency `json:"primary"`
	Candidate SideLatency `json:"candidate"`
}

// SideLatency is of the answers of one side with status 200.
type SideLatency struct {
	Answers  int     `json:"answers"`
	MedianMS float64 `json:"median_ms"`
	P95MS    float64 `json:"p95_ms"`
}

func (h *handler) latency(ctx context.Context, since time.Time) (ReportLatency, error) {
	list, err := h.store.Exchanges(ctx, store.Filter{Source: store.SourceLive, Since: since, Limit: reportCounted})
	if err != nil {
		return ReportLatency{}, err
	}
	var primary, candidate []time.Duration
	add := func(to *[]time.Duration, s store.Side) {
		if s.Status == http.StatusOK && s.Failure == "" {
			*to = append(*to, s.Latency)
		}
	}
	for _, e := range list {
		add(&primary, e.Primary)
		add(&candidate, e.Candidate)
	}
	return ReportLatency{len(list), len(list) == reportCounted, newLatency(primary), newLatency(candidate)}, nil
}

func newLatency(took []time.Duration) SideLatency {
	slices.Sort(took)
	return SideLatency{len(took), quantile(took, 50), quantile(took, 95)}
}

// quantile is the least that so many percent do not exceed (nearest rank), in
// milliseconds; 0 of none.
func quantile(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*percent + 99) / 100
	return float64(sorted[max(rank, 1)-1].Microseconds()) / 1000
}
