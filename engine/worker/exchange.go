package worker

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
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
	resp, err := http.ReadResponse(bufio.NewReader(conn), j.request)
	if err != nil {
		return exchanged{reason: ReasonCrash}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return exchanged{reason: ReasonCrash}
	}
	if int64(len(body)) > maxAnswer {
		detail := fmt.Sprintf("the answer is larger than %d bytes", maxAnswer)
		return exchanged{answer: problem(http.StatusBadGateway, detail), reason: ReasonAnswer}
	}
	for _, name := range hopByHop {
		resp.Header.Del(name)
	}
	var reason Reason
	if resp.Header.Get(SpentHeader) != "" {
		resp.Header.Del(SpentHeader)
		reason = ReasonSpent
	}
	return exchanged{reason: reason, answer: &answer{status: resp.StatusCode, header: resp.Header, body: body}}
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
