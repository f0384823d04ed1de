package console

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Keys are the tokens in force. They may be replaced at any time, and are safe
// for concurrent use.
type Keys struct {
	list     atomic.Pointer[[]key]
	failures *failures
	log      *slog.Logger
}

// key knows a token by its digest: all of equal length, so that comparing them
// tells nothing about the length of a secret either.
type key struct {
	caller
	digest [sha256.Size]byte
}

// caller is who asks.
type caller struct {
	name string
	role Role
}

// NewKeys are the keys of tokens. now is the clock of wrong ones, which log hears of.
func NewKeys(tokens []Token, log *slog.Logger, now func() time.Time) *Keys {
	k := &Keys{failures: newFailures(now), log: log}
	k.Replace(tokens)
	return k
}

// Replace puts other tokens in force, for all requests that come after.
func (k *Keys) Replace(tokens []Token) {
	list := make([]key, 0, len(tokens))
	for _, t := range tokens {
		if t.Secret == "" { // an unset variable must not let everybody in
			continue
		}
		list = append(list, key{caller{t.Name, t.Role}, sha256.Sum256([]byte(t.Secret))})
	}
	k.list.Store(&list)
}

// Configured reports whether there is any.
func (k *Keys) Configured() bool { return len(*k.list.Load()) > 0 }

// Admit reports whether the request has a token that is in force. A wrong one is
// logged as the API does it, so that no path is there to guess at unseen.
func (k *Keys) Admit(r *http.Request) bool {
	secret, sent := bearer(r)
	if !sent {
		return false
	}
	if _, ok := k.find(secret); ok {
		return true
	}
	k.wrong(r, r.Pattern)
	return false
}

// find looks at every key, whichever fits, so that the time it takes is the same.
func (k *Keys) find(secret string) (found caller, ok bool) {
	digest := sha256.Sum256([]byte(secret))
	for _, one := range *k.list.Load() {
		if subtle.ConstantTimeCompare(digest[:], one.digest[:]) == 1 {
			found, ok = one.caller, true
		}
	}
	return found, ok
}

// wrong counts and logs a token that nobody has. many reports that there were too
// many within a minute. path is that of the handler: what was asked for may be anything.
func (k *Keys) wrong(r *http.Request, path string) (many bool) {
	n := k.failures.add()
	if n > mostFailures {
		return true
	}
	more := ""
	if n == mostFailures {
		more = "further ones within this minute are not logged"
	}
	k.log.Warn("wrong token", "from", remote(r), "method", r.Method, "path", path, "note", more)
	return false
}
