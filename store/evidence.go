package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Coverage is how much of what should have been compared was.
type Coverage struct {
	Eligible int // live exchanges
	Compared int // of those, the ones with two answers to compare
	// Skipped counts the others by the reason: Exchange.Skip, or the outcome where it is empty.
	Skipped map[string]int
}

// Coverage counts the live exchanges since then; the zero time: all.
func (s *Store) Coverage(ctx context.Context, since time.Time) (Coverage, error) {
	c := Coverage{Skipped: map[string]int{}}
	where, arguments := Filter{Source: SourceLive, Since: since}.where(time.Time{})
	rows, err := s.reader.QueryContext(ctx, `SELECT e.outcome, e.skip, COUNT(*) FROM exchanges e`+where+` GROUP BY e.outcome, e.skip`, arguments...)
	if err != nil {
		return Coverage{}, explain("count coverage", err)
	}
	defer rows.Close()
	for rows.Next() {
		var outcome, skip string
		var n int
		if err := rows.Scan(&outcome, &skip, &n); err != nil {
			return Coverage{}, explain("count coverage", err)
		}
		c.Eligible += n
		switch {
		case outcome == outcomeAgree || outcome == outcomeDiffer:
			c.Compared += n
		case skip != "":
			c.Skipped[skip] += n
		default:
			c.Skipped[outcome] += n
		}
	}
	return c, explain("count coverage", rows.Err())
}

// Scan is what one scan says about the candidate.
type Scan struct {
	Key         string
	First, Last time.Time // of its exchanges
	// Agrees: each compared core metric agrees, or the primary is proven wrong. Without any it does
	// not, and Cases is 0.
	Agrees bool
	// New: at least one of Cases was compared in no other scan in the 24 hours before.
	New      bool
	Mixed    bool // it changed sides
	Overlong bool // it was open for too long
	Cases    int  // distinct cases with a compared core metric
	Failed   int  // exchanges in which the candidate failed
}

// fresh is how long a case that was compared is nothing new.
const fresh = 24 * time.Hour

// ScanEvidence reads the scans of the live exchanges since then, from the first to the last; core
// are the names of the metrics that count. What is older than since counts for New only.
func (s *Store) ScanEvidence(ctx context.Context, since time.Time, core []string) ([]Scan, error) {
	if len(core) == 0 {
		return nil, errors.New("read scans: core is empty: it must name metrics")
	}
	var names []any
	for _, name := range core {
		names = append(names, name)
	}
	filter := Filter{Source: SourceLive}
	if !since.IsZero() {
		filter.Since = since.Add(-fresh)
	}
	where, arguments := filter.where(time.Time{})
	ofCore := `(SELECT COUNT(*) FROM metrics m WHERE m.exchange_id = e.id AND m.name IN (` + marks(len(core)) + `)`
	rows, err := s.reader.QueryContext(ctx, `SELECT e.scan, e.at, e.scan_mixed, e.scan_overlong, e.outcome, e.case_digest,
			`+ofCore+`), `+ofCore+` AND m.verdict NOT IN ('agree', 'primary_wrong'))
		FROM exchanges e`+where+` ORDER BY e.at, e.id`, append(append(names, names...), arguments...)...)
	if err != nil {
		return nil, explain("read scans", err)
	}
	defer rows.Close()
	list, err := scans(rows, since)
	return list, explain("read scans", err)
}

// part is what an exchange adds to its scan.
type part struct {
	scan, outcome, caseDigest string
	at                        time.Time
	mixed, overlong           bool
	compared, against         int // core metrics
}

func scans(rows *sql.Rows, since time.Time) ([]Scan, error) {
	b := newScanBook()
	for rows.Next() {
		var p part
		var at int64
		if err := rows.Scan(&p.scan, &at, &p.mixed, &p.overlong, &p.outcome, &p.caseDigest, &p.compared, &p.against); err != nil {
			return nil, err
		}
		p.at = time.Unix(0, at).UTC()
		if !p.at.Before(since) {
			b.add(p)
		}
		if p.compared > 0 {
			b.remember(p)
		}
	}
	return b.scans, rows.Err()
}
