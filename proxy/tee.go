package proxy

import (
	"errors"
	"hash/maphash"
	"io"
	"sync"
)

// digestSeed makes body digests comparable inside this process, which is all
// they are for. maphash costs a tenth of a cryptographic hash, and it runs on
// the primary's path.
var digestSeed = maphash.MakeSeed()

// tee passes a body through and keeps a copy within bounds. What the reader
// sees never depends on the copy: a body that is too large or finds no room
// loses its copy and flows on.
//
// The transport may still read a request body when the answer has already come,
// so everything here is guarded.
type tee struct {
	io.ReadCloser
	length int64  // announced length, -1 when unknown
	onEnd  func() // called once when the whole body was read; may be nil

	mu     sync.Mutex // guards all below
	copied *buffer    // nil: no copy is wanted, or it was given up
	hash   maphash.Hash
	read   int64
	whole  bool
	broken bool  // the sender broke off
	lost   error // why the copy was given up
}

func newTee(body io.ReadCloser, length int64, copied *buffer) *tee {
	t := &tee{ReadCloser: body, length: length, copied: copied}
	t.hash.SetSeed(digestSeed)
	if copied != nil {
		if copied.expect = length; length > copied.limit {
			t.copied, t.lost = nil, errTooLarge // known before the first byte
		}
	}
	if length == 0 {
		t.whole = true // nobody will read it
	}
	return t
}

// Read asks nothing more of a body of which it has seen the end. The transport
// looks for more behind the announced length, while the answer may be on its way
// already: by then net/http has closed the body, and a read that fails makes the
// transport break off the answer.
func (t *tee) Read(p []byte) (int, error) {
	if t.ended() {
		return 0, io.EOF
	}
	n, err := t.ReadCloser.Read(p)
	if t.note(p[:n], err) && t.onEnd != nil {
		t.onEnd()
	}
	return n, err
}

// note keeps what was read and reports whether that was the last of it.
func (t *tee) note(p []byte, err error) (whole bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.whole || t.broken {
		return false
	}
	t.read += int64(len(p))
	_, _ = t.hash.Write(p) // never fails
	if t.copied != nil {
		if lost := t.copied.write(p); lost != nil {
			t.copied, t.lost = nil, lost
		}
	}
	// A reader that knows the length need not ask for the end.
	t.whole = errors.Is(err, io.EOF) || err == nil && t.length >= 0 && t.read >= t.length
	t.broken = err != nil && !t.whole
	return t.whole
}

func (t *tee) ended() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.whole
}

// digest is the hash of the body, when it was read whole.
func (t *tee) digest() (sum uint64, whole bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hash.Sum64(), t.whole
}

// copy gives the whole body, or the reason why there is none.
func (t *tee) copy() ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.lost != nil:
		return nil, t.lost
	case !t.whole:
		return nil, errIncomplete
	case t.copied == nil:
		return nil, nil
	}
	return t.copied.bytes, nil
}

// failed reports whether the sender broke off: then nobody else is to blame.
func (t *tee) failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.broken
}
