package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// backoffMost is the longest pause between two tries.
const backoffMost = 5 * time.Minute

// webhook is one receiver with its queue.
type webhook struct {
	cfg     Config
	address *url.URL // holds a secret: only its host may be shown
	metrics *metrics
	wake    chan struct{} // holds a token when there may be something to do

	mu     sync.Mutex // guards what follows
	queue  []Message  // oldest first, without the one that is being delivered
	closed bool
}

func (w *webhook) put(m Message) {
	w.mu.Lock()
	dropped := 0
	switch {
	case w.closed:
		dropped = 1
	case len(w.queue) == w.cfg.Queue:
		w.queue, dropped = append(w.queue[1:], m), 1
	default:
		w.queue = append(w.queue, m)
	}
	w.mu.Unlock()
	w.metrics.dropped.Add(float64(dropped))
	w.nudge()
}

func (w *webhook) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// end lets run return as soon as the queue is empty.
func (w *webhook) end() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.nudge()
}

func (w *webhook) drop() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := len(w.queue)
	w.queue = nil
	w.metrics.dropped.Add(float64(left))
	return left
}

func (w *webhook) waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// take is the next message; ok is false when there is none.
func (w *webhook) take() (m Message, ok, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return Message{}, false, w.closed
	}
	m, w.queue = w.queue[0], w.queue[1:]
	return m, true, w.closed
}

// putBack keeps a message that was cut short by the end, so that it is counted
// among those that were not delivered.
func (w *webhook) putBack(m Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append([]Message{m}, w.queue...)
}

func (w *webhook) run(ctx context.Context) {
	for ctx.Err() == nil {
		m, ok, closed := w.take()
		if !ok {
			if closed {
				return
			}
			select {
			case <-w.wake:
			case <-ctx.Done():
			}
			continue
		}
		if err := w.deliver(ctx, m); err == nil {
			w.metrics.delivered.Inc()
		} else if ctx.Err() != nil {
			w.putBack(m)
		} else {
			w.metrics.failed.Inc()
			w.cfg.Logger.Error("notification was not delivered", "host", w.address.Host, "kind", m.Kind, "error", err)
		}
	}
}

// deliver tries until the receiver has the message, or says that it never will,
// or the tries are used up.
func (w *webhook) deliver(ctx context.Context, m Message) error {
	body, err := m.body(w.cfg.Instance)
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	pause := w.cfg.Backoff
	for attempt := 1; ; attempt++ {
		again, asked, err := w.post(ctx, body)
		if err == nil {
			return nil
		}
		if !again || attempt == w.cfg.Attempts {
			return fmt.Errorf("try %d: %w", attempt, err)
		}
		w.cfg.Logger.Warn("notification will be tried again", "host", w.address.Host, "kind", m.Kind, "try", attempt, "error", err)
		w.metrics.retries.Inc()
		if err := w.cfg.Sleep(ctx, min(max(pause, asked), backoffMost)); err != nil {
			return err
		}
		pause = min(2*pause, backoffMost)
	}
}

// post is one try. With an error it says whether another one may help, and how
// long the receiver asks us to wait before.
func (w *webhook) post(ctx context.Context, body []byte) (again bool, asked time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.cfg.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address.String(), bytes.NewReader(body))
	if err != nil {
		return false, 0, errors.New("the address can't be used") // err would show it
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "understudy")
	if user := w.address.User; user != nil {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	// Not by an http.Client: it follows redirects, and quotes the whole address in its errors.
	response, err := w.cfg.Transport.RoundTrip(request)
	if err != nil {
		return true, 0, err
	}
	defer response.Body.Close()
	// Read what a small answer has, so that the connection can be used again.
	_, _ = io.CopyN(io.Discard, response.Body, 4096)
	switch code := response.StatusCode; {
	case code >= 200 && code < 300:
		return false, 0, nil
	case code == http.StatusTooManyRequests || code >= 500:
		return true, retryAfter(response.Header), fmt.Errorf("the receiver answered %d", code)
	default:
		return false, 0, fmt.Errorf("the receiver answered %d", code)
	}
}

// retryAfter reads the seconds of Retry-After; a date counts as none given.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > int(backoffMost/time.Second) {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
