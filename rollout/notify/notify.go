package notify

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config says whom to tell and how stubbornly. The zero value tells nobody.
type Config struct {
	URLs      []*url.URL        // the webhooks, http or https; none: every message goes nowhere
	Transport http.RoundTripper // nil: a copy of http.DefaultTransport, with the proxy of the environment
	Queue     int               // messages that may wait for each webhook; 0: 100
	Attempts  int               // most tries for a message; 0: 8
	Backoff   time.Duration     // pause after the first failed try, doubled after each further one, at most 5 min; 0: 1 s
	Timeout   time.Duration     // of one try; 0: 10 s
	Instance  string            // which Understudy this is; empty: not said

	Registerer prometheus.Registerer // nil: no metrics
	Logger     *slog.Logger          // nil: silent
	// Sleep waits between tries, and returns early with an error when ctx ends. nil: by the clock.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Notifier sends messages to webhooks. It is safe for concurrent use.
type Notifier struct {
	webhooks []*webhook
	metrics  *metrics
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// New starts a notifier. An error names what is wrong with the configuration,
// and never an address.
func New(cfg Config) (*Notifier, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	n := &Notifier{}
	n.metrics = newMetrics(n)
	for _, address := range cfg.URLs {
		n.webhooks = append(n.webhooks, &webhook{cfg: cfg, address: address, metrics: n.metrics, wake: make(chan struct{}, 1)})
	}
	if cfg.Registerer != nil {
		if err := n.metrics.register(cfg.Registerer); err != nil {
			return nil, fmt.Errorf("register metrics of notifications: %w", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	n.cancel = cancel
	for _, w := range n.webhooks {
		n.running.Go(func() { w.run(ctx) })
	}
	return n, nil
}

func (c Config) validate() error {
	for i, address := range c.URLs {
		switch {
		case address == nil:
			return fmt.Errorf("webhook %d is missing", i+1)
		case address.Scheme != "http" && address.Scheme != "https":
			return fmt.Errorf("webhook %d has the scheme %q, allowed are http and https", i+1, address.Scheme)
		case address.Host == "":
			return fmt.Errorf("webhook %d names no host", i+1)
		}
	}
	for _, n := range []struct {
		field string
		value int
	}{{"queue", c.Queue}, {"attempts", c.Attempts}} {
		if n.value < 0 || n.value > 100_000 {
			return fmt.Errorf("notifications: %s is %d, allowed is 0 to 100000", n.field, n.value)
		}
	}
	for _, d := range []struct {
		field string
		value time.Duration
	}{{"backoff", c.Backoff}, {"timeout", c.Timeout}} {
		if d.value < 0 || d.value > backoffMost {
			return fmt.Errorf("notifications: %s is %s, allowed is 0s to %s", d.field, d.value, backoffMost)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Transport == nil {
		c.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	if c.Queue == 0 {
		c.Queue = 100
	}
	if c.Attempts == 0 {
		c.Attempts = 8
	}
	if c.Backoff == 0 {
		c.Backoff = time.Second
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	return c
}

// Send puts a message in the queue of each webhook and returns. Where a queue is
// full its oldest message is dropped. After Close it does nothing but count.
func (n *Notifier) Send(m Message) {
	for _, w := range n.webhooks {
		w.put(m)
	}
}

// Close delivers what waits, as long as ctx lasts, and ends. Messages that are
// left are dropped, and an error says how many.
func (n *Notifier) Close(ctx context.Context) error {
	for _, w := range n.webhooks {
		w.end()
	}
	done := make(chan struct{})
	go func() {
		n.running.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	n.cancel()
	<-done // a cancelled request returns at once
	for _, w := range n.webhooks {
		if closer, ok := w.cfg.Transport.(interface{ CloseIdleConnections() }); ok {
			closer.CloseIdleConnections()
		}
	}
	if left := n.drop(); left > 0 {
		return fmt.Errorf("close notifications: %d messages were not delivered: %w", left, ctx.Err())
	}
	return nil
}

// drop empties the queues and says how much was in them.
func (n *Notifier) drop() (left int) {
	for _, w := range n.webhooks {
		left += w.drop()
	}
	return left
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
