package proxy

import (
	"container/list"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// scanBook knows the scans that are open, so that requests which belong
// together are treated alike. It is bounded and needs no timer: what is over is
// found when somebody looks.
type scanBook struct {
	now         func() time.Time
	quiet, most time.Duration
	limit       int
	addressKey  []byte

	mu     sync.Mutex // guards all below, and every scan and visit
	open   map[string]*scan
	recent *list.List // of *scan, the one longest without activity first
	serial uint64
}

func newScanBook(cfg Config, now func() time.Time) *scanBook {
	key := cfg.AddressKey
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails
	}
	return &scanBook{
		now: now, quiet: cfg.BurstQuiet, most: cfg.ScanMost, limit: cfg.OpenScans,
		addressKey: key, open: map[string]*scan{}, recent: list.New(),
	}
}

// enter says to which scan a request belongs, as far as is known before its
// body: the one its header names, else the open burst of its client.
func (b *scanBook) enter(remoteAddr, header, path string) *visit {
	client := b.clientHash(remoteAddr)
	name := scanName(header)
	slot := "client " + client
	if name != "" {
		slot = "name " + name
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	s := b.open[slot]
	if s == nil || b.over(s, now) {
		next := b.begin(slot, client, name, now)
		if s != nil && s.named && !b.forgotten(s, now) { // the same scan, and open for too long
			next.mixed, next.overlong = s.mixed, true
			next.decided, next.treatment = s.decided, s.treatment
		}
		s = next
	}
	s.inFlight++
	s.active = now
	b.touch(s)
	return &visit{book: b, scan: s, path: path}
}

// begin opens a scan in its slot; whatever was open there is closed.
func (b *scanBook) begin(slot, client, name string, now time.Time) *scan {
	if old := b.open[slot]; old != nil {
		b.close(old)
	}
	if len(b.open) >= b.limit {
		b.sweep(now)
	}
	if len(b.open) >= b.limit {
		b.close(b.recent.Front().Value.(*scan))
	}
	b.serial++
	key := name
	if key == "" {
		key = client + "-" + strconv.FormatInt(now.UnixMilli(), 36) + "-" + strconv.FormatUint(b.serial, 36)
	}
	s := &scan{
		key: key, client: client, slot: slot, named: name != "",
		started: now, active: now, seen: map[question]struct{}{},
	}
	s.place = b.recent.PushBack(s)
	b.open[slot] = s
	return s
}

// over reports whether a scan has ended: a burst by a pause, any scan by age.
func (b *scanBook) over(s *scan, now time.Time) bool {
	s.overlong = s.overlong || b.outlasted(s, now)
	return now.Sub(s.started) >= b.most || !s.named && s.inFlight == 0 && now.Sub(s.active) >= b.quiet
}

// outlasted reports whether a scan was still open when its time was over. One that
// had ended well before is not, however late somebody looks.
func (b *scanBook) outlasted(s *scan, now time.Time) bool {
	end := s.started.Add(b.most)
	return !now.Before(end) && (s.inFlight > 0 || s.active.Add(b.quiet).After(end))
}

// forgotten reports whether the next request opens a new scan that has nothing to
// do with this one. A name stands for one scan as long as requests carry it.
func (b *scanBook) forgotten(s *scan, now time.Time) bool {
	return b.over(s, now) && (!s.named || s.inFlight == 0 && now.Sub(s.active) >= b.most)
}

// close forgets a scan. Requests still inside keep their pointer to it.
func (b *scanBook) close(s *scan) {
	if b.open[s.slot] == s {
		delete(b.open, s.slot)
		b.recent.Remove(s.place)
	}
	s.previous = nil
}

func (b *scanBook) touch(s *scan) {
	if b.open[s.slot] == s {
		b.recent.MoveToBack(s.place)
	}
}

func (b *scanBook) sweep(now time.Time) {
	for _, s := range b.open {
		if b.forgotten(s, now) {
			b.close(s)
		}
	}
}

// count is the number of open scans.
func (b *scanBook) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.sweep(now)
	n := 0
	for _, s := range b.open {
		if !b.over(s, now) {
			n++
		}
	}
	return n
}

// clientHash stands for the client's address wherever it would be kept.
func (b *scanBook) clientHash(remoteAddr string) string {
	host, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		host = remoteAddr
	}
	return keyedHash(b.addressKey, host)
}

func keyedHash(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// scanName makes the header's value fit to be a key: what is long or not
// printable is replaced by its hash.
func scanName(header string) string {
	header = strings.TrimSpace(header)
	const longest = 128
	plain := func(r rune) bool { return r > ' ' && r < 0x7f }
	if len(header) <= longest && strings.IndexFunc(header, func(r rune) bool { return !plain(r) }) < 0 {
		return header
	}
	sum := sha256.Sum256([]byte(header))
	return "sha256-" + hex.EncodeToString(sum[:16])
}
