package chaos

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"understudy/compare"
)

// Allowance says what a client may see beside the primary's very answer.
type Allowance struct {
	Candidate bool // an answer of the candidate that agrees, or a primary that is proven wrong
	Rescue    bool // where the primary failed, an answer that agrees with the right one
	Refusal   bool // no answer at all: a connection that ends without a byte
}

// Expected is what a direct connection gives, and what is right.
type Expected struct {
	Direct Answer
	Right  []byte // the right answer to an analysis; nil: not known
}

// Difference is an exchange that a client can tell from a direct one.
type Difference struct {
	Why       string
	Question  Question
	Want, Got Answer
}

// String shows the exchange whole.
func (d Difference) String() string {
	return fmt.Sprintf("%s\n--- request\n%s\n--- direct answer\n%s\n--- answer through Understudy\n%s", d.Why, d.Question, d.Want, d.Got)
}

// Differs says how an answer differs from what may be seen, "" if it does not.
func (e Expected) Differs(q Question, got Answer, may Allowance) string {
	failed := e.Direct.End != Whole || e.Direct.Status >= http.StatusInternalServerError
	switch {
	case may.Refusal && got.End == None:
		return ""
	case got.End == None && e.Direct.End != None:
		return fmt.Sprintf("no answer came: %v", got.Err)
	case got.ByCandidate() && may.Rescue && failed:
		return e.wrong(q, got, e.Right, "the right answer")
	case got.ByCandidate() && may.Candidate && e.Direct.End == Whole:
		return e.wrong(q, got, e.Direct.Body, "the primary's answer")
	case got.ByCandidate():
		return "the candidate answered, which nothing allows"
	case e.Direct.End == None:
		return ownRefusal(got)
	}
	if why := marks(q, got); why != "" {
		return why
	}
	return e.unlike(got)
}

// unlike compares everything that a client can see.
func (e Expected) unlike(got Answer) string {
	want := e.Direct
	switch {
	case got.Status != want.Status:
		return fmt.Sprintf("the status is %d, directly %d", got.Status, want.Status)
	case got.End != want.End:
		return fmt.Sprintf("the connection ended %s, directly %s", got.End, want.End)
	case got.Chunked != want.Chunked:
		return fmt.Sprintf("chunked is %v, directly %v", got.Chunked, want.Chunked)
	}
	if why := unlikeHeaders(want.Header, got.Header); why != "" {
		return why
	}
	if why := unlikeHeaders(want.Trailer, got.Trailer); why != "" {
		return "trailer: " + why
	}
	// How many bytes come before a reset is the network's chance; which ones is not.
	if want.End == Cut {
		short, long := got.Body, want.Body
		if len(short) > len(long) {
			short, long = long, short
		}
		if !bytes.HasPrefix(long, short) {
			return "what came of the body before it broke off are other bytes"
		}
		return ""
	}
	if !bytes.Equal(got.Body, want.Body) {
		return fmt.Sprintf("the body has other bytes: %d, directly %d", len(got.Body), len(want.Body))
	}
	return ""
}

func unlikeHeaders(want, got http.Header) string {
	for _, name := range slices.Sorted(headerNames(want)) {
		if !slices.Equal(want[name], got[name]) {
			return fmt.Sprintf("header %s is %q, directly %q", name, got[name], want[name])
		}
	}
	for _, name := range slices.Sorted(headerNames(got)) {
		if _, there := want[name]; !there && name != headerServedBy && name != headerExchange {
			return fmt.Sprintf("header %s is %q, directly it is not there", name, got[name])
		}
	}
	return ""
}

// marks looks at the two headers of Understudy: only under /analyze/, and honest.
func marks(q Question, got Answer) string {
	by, marked := got.Header[headerServedBy]
	if !marked {
		return ""
	}
	if !strings.HasPrefix(q.Path, "/analyze/") {
		return fmt.Sprintf("%s is %q outside /analyze/", headerServedBy, by)
	}
	if name, _, _ := strings.Cut(by[0], ";"); len(by) != 1 || name != "primary" {
		return fmt.Sprintf("%s is %q", headerServedBy, by)
	}
	return ""
}

// wrong says why the candidate's answer may not go out beside another one.
func (e Expected) wrong(q Question, got Answer, beside []byte, what string) string {
	kind, _, _ := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if got.Status != http.StatusOK || got.End != Whole || kind != "application/json" || q.Analysis() == "" {
		return "the candidate answered, and not with a whole 200 of JSON to an analysis"
	}
	if beside == nil {
		return "the candidate answered, and " + what + " is not known"
	}
	result := compare.Prepare(compare.Question{Analysis: q.Analysis(), Body: q.Body}).Compare(
		compare.Reply{Status: http.StatusOK, Body: beside}, compare.Reply{Status: http.StatusOK, Body: got.Body}, compare.KindRust)
	if !result.Serves() {
		return fmt.Sprintf("the candidate answered, and beside %s the verdict is %s", what, result.Verdict)
	}
	return ""
}

// ownRefusal holds an answer in place of none to what Understudy says of itself.
func ownRefusal(got Answer) string {
	kind, _, _ := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if got.End == None || got.End == Whole && got.Status == http.StatusBadGateway && kind == "application/problem+json" {
		return ""
	}
	return "the primary gave no answer, and what came is not the 502 that says so"
}
