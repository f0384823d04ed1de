package backend

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Patience is how a client bears with a scanner.
type Patience struct {
	Attempt time.Duration   // a request is given up after so long
	Pauses  []time.Duration // before each further attempt
}

// DefaultPatience is that of the backend's client: 60 s an attempt, three
// attempts, pauses of 1 and 2 s.
func DefaultPatience() Patience {
	return Patience{Attempt: 60 * time.Second, Pauses: []time.Duration{time.Second, 2 * time.Second}}
}

// Client asks a scanner. The zero value of a field stands for its default.
type Client struct {
	HTTP     *http.Client
	Patience Patience
}

// Answer is what came back to one question.
type Answer struct {
	Path     string
	Status   int // 0: no answer
	ServedBy string
	Exchange string
	Body     []byte
	Latency  time.Duration // of the last attempt
	Attempts int
	Err      error // nil when Status is 200
}

// Play asks all questions of a scan and returns their answers in the order of
// Scan.Questions and Scan.Last. An error of one question is in its answer.
func (c Client) Play(ctx context.Context, base string, scan Scan) []Answer {
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	if c.Patience.Attempt == 0 {
		c.Patience = DefaultPatience()
	}
	if scan.Health {
		c.once(ctx, http.MethodGet, base, Question{Path: "/health"}, "") // the backend only logs what it says
	}
	answers := c.burst(ctx, base, scan.Questions, scan.ID)
	return append(answers, c.burst(ctx, base, scan.Last, scan.ID)...)
}

func (c Client) burst(ctx context.Context, base string, questions []Question, id string) []Answer {
	answers := make([]Answer, len(questions))
	var group sync.WaitGroup
	for i, q := range questions {
		group.Go(func() { answers[i] = c.ask(ctx, base, q, id) })
	}
	group.Wait()
	return answers
}

// ask is one question with its retries.
func (c Client) ask(ctx context.Context, base string, q Question, id string) Answer {
	answer := c.once(ctx, http.MethodPost, base, q, id)
	answer.Attempts = 1
	for _, pause := range c.Patience.Pauses {
		if answer.Err == nil || final(answer.Err) {
			return answer
		}
		select {
		case <-ctx.Done():
			return answer
		case <-time.After(pause):
		}
		attempts := answer.Attempts + 1
		answer = c.once(ctx, http.MethodPost, base, q, id)
		answer.Attempts = attempts
	}
	return answer
}

// final holds for an error after which the backend's client does not try again.
// It looks at the text, the body of the answer included.
func final(err error) bool {
	text := err.Error()
	return strings.Contains(text, "HTTP 4") || strings.Contains(text, "validation") || strings.Contains(text, "invalid")
}

func (c Client) once(ctx context.Context, method, base string, q Question, id string) (answer Answer) {
	ctx, cancel := context.WithTimeout(ctx, c.Patience.Attempt)
	defer cancel()
	answer.Path = q.Path
	start := time.Now()
	defer func() { answer.Latency = time.Since(start) }()

	r, err := http.NewRequestWithContext(ctx, method, base+q.Path, bytes.NewReader(q.Body))
	if err != nil {
		answer.Err = err
		return answer
	}
	if q.Body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if id != "" {
		r.Header.Set("X-Scan-ID", id)
	}
	response, err := c.HTTP.Do(r)
	if err != nil {
		answer.Err = err
		return answer
	}
	defer response.Body.Close()
	answer.Status = response.StatusCode
	answer.ServedBy = response.Header.Get("X-Understudy-Served-By")
	answer.Exchange = response.Header.Get("X-Understudy-Exchange")
	answer.Body, err = io.ReadAll(response.Body)
	switch {
	case err != nil:
		answer.Err = err
	case response.StatusCode != http.StatusOK:
		answer.Err = fmt.Errorf("HTTP %d: %s - %s", response.StatusCode, http.StatusText(response.StatusCode), answer.Body)
	}
	return answer
}
