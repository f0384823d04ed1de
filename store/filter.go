package store

import "time"

// Filter selects exchanges; a zero field selects all.
type Filter struct {
	Outcome string
	// Verdict is that of the exchange, or with Metric the one of this metric.
	Verdict string
	// Metric selects the exchanges in which it was compared.
	Metric   string
	Analysis string
	Level    string
	Scan     string
	Source   string
	Since    time.Time // inclusive
	Until    time.Time // exclusive
	// Open selects the exchanges that show a disagreement which is open.
	Open bool
	// Limit is the most exchanges returned. Zero means 100; more than 10,000 means 10,000.
	Limit int
}

const (
	defaultLimit = 100
	maxLimit     = 10_000
)

func limit(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}

// where is about exchanges e.
func (f Filter) where(now time.Time) (string, []any) {
	var c conditions
	c.equal("e.outcome", f.Outcome)
	c.equal("e.analysis", f.Analysis)
	c.equal("e.level", f.Level)
	c.equal("e.scan", f.Scan)
	c.equal("e.source", f.Source)
	switch {
	case f.Metric != "" && f.Verdict != "":
		c.add("EXISTS (SELECT 1 FROM metrics m WHERE m.exchange_id = e.id AND m.name = ? AND m.verdict = ?)", f.Metric, f.Verdict)
	case f.Metric != "":
		c.add("EXISTS (SELECT 1 FROM metrics m WHERE m.exchange_id = e.id AND m.name = ?)", f.Metric)
	default:
		c.equal("e.verdict", f.Verdict)
	}
	if !f.Since.IsZero() {
		c.add("e.at >= ?", f.Since.UnixNano())
	}
	if !f.Until.IsZero() {
		c.add("e.at < ?", f.Until.UnixNano())
	}
	if f.Open {
		c.add(`EXISTS (SELECT 1 FROM sightings s JOIN disagreements d ON d.id = s.disagreement_id
			WHERE s.exchange_id = e.id AND d.opens_at <= ?)`, now.UnixNano())
	}
	return c.where()
}
