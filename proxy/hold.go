package proxy

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// Why a body could not be captured.
var (
	errTooLarge   = errors.New("body is larger than the limit")
	errMemory     = errors.New("no room left among the bodies held")
	errIncomplete = errors.New("body did not come to its end")
)

// ledger bounds the bytes of all bodies held at the same time, wherever they
// are: being captured, queued, compared or recorded.
type ledger struct {
	limit int64
	used  atomic.Int64
}

func (l *ledger) reserve(n int64) bool {
	if l.used.Add(n) > l.limit {
		l.used.Add(-n)
		return false
	}
	return true
}

// hold is what one exchange has taken from the ledger. It is given back once,
// as a whole, when the exchange is over.
type hold struct {
	ledger *ledger

	mu       sync.Mutex // guards taken and released: bodies arrive on several goroutines
	taken    int64
	released bool
}

func (h *hold) reserve(n int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.released || !h.ledger.reserve(n) {
		return false
	}
	h.taken += n
	return true
}

// release gives everything back. A nil hold holds nothing.
func (h *hold) release() {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ledger.used.Add(-h.taken)
	h.taken, h.released = 0, true
}

// mostExpected is how much room an announced length is given before its bytes
// have come.
const mostExpected = 1 << 20

// buffer collects at most limit bytes and pays for its capacity from a hold.
type buffer struct {
	hold   *hold
	limit  int64
	expect int64 // announced length, believed up to mostExpected; 0 or less: unknown
	bytes  []byte
}

// write appends p, or says why it can't and leaves the buffer as it is.
func (b *buffer) write(p []byte) error {
	need := int64(len(b.bytes)) + int64(len(p))
	if need > b.limit {
		return errTooLarge
	}
	if have := int64(cap(b.bytes)); need > have {
		size := min(max(2*have, need, 4096), b.limit)
		if b.expect >= need && b.expect <= mostExpected {
			size = b.expect
		}
		if !b.hold.reserve(size - have) {
			return errMemory
		}
		grown := make([]byte, len(b.bytes), size)
		copy(grown, b.bytes)
		b.bytes = grown
	}
	b.bytes = append(b.bytes, p...)
	return nil
}

// readBounded reads r to its end. On an error, of r or of a bound, it gives what
// it has read so far, so that a caller can still pass everything on: nothing
// that was read is lost.
func readBounded(r io.Reader, limit, expect int64, h *hold) ([]byte, error) {
	b := &buffer{hold: h, limit: limit, expect: expect}
	chunk := chunks.Get().(*[]byte)
	defer chunks.Put(chunk)
	for {
		n, err := r.Read(*chunk)
		if n > 0 {
			if full := b.write((*chunk)[:n]); full != nil {
				return append(b.bytes, (*chunk)[:n]...), full
			}
		}
		if err == io.EOF {
			return b.bytes, nil
		}
		if err != nil {
			return b.bytes, err
		}
	}
}

const chunkSize = 32 << 10

var chunks = sync.Pool{New: func() any { b := make([]byte, chunkSize); return &b }}

// chunkPool lends the same chunks to httputil.ReverseProxy.
type chunkPool struct{}

func (chunkPool) Get() []byte  { return *chunks.Get().(*[]byte) }
func (chunkPool) Put(b []byte) { chunks.Put(&b) }
