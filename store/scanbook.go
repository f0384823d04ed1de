package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// part is what an exchange adds to its scan.
type part struct {
	scan, outcome     string
	at                time.Time
	mixed, overlong   bool
	served            bool // inside the serve share
	caseDigest        string
	compared, against int  // core metrics
	repeated          bool // another scan compared the case in the 24 hours before
}

// selectParts reads parts of exchanges e, whatever else is asked of them; core are the names of the
// metrics that count. Its arguments are partArguments. A varied network brings nothing new where it
// leaves the question as a client asked it, so for variations a live scan counts as another one too.
// What has no core metric itself is not looked up: others of its case have none either, so that the
// search would go through all of them, and those of no case at all share the empty digest.
func selectParts(core []string) string {
	ofCore := `m.name IN (` + marks(len(core)) + `)`
	return `SELECT e.scan, e.outcome, e.at, e.scan_mixed, e.scan_overlong, e.served_by, e.reason, e.case_digest,
		(SELECT COUNT(*) FROM metrics m WHERE m.exchange_id = e.id AND ` + ofCore + `),
		(SELECT COUNT(*) FROM metrics m WHERE m.exchange_id = e.id AND ` + ofCore + ` AND m.verdict NOT IN ('agree', 'primary_wrong')),
		CASE WHEN NOT EXISTS (SELECT 1 FROM metrics m WHERE m.exchange_id = e.id AND ` + ofCore + `) THEN 0 ELSE
		EXISTS (SELECT 1 FROM exchanges o WHERE o.case_digest = e.case_digest AND o.at BETWEEN e.at - ? AND e.at AND o.at >= ?
			AND (o.at < e.at OR o.id < e.id) AND o.source IN ('` + SourceLive + `', e.source) AND o.scan <> e.scan
			AND EXISTS (SELECT 1 FROM metrics m WHERE m.exchange_id = o.id AND ` + ofCore + `)) END
		FROM exchanges e`
}

// fresh is how long a case that was compared is nothing new.
const fresh = 24 * time.Hour

// partArguments are those of selectParts; what was compared before since makes no case an old one.
func partArguments(core []string, since time.Time) []any {
	var names []any
	for _, name := range core {
		names = append(names, name)
	}
	arguments := slices.Concat(names, names, names)
	return append(append(arguments, int64(fresh), nanoseconds(since)), names...)
}

// eachPart reads the parts of one query, whose order is that of the exchanges.
func eachPart(ctx context.Context, tx *sql.Tx, query string, arguments []any, do func(part)) error {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p part
		var at int64
		var servedBy, reason string
		if err := rows.Scan(&p.scan, &p.outcome, &at, &p.mixed, &p.overlong, &servedBy, &reason,
			&p.caseDigest, &p.compared, &p.against, &p.repeated); err != nil {
			return err
		}
		p.at, p.served = instant(at), InServeShare(servedBy, reason)
		do(p)
	}
	return rows.Err()
}

// scanBook makes scans of exchanges that come in the order of their times.
type scanBook struct {
	scans []Scan
	index map[string]int    // scan: its place
	cases map[scanCase]bool // those counted
}

type scanCase struct{ scan, caseDigest string }

func newScanBook() *scanBook {
	return &scanBook{index: map[string]int{}, cases: map[scanCase]bool{}}
}

// scan is the scan with this key, which begins with p if there is none yet. It is good until the next
// call.
func (b *scanBook) scan(p part) *Scan {
	i, known := b.index[p.scan]
	if !known {
		i = len(b.scans)
		b.index[p.scan] = i
		b.scans = append(b.scans, Scan{Key: p.scan, First: p.at})
	}
	return &b.scans[i]
}

func (b *scanBook) add(p part) {
	s := b.scan(p)
	s.Last = p.at
	s.Mixed = s.Mixed || p.mixed
	s.Overlong = s.Overlong || p.overlong
	if p.outcome == "candidate_failed" || p.outcome == "both_failed" {
		s.Failed++
	}
	if p.compared == 0 {
		return
	}
	s.Agrees = (s.Agrees || s.Cases == 0) && p.against == 0
	s.New = s.New || !p.repeated
	s.Served = s.Served || p.served
	if key := (scanCase{p.scan, p.caseDigest}); !b.cases[key] {
		b.cases[key] = true
		s.Cases++
	}
}
