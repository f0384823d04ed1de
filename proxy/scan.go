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

// most distinct questions remembered of a scan; a scan has some 17.
const mostQuestions = 4096

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
	if s.treatment.Serve && !current.Serve {
		s.treatment.Serve, s.treatment.Alone, s.mixed = false, false, true
	}
	treatment := s.treatment
	treatment.Alone = treatment.Alone && current.Alone
	treatment.Mirror = treatment.Mirror && current.Mirror
	treatment.Dials = current.Dials
	return treatment
}

// identify tells the book the body of the request, once it is known. A second
// quorums request with another body opens a new burst. If the request was
// streamed to the primary by then, so is the rest of the new scan: one scan, one
// treatment.
func (v *visit) identify(analysis string, digest uint64, streamed bool) {
	b := v.book
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.left {
		return
	}
	if analysis == quorums && !v.scan.named {
		v.place(digest, streamed)
	}
	asked := question{v.path, digest}
	if _, v.repeat = v.scan.seen[asked]; !v.repeat && len(v.scan.seen) < mostQuestions {
		v.scan.seen[asked] = struct{}{}
	}
}

// place moves a quorums request to the burst it belongs to.
func (v *visit) place(digest uint64, streamed bool) {
	b, s, now := v.book, v.scan, v.book.now()
	switch {
	case s.quorums == nil:
		s.quorums = &digest
	case *s.quorums == digest:
	case s.previous != nil && s.previous.quorums != nil && *s.previous.quorums == digest:
		v.moveTo(s.previous, now) // a late retry of the burst before
	default:
		next := b.begin(s.slot, s.client, "", now)
		next.quorums, next.previous = &digest, s
		s.previous = nil
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
		overlong: s.overlong || b.now().Sub(s.started) >= b.most,
	}
}
