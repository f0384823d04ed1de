package worker

import (
	"net/http"
	"strings"
)

// priorityHeader is that of RFC 9218. Its urgency u, 0 to 7 and 3 where nothing
// is said, is all that counts here. It is between the caller and the pool: no
// worker sees it.
const priorityHeader = "Priority"

// leastPressing is the first urgency behind which nobody waits; what is more
// urgent goes first.
const leastPressing = '4'

// line is where a request waits for a slot. Each is a channel without a buffer:
// receivers are slots, and senders wait in the order they came.
type line chan *job

// lineOf is the line of a request. Two are enough: somebody waits for the answer,
// or nobody does, as with copies of what a client has its answer to already.
func (p *Pool) lineOf(r *http.Request) line {
	if urgency(r.Header.Values(priorityHeader)) >= leastPressing {
		return p.later
	}
	return p.first
}

// urgency reads the header as far as it matters; what can't be read is left out,
// and of several the last one counts, as in every dictionary of RFC 8941.
func urgency(values []string) byte {
	urgency := byte('3')
	for member := range strings.SplitSeq(strings.Join(values, ","), ",") {
		member, _, _ = strings.Cut(strings.TrimSpace(member), ";")
		if digit, found := strings.CutPrefix(member, "u="); found && len(digit) == 1 && digit[0] >= '0' && digit[0] <= '7' {
			urgency = digit[0]
		}
	}
	return urgency
}

// next is the request that a free slot takes, if one is waiting now.
func (p *Pool) next() *job {
	for _, line := range []line{p.first, p.later} {
		select {
		case j := <-line:
			return j
		default:
		}
	}
	return nil
}
