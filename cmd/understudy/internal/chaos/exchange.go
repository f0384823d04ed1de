package chaos

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Question is one request of a client.
type Question struct {
	Method, Path string
	Body         []byte // nil: none
	Scan         int    // questions of one scan have the same number; 0: of none
	Named        bool   // the client names the scan
}

// Analysis is the last element of a path under /analyze/, else "".
func (q Question) Analysis() string {
	name, found := strings.CutPrefix(q.Path, "/analyze/")
	if !found || q.Method != http.MethodPost {
		return ""
	}
	return name
}

// End is how a connection ended for a client.
type End string

// The ends of an exchange.
const (
	Whole End = "whole" // the answer came to its end
	Cut   End = "cut"   // it broke off after its head
	None  End = "none"  // not even a head came
)

// Answer is what a client saw.
type Answer struct {
	Status  int
	Header  http.Header
	Chunked bool // the length was not said beforehand
	Body    []byte
	Trailer http.Header
	End     End
	Err     error // of Cut and None
	Took    time.Duration
}

// The headers that Understudy adds under /analyze/.
const (
	headerServedBy = "X-Understudy-Served-By"
	headerExchange = "X-Understudy-Exchange"
)

// ByCandidate reports whether the answer says that the candidate gave it.
func (a Answer) ByCandidate() bool {
	by, _, _ := strings.Cut(a.Header.Get(headerServedBy), ";")
	return by == "candidate"
}

func (q Question) String() string {
	return fmt.Sprintf("%s %s (%d bytes)\n%s", q.Method, q.Path, len(q.Body), q.Body)
}

func (a Answer) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "status %d, connection %s", a.Status, a.End)
	if a.Err != nil {
		fmt.Fprintf(&s, " (%v)", a.Err)
	}
	fmt.Fprintf(&s, ", chunked %v, after %s\n", a.Chunked, a.Took)
	for _, name := range slices.Sorted(headerNames(a.Header)) {
		fmt.Fprintf(&s, "%s: %s\n", name, strings.Join(a.Header[name], " | "))
	}
	fmt.Fprintf(&s, "\n%s", a.Body)
	return s.String()
}
