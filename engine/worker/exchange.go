package worker

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
)

// exchanged is what became of a request. With a reason the worker that had it
// is of no more use; a nil answer then means that its end is the answer.
type exchanged struct {
	answer    *answer
	reason    Reason
	untouched bool // no byte of the request was sent
}

// SpentHeader is a header by which a worker's answer asks for the worker to be
// replaced: the answer is good, but something is still running behind it. It
// goes no further.
const SpentHeader = "X-Engine-Spent"

// maxHeader bounds the header of an answer, in bytes.
const maxHeader = 1 << 20

// hopByHop are the headers that belong to a connection.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade", "Expect",
}

// exchange sends j over conn and reads the answer whole.
func exchange(conn net.Conn, j *job, maxAnswer int64) exchanged {
	if _, err := conn.Read(make([]byte, 1)); err != nil { // see handedListener.Accept
		return exchanged{reason: ReasonCrash, untouched: true}
	}
	// Written beside the reading: a worker may answer before it has read all.
	// Its error shows in the reading.
	go func() { _ = j.outgoing().Write(conn) }()
	from := &io.LimitedReader{R: conn, N: maxHeader}
	// The body is not closed: that would read all that is left of it. The
	// connection ends it.
	resp, err := http.ReadResponse(bufio.NewReader(from), j.request) //nolint:bodyclose // see above
	switch {
	case err != nil && from.N == 0:
		return unusable("the header of the answer is larger than %d bytes", maxHeader)
	case err != nil:
		return unread(err)
	}
	from.N = math.MaxInt64 // the body has a limit of its own
	if resp.StatusCode < 200 || resp.StatusCode > 599 {
		return unusable("the answer has the status %d", resp.StatusCode)
	}
	if resp.ContentLength > maxAnswer {
		return unusable("the answer is larger than %d bytes", maxAnswer)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return unread(err)
	}
	if int64(len(body)) > maxAnswer {
		return unusable("the answer is larger than %d bytes", maxAnswer)
	}
	for _, name := range hopByHop {
		resp.Header.Del(name)
	}
	resp.Header.Del(RefusedHeader) // only the pool refuses
	var reason Reason
	if resp.Header.Get(SpentHeader) != "" {
		resp.Header.Del(SpentHeader)
		reason = ReasonSpent
	}
	return exchanged{reason: reason, answer: &answer{status: resp.StatusCode, header: resp.Header, body: body}}
}

// unusable is an answer that nobody gets.
func unusable(format string, args ...any) exchanged {
	return exchanged{answer: problem(http.StatusBadGateway, fmt.Sprintf(format, args...)), reason: ReasonAnswer}
}

// unread is an answer that could not be read: it broke off, or it is not HTTP.
func unread(err error) exchanged {
	var network net.Error
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) {
		return exchanged{reason: ReasonCrash}
	}
	return unusable("the answer of the engine worker is not HTTP: %.100q", err.Error())
}

// forwarded returns r as a worker gets it, but for the body. It shares nothing
// with r, whose owner may go away before the worker has read it.
func forwarded(r *http.Request) *http.Request {
	f := r.Clone(r.Context())
	for _, name := range hopByHop {
		f.Header.Del(name)
	}
	f.Header.Del(priorityHeader)
	f.Body, f.TransferEncoding, f.RequestURI = nil, nil, ""
	f.Host = "worker"
	f.Close = true // each request has a connection of its own
	return f
}

// outgoing is the request with its body, to be written once.
func (j *job) outgoing() *http.Request {
	r := *j.request
	r.Body, r.ContentLength = http.NoBody, 0
	if len(j.body) > 0 {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(j.body)), int64(len(j.body))
	}
	return &r
}
