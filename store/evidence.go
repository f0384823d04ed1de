package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Coverage is how much of what should have been compared was.
type Coverage struct {
	Eligible int // live exchanges, but not those that the primary can't answer at all
	Compared int // of those, the ones with two answers to compare
	// Skipped counts the others by the reason: Exchange.Skip, or the outcome where it is empty.
	Skipped map[string]int
}

// eligible says that exchange e should be compared.
const eligible = `e.source = '` + SourceLive + `' AND e.reason <> '` + reasonCandidateOnly + `'`

// Coverage counts the live exchanges since then; the zero time: all.
func (s *Store) Coverage(ctx context.Context, since time.Time) (Coverage, error) {
	c := Coverage{Skipped: map[string]int{}}
	rows, err := s.reader.QueryContext(ctx, `SELECT e.outcome, e.skip, COUNT(*) FROM exchanges e
		WHERE `+eligible+` AND e.at >= ? GROUP BY e.outcome, e.skip`, nanoseconds(since))
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
	Served   bool // it has one that was compared inside the serve share
	Cases    int  // distinct cases with a compared core metric
	Failed   int  // exchanges in which the candidate failed
}

// whole reports whether nothing spoilt the scan and the core was compared in it.
func (s Scan) whole() bool { return !s.Mixed && !s.Overlong && s.Cases > 0 }

// distinct reports whether it says what no other scan of the day has said: it is evidence.
func (s Scan) distinct() bool { return s.whole() && s.New }

// ScanEvidence reads the scans of the live exchanges since then, from the first to the last; core
// are the names of the metrics that count. What is older than since counts for New only.
func (s *Store) ScanEvidence(ctx context.Context, since time.Time, core []string) ([]Scan, error) {
	if len(core) == 0 {
		return nil, errors.New("read scans: core is empty: it must name metrics")
	}
	where, arguments := Filter{Source: SourceLive, Since: since}.where(time.Time{})
	b := newScanBook()
	err := s.view(ctx, func(tx *sql.Tx) error {
		return eachPart(ctx, tx, selectParts(core)+where+` ORDER BY e.at, e.id`, append(partArguments(core, time.Time{}), arguments...), b.add)
	})
	return b.scans, explain("read scans", err)
}
