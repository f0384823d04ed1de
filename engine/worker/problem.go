package worker

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// answer is a response held whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// problem is the pool's own answer: problem details of RFC 9457.
func problem(status int, detail string) *answer {
	body, err := json.Marshal(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{http.StatusText(status), status, detail})
	if err != nil {
		panic(err) // two strings and a number
	}
	a := &answer{status: status, header: http.Header{}, body: append(body, '\n')}
	a.header.Set("Content-Type", "application/problem+json")
	if status == http.StatusServiceUnavailable {
		a.header.Set("Retry-After", "1")
	}
	return a
}

// health answers GET /health: a pool without a living worker is degraded.
func (p *Pool) health() *answer {
	status := "degraded"
	if p.Stats().Alive > 0 {
		status = "healthy"
	}
	body, err := json.Marshal(struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}{status, p.config.Version})
	if err != nil {
		panic(err) // two strings
	}
	a := &answer{status: http.StatusOK, header: http.Header{}, body: append(body, '\n')}
	a.header.Set("Content-Type", "application/json; charset=utf-8")
	return a
}

// stamp sets the headers that every answer carries.
func (a *answer) stamp(queueMS int64) {
	a.header.Set(QueueHeader, strconv.FormatInt(queueMS, 10))
	a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
}
