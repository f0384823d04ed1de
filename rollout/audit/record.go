package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"understudy/rollout"
)

// Record is one sealed change.
type Record struct {
	Seq    int64          // 1 is the first
	Prev   string         // Digest of the record before; "" in the first
	Digest string         // SHA-256 in hex, of Seq, Prev and Body
	Change rollout.Change // what Body says
	Body   []byte         // JSON
}

// Seal makes the record of a change that follows a record with digest prev. The first one has seq 1
// and prev "". Its Change is what is read back from Body: times have no monotonic clock.
func Seal(seq int64, prev string, c rollout.Change) (Record, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return Record{}, fmt.Errorf("seal audit record %d: %w", seq, err)
	}
	return Read(seq, prev, digest(seq, prev, body), body)
}

// Read opens a stored record. It fails unless the digest is that of the other three and the body is a
// change. The record keeps body, which must not be written to.
func Read(seq int64, prev, digest string, body []byte) (Record, error) {
	r := Record{Seq: seq, Prev: prev, Digest: digest, Body: body}
	if why := r.linkFault(); why != "" {
		return Record{}, &Broken{seq, why}
	}
	if r.sum() != digest {
		return Record{}, &Broken{seq, fmt.Sprintf("its digest is %s, and that of its contents %s", short(digest), short(r.sum()))}
	}
	if err := json.Unmarshal(body, &r.Change); err != nil {
		return Record{}, &Broken{seq, "its body is no change: " + err.Error()}
	}
	return r, nil
}

// linkFault says what no number and no digest of a record before can be. A digest of another form
// could hold the line ends that part the fields of the sum.
func (r Record) linkFault() string {
	switch {
	case r.Seq < 1:
		return "numbers begin with 1"
	case r.Seq == 1 && r.Prev != "":
		return fmt.Sprintf("it is the first, and names %s as the record before", short(r.Prev))
	case r.Seq > 1 && !isDigest(r.Prev):
		return fmt.Sprintf("it names %q as the record before, which is no SHA-256 in hex", r.Prev)
	}
	return ""
}

func (r Record) sum() string { return digest(r.Seq, r.Prev, r.Body) }

func digest(seq int64, prev string, body []byte) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "understudy audit\n%d\n%s\n", seq, prev)
	hash.Write(body)
	return hex.EncodeToString(hash.Sum(nil))
}

func isDigest(text string) bool {
	if len(text) != 2*sha256.Size {
		return false
	}
	for _, r := range text {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'f') {
			return false
		}
	}
	return true
}

// short is enough of a digest to tell it from another one.
func short(digest string) string {
	const most = 12
	if len(digest) > most {
		digest = digest[:most]
	}
	return fmt.Sprintf("%q", digest)
}
