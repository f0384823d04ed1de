package store

import "time"

// scanBook makes scans of exchanges that come in the order of their times.
type scanBook struct {
	scans []Scan
	index map[string]int    // scan: its place
	cases map[scanCase]bool // those counted
	// seen holds, for each case, when the last two scans compared it last, the later one first: one
	// of them is another scan than the one at hand.
	seen map[string][2]comparison
}

type scanCase struct{ scan, caseDigest string }

type comparison struct {
	scan string
	at   time.Time
}

func newScanBook() scanBook {
	return scanBook{index: map[string]int{}, cases: map[scanCase]bool{}, seen: map[string][2]comparison{}}
}

func (b *scanBook) add(p part) {
	i, known := b.index[p.scan]
	if !known {
		i = len(b.scans)
		b.index[p.scan] = i
		b.scans = append(b.scans, Scan{Key: p.scan, First: p.at})
	}
	s := &b.scans[i]
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
	s.New = s.New || b.isNew(p)
	if key := (scanCase{p.scan, p.caseDigest}); !b.cases[key] {
		b.cases[key] = true
		s.Cases++
	}
}

func (b *scanBook) isNew(p part) bool {
	for _, c := range b.seen[p.caseDigest] {
		if !c.at.IsZero() && c.scan != p.scan && p.at.Sub(c.at) <= fresh {
			return false
		}
	}
	return true
}

func (b *scanBook) remember(p part) {
	seen := b.seen[p.caseDigest]
	if seen[0].scan != p.scan {
		seen[1] = seen[0]
	}
	seen[0] = comparison{p.scan, p.at}
	b.seen[p.caseDigest] = seen
}
