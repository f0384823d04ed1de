package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"understudy/bench/rows"
)

// Scanner asks the Rust scanner's service over HTTP, one question at a time.
type Scanner struct {
	URL string
}

// endpoints answer the questions; whether quorums intersect is part of the answer about quorums.
var endpoints = map[rows.Analysis]string{
	rows.Blocking:     "blocking-sets",
	rows.Intersection: "quorums",
	rows.Splitting:    "splitting-sets",
	rows.Quorum:       "quorums",
	rows.AllBlocking:  "blocking-sets",
	rows.AllSplitting: "splitting-sets",
	rows.AllQuorums:   "quorums",
}

// Ask sends one request and tells the service the limit too, so that it stops computing.
func (s Scanner) Ask(ctx context.Context, q Question, limit time.Duration) Outcome {
	body, err := withTimeout(q.Request, limit)
	if err != nil {
		return failed(0, "write request: %v", err)
	}
	limited, cancel := context.WithTimeout(ctx, limit+closingTime)
	defer cancel()
	start := time.Now()
	code, reply, err := post(limited, s.URL+"/analyze/"+endpoints[q.Analysis], body)
	wall := time.Since(start)
	switch {
	case ctx.Err() != nil:
		return failed(wall, "%v", ctx.Err())
	case errors.Is(err, context.DeadlineExceeded) || code == http.StatusGatewayTimeout:
		return unsolved(wall, "ended after the limit")
	case err != nil:
		return failed(wall, "%v", err)
	case code != http.StatusOK:
		return failed(wall, "status %d: %s", code, lastLine(reply))
	}
	answer, err := readAnswer(q.Analysis, reply)
	if err != nil {
		return failed(wall, "read answer: %v", err)
	}
	return solved(answer.of(q.Analysis), wall, answer.solve(), limit, "")
}

func withTimeout(request []byte, limit time.Duration) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(request, &fields); err != nil {
		return nil, err
	}
	fields["timeout_ms"] = fmt.Append(nil, limit.Milliseconds())
	return json.Marshal(fields)
}

func post(ctx context.Context, url string, body []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	return response.StatusCode, reply, err
}
