package rollout

import (
	"crypto/sha256"
	"encoding/binary"
)

// buckets is the resolution of a share: one scan in 10,000, or 0.01 %.
const buckets = 10_000

// Treatment is what happens to one scan.
type Treatment struct {
	Serve  bool      // the client gets the candidate's answers, by the rule of the stage
	Alone  bool      // with Serve: the primary is asked only on fallback (stage complete)
	Mirror bool      // the candidate is asked after the client has its answer
	Dials  Effective // the shares behind it, and why
}

// Decide says who answers a scan. It is the only place that does: the data plane
// asks it, and whatever moves the dials needs to know nothing else.
//
// A served scan is compared as well, so Mirror tells only what is done with a
// request of the scan that the candidate does not answer.
func Decide(dials Dials, salt, scanKey string) Treatment {
	effective := dials.Effective()
	serve := InShare(salt, scanKey, effective.ServePercent)
	return Treatment{
		Serve: serve,
		Alone: serve && dials.Stage == Complete,
		// A salt of its own keeps the mirrored sample independent of the served one.
		Mirror: InShare(salt+"/mirror", scanKey, effective.MirrorPercent),
		Dials:  effective,
	}
}

// InShare reports whether a scan is inside a share of percent (0 to 100). The
// bucket of a scan is fixed by salt and key, so a greater percentage keeps every
// scan a smaller one had.
func InShare(salt, scanKey string, percent float64) bool {
	return float64(Bucket(salt, scanKey)) < percent*(buckets/100)
}

// Bucket is the place of a scan among 10,000, 0 to 9,999: the first eight bytes
// of SHA-256 over salt and key, modulo 10,000. SHA-256 and not a faster hash,
// because keys that differ in one digit must land far apart and a scan is hashed
// once.
func Bucket(salt, scanKey string) int {
	sum := sha256.Sum256([]byte(salt + scanKey))
	return int(binary.BigEndian.Uint64(sum[:8]) % buckets)
}
