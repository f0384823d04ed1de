package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// EvidenceQuery asks for what came in during a span of time.
type EvidenceQuery struct {
	After, Until time.Time // the span: later than After (zero: from the beginning), at Until or earlier
	Entered      time.Time // when the stage was entered
	Since        time.Time // what was compared before it was so by another version: its cases are new again
	Core         []string  // names of the metrics that decide whether a scan agrees
}

// Evidence is what a span adds to the evidence about the candidate. Sums over spans that follow each
// other are the same wherever they are cut, as long as no exchange comes in late: a span should end
// settled ago.
type Evidence struct {
	// Mirror are the scans that bring something new; Served those with a comparison inside the serve
	// share, new or not. Neither has scans that changed sides or were open for too long.
	Mirror, Served ScanCount
	// Variations are the varied networks that bring something new, in the order in which they were
	// asked; true: the two sides disagree about it.
	Variations []bool
	// EnteredMirror is the part of Mirror that began at Entered or later. Eligible and Compared are
	// live exchanges, from Entered on too.
	EnteredMirror      ScanCount
	Eligible, Compared int
	OpenWrong          int // open disagreements in which the candidate is wrong; now, not in the span
}

// ScanCount counts scans, and those of them that disagree.
type ScanCount struct{ Scans, Disagree int }

func (c *ScanCount) add(s Scan) {
	c.Scans++
	if !s.Agrees {
		c.Disagree++
	}
}

// settled is how long after its beginning a scan is looked at. It is over after 10 minutes, and what
// comes after that says that it was overlong. Later exchanges are left out for good, so that it is
// the same scan whenever it is counted.
const settled = 15 * time.Minute

// Evidence reads what a span adds. A scan belongs to the span in which its first exchange came, and
// to no other, so the exchanges up to settled after the span are looked at too. A key that was there
// before the span is a scan that began before it, however long ago.
func (s *Store) Evidence(ctx context.Context, q EvidenceQuery) (Evidence, error) {
	switch {
	case len(q.Core) == 0:
		return Evidence{}, errors.New("read evidence: core is empty: it must name metrics")
	case q.Until.IsZero():
		return Evidence{}, errors.New("read evidence: until is zero: it must be a time")
	}
	var e Evidence
	err := s.view(ctx, func(tx *sql.Tx) error {
		live, err := q.scans(ctx, tx, SourceLive)
		if err != nil {
			return err
		}
		for _, scan := range live {
			e.count(scan, q.Entered)
		}
		varied, err := q.scans(ctx, tx, SourceVariation)
		if err != nil {
			return err
		}
		for _, scan := range varied {
			if scan.distinct() {
				e.Variations = append(e.Variations, !scan.Agrees)
			}
		}
		if err := tx.QueryRowContext(ctx, selectCovered, q.covered()...).Scan(&e.Eligible, &e.Compared); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, selectOpenWrong, s.now().UnixNano()).Scan(&e.OpenWrong)
	})
	if err != nil {
		return Evidence{}, explain("read evidence", err)
	}
	return e, nil
}

const (
	selectSpan = ` WHERE e.source = ? AND e.at > ? AND e.at <= ?
		AND NOT EXISTS (SELECT 1 FROM exchanges b WHERE b.scan = e.scan AND b.source = e.source AND b.at <= ?)
		ORDER BY e.at, e.id`

	selectCovered = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN e.outcome IN ('agree', 'differ') THEN 1 ELSE 0 END), 0)
		FROM exchanges e WHERE ` + eligible + ` AND e.at > ? AND e.at >= ? AND e.at <= ?`

	selectOpenWrong = `SELECT COUNT(*) FROM disagreements WHERE verdict = '` + verdictCandidateWrong + `' AND opens_at <= ?`
)

// scans are those that began in the span, by their beginnings.
func (q EvidenceQuery) scans(ctx context.Context, tx *sql.Tx, source string) ([]Scan, error) {
	b, after := newScanBook(), nanoseconds(q.After)
	arguments := append(partArguments(q.Core, q.Since), source, after, nanoseconds(q.Until.Add(settled)), after)
	err := eachPart(ctx, tx, selectParts(q.Core)+selectSpan, arguments, func(p part) {
		if p.at.Sub(b.scan(p).First) <= settled {
			b.add(p)
		}
	})
	for i, scan := range b.scans {
		if scan.First.After(q.Until) {
			return b.scans[:i], err
		}
	}
	return b.scans, err
}

func (q EvidenceQuery) covered() []any {
	return []any{nanoseconds(q.After), nanoseconds(q.Entered), nanoseconds(q.Until)}
}

func (e *Evidence) count(s Scan, entered time.Time) {
	if s.distinct() {
		e.Mirror.add(s)
		if !s.First.Before(entered) {
			e.EnteredMirror.add(s)
		}
	}
	if s.Served && s.whole() {
		e.Served.add(s)
	}
}
