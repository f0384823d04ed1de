package backend

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
)

// Question is one POST of a scan.
type Question struct {
	Path string // such as /analyze/top-tier
	Body []byte
}

// Scan is everything a client asks about one network.
type Scan struct {
	// ID is sent as X-Scan-ID; empty: the client names no scan.
	ID string
	// Health says that the client asks GET /health before anything else.
	Health bool
	// Questions are sent in one burst, Last when all of them are answered.
	Questions []Question
	Last      []Question
}

// Len is the number of questions, the health check not counted.
func (s Scan) Len() int { return len(s.Questions) + len(s.Last) }

// Renamed is the same scan under an ID of its own, if it has one at all.
func (s Scan) Renamed() Scan {
	if s.ID != "" {
		s.ID = newID()
	}
	return s
}

// ErrNothingToAsk says that no node of a network has published a quorum set, or
// none of those is validating: the backend does not ask about such a network.
var ErrNothingToAsk = errors.New("no validating node with a quorum set")

// Paths of the questions.
const (
	pathTopTier          = "/analyze/top-tier"
	pathSymmetricTopTier = "/analyze/symmetric-top-tier"
	pathBlockingSets     = "/analyze/blocking-sets"
	pathSplittingSets    = "/analyze/splitting-sets"
	pathQuorums          = "/analyze/quorums"
)

func newID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return "demo-" + hex.EncodeToString(id[:])
}
