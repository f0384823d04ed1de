package proxy

import (
	"container/list"
	"time"

	"understudy/compare"
	"understudy/rollout"
)

// ScanContext is what is known of a request when its dials are asked for.
type ScanContext struct {
	ScanKey   string
	Client    string // keyed hash of the client's address
	Analysis  string // "" while the whole scan is meant
	MergeBy   string // "" when not sent, or not known yet
	NodeCount int    // 0 when not known yet
}

// scan is one burst of questions about one network, or all questions that carry
// one X-Scan-ID. Its fields are guarded by the mutex of its book.
//
// Backends behind one address can't be told apart without the header. Then scans
// that are less than a pause apart share a burst up to the second quorums request
// with another body; that one and what follows is the next burst. So a scan may be
// treated in two parts, but each burst in one way, each answer is one that may go
// out, a retry counts in the burst where it was first asked, and there are never
// more bursts than scans: sharing an address can take evidence away and add none.
type scan struct {
	key, client, slot string
	named             bool // by X-Scan-ID
	place             *list.Element

	started, active time.Time // first and last start or end of a request
	inFlight        int
	seen            map[question]struct{}
	largest         int     // nodes of the largest network of Stellar keys so far
	quorums         *uint64 // digest of the quorums request that belongs to the burst
	previous        *scan   // the burst this one followed without a pause

	decided   bool
	treatment rollout.Treatment
	mixed     bool // begun with the candidate, ended with the primary
	overlong  bool
}

// question tells a new request from a retry.
type question struct {
	path   string
	digest uint64
}

// Bounds of what is remembered: distinct questions of a scan, which has some 17,
// and bursts that followed each other without a pause.
const (
	mostQuestions = 4096
	mostBefore    = 8
)

// visit is one request inside its scan. The scan may change once, when the body
// turns out to open a new burst.
type visit struct {
	book   *scanBook
	scan   *scan // guarded by book.mu
	path   string
	repeat bool // guarded by book.mu
	left   bool // guarded by book.mu
}

// scanFacts is what a record says of the scan of an exchange.
type scanFacts struct {
	key, client             string
	repeat, mixed, overlong bool
}

// treat decides the scan at its first request, and holds it to that. Later
// requests may only lose the candidate: then the rest of the scan goes to the
// primary and the scan is mixed.
func (v *visit) treat(current rollout.Treatment) rollout.Treatment {
	v.book.mu.Lock()
	defer v.book.mu.Unlock()
	s := v.scan
	if !s.decided {
		s.decided, s.treatment = true, current
		return current
	}
	if !current.Serve {
		s.lose()
	}
	treatment := s.treatment
	treatment.Alone = treatment.Alone && current.Alone
	treatment.Mirror = treatment.Mirror && current.Mirror
	treatment.Dials = current.Dials
	return treatment
}

// identify tells the book the body of the request, once it is known. A retry joins
// the burst it was first asked in. A second quorums request with another body
// opens a new burst. If the request was streamed to the primary by then, so is the
// rest of the scan it turns out to belong to: one scan, one treatment.
func (v *visit) identify(analysis string, digest uint64, streamed bool) {
	b := v.book
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.left {
		return
	}
	asked := question{v.path, digest}
	if before := v.askedBefore(asked); before != nil {
		v.moveTo(before, b.now())
		if streamed {
			before.lose()
		}
	} else if analysis == quorums && !v.scan.named {
		v.place(digest, streamed)
	}
	if _, v.repeat = v.scan.seen[asked]; !v.repeat && len(v.scan.seen) < mostQuestions {
		v.scan.seen[asked] = struct{}{}
	}
}

// askedBefore is the burst before, still open, in which this question was asked,
// if it was not in the present one: then it is a retry that comes late.
func (v *visit) askedBefore(asked question) *scan {
	if _, here := v.scan.seen[asked]; here {
		return nil
	}
	now := v.book.now()
	for before := v.scan.previous; before != nil; before = before.previous {
		if _, there := before.seen[asked]; there && !v.book.over(before, now) {
			return before
		}
	}
	return nil
}

// forgetBefore keeps n bursts before this one.
func (s *scan) forgetBefore(n int) {
	for range n {
		if s = s.previous; s == nil {
			return
		}
	}
	s.previous = nil
}

// lose sends what is left of a scan to the primary; b.mu is held.
func (s *scan) lose() {
	if s.decided && s.treatment.Serve {
		s.treatment.Serve, s.treatment.Alone, s.mixed = false, false, true
	}
}

// place moves a quorums request to the burst it belongs to.
func (v *visit) place(digest uint64, streamed bool) {
	b, s, now := v.book, v.scan, v.book.now()
	switch {
	case s.quorums == nil:
		s.quorums = &digest
	case *s.quorums == digest:
	default:
		before := s.previous
		next := b.begin(s.slot, s.client, "", now) // closes s
		next.quorums, next.previous, s.previous = &digest, s, before
		next.forgetBefore(mostBefore)
		if streamed {
			next.decided, next.treatment = true, s.treatment
			next.treatment.Serve, next.treatment.Alone = false, false
		}
		v.moveTo(next, now)
	}
}

func (v *visit) moveTo(next *scan, now time.Time) {
	v.scan.inFlight--
	v.scan.active = now
	next.inFlight++
	next.active = now
	v.scan = next
}

// leave ends the request. Nothing moves it afterwards.
func (v *visit) leave() {
	b := v.book
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.left {
		return
	}
	v.left = true
	v.scan.inFlight--
	v.scan.active = b.now()
	b.touch(v.scan)
}

func (v *visit) key() string {
	v.book.mu.Lock()
	defer v.book.mu.Unlock()
	return v.scan.key
}

// level corrects the level of a question by what else its scan has asked.
func (v *visit) level(level string, nodes int) string {
	v.book.mu.Lock()
	defer v.book.mu.Unlock()
	if s := v.scan; level == compare.LevelWhole {
		s.largest = max(s.largest, nodes)
		return compare.LevelInScan(level, nodes, s.largest)
	}
	return level
}

func (v *visit) facts() scanFacts {
	b := v.book
	b.mu.Lock()
	defer b.mu.Unlock()
	s := v.scan
	return scanFacts{
		key: s.key, client: s.client, repeat: v.repeat, mixed: s.mixed,
		overlong: s.overlong || b.outlasted(s, b.now()),
	}
}
