package proxy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"time"

	"understudy/compare"
	"understudy/rollout"
)

// call is one request of a client on its way through. It belongs to the
// goroutine of its handler; what other goroutines touch guards itself.
type call struct {
	w        http.ResponseWriter
	in       *http.Request // as the server made it: its trailers fill in while the body is read
	id       string        // of the exchange; "" outside /analyze/
	headers  bool          // the two response headers are wanted
	analysis string
	start    time.Time
	servedBy string
	reason   string

	// Captured analyses only.
	visit     *visit
	treatment rollout.Treatment
	hold      *hold
	request   *tee   // around the body, while it streams
	body      []byte // the whole body, when it was read first
	whole     bool
	keep      bool // copies of request and answer are wanted
	rescuable bool // the candidate may answer where the primary fails
	contest   *contest

	// The primary's part.
	asked    bool // the request was sent on
	failed   bool // and brought no answer
	instead  bool // and what went out in its place is the candidate's answer
	answer   *tee
	status   int
	encoding string
	took     time.Duration // until the answer was complete, 0 if it never was
}

// callKey finds the call in the context of a forwarded request.
type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// copyRequest gives the whole request body, or why there is none.
func (c *call) copyRequest() ([]byte, error) {
	if c.whole {
		return c.body, nil
	}
	return c.request.copy()
}

// copyAnswer gives the primary's reply with its body as it came, or the reason
// to skip the exchange.
func (c *call) copyAnswer() (compare.Reply, string) {
	if c.failed {
		return compare.Reply{}, skipUnreachable
	}
	if c.answer == nil {
		return compare.Reply{}, ReasonIncomplete
	}
	body, err := c.answer.copy()
	if err != nil {
		return compare.Reply{}, answerReason(err)
	}
	return compare.Reply{Status: c.status, Body: body, Latency: c.took}, ""
}

// newID is an exchange id: twelve digits of time, so that ids sort as exchanges
// came, and twelve random ones.
func newID(at time.Time) string {
	var id [12]byte
	ms := at.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	_, _ = rand.Read(id[6:]) // never fails
	return hex.EncodeToString(id[:])
}
