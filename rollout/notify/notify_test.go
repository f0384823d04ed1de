package notify_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"understudy/rollout/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// receiver is a webhook that answers with the given codes, the last one for
// ever, and keeps what it got.
type receiver struct {
	*httptest.Server
	codes  []int
	header http.Header // of every answer

	mu     sync.Mutex // guards what follows
	bodies []string
	got    chan string
}

func receive(t *testing.T, codes ...int) *receiver {
	t.Helper()
	r := &receiver{codes: codes, header: http.Header{}, got: make(chan string, 100)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	r.mu.Lock()
	code := r.codes[min(len(r.bodies), len(r.codes)-1)]
	r.bodies = append(r.bodies, string(body))
	r.mu.Unlock()
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(code)
	r.got <- string(body)
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.bodies)
}

// secret is an address of the receiver with all the places a secret hides in.
func (r *receiver) secret(t *testing.T) *url.URL {
	t.Helper()
	address, err := url.Parse(r.URL + "/hooks/sesame?token=sesame")
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword("sesame", "sesame")
	return address
}

// pauses is a clock that does not wait, and says how long it should have.
type pauses struct {
	mu   sync.Mutex // guards list
	list []time.Duration
}

func (p *pauses) sleep(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, d)
	return ctx.Err()
}

type started struct {
	*notify.Notifier
	pauses   *pauses
	log      *bytes.Buffer // to be read after close
	registry *prometheus.Registry
}

func start(t *testing.T, cfg notify.Config) *started {
	t.Helper()
	s := &started{pauses: &pauses{}, log: &bytes.Buffer{}, registry: prometheus.NewRegistry()}
	cfg.Logger, cfg.Registerer = slog.New(slog.NewJSONHandler(s.log, nil)), s.registry
	if cfg.Sleep == nil {
		cfg.Sleep = s.pauses.sleep
	}
	n, err := notify.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.Notifier = n
	return s
}

func (s *started) close(t *testing.T) {
	t.Helper()
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func (s *started) counts(t *testing.T, want string) {
	t.Helper()
	if err := testutil.GatherAndCompare(s.registry, strings.NewReader(want), "understudy_notifications_total"); err != nil {
		t.Error(err)
	}
}

var tripped = notify.Message{
	At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Kind: "tripped", Text: "the breaker tripped at canary_10: E < 0.05",
	Stage: "canary_10", Condition: "tripped", Actor: "controller", Reason: "error_rate: 11 of the last 120 executions, from 5 scans",
	Trigger: "error_rate", Exchanges: []string{"e1", "e2"},
}

func TestSend_PostsOneJSONObjectThatSlackUnderstands(t *testing.T) {
	hook := receive(t, http.StatusOK)
	s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}, Instance: "explorer-1"})
	s.Send(tripped)
	s.close(t)
	want := `{"text":"explorer-1: the breaker tripped at canary_10: E < 0.05","at":"2026-03-01T12:00:00Z","kind":"tripped",` +
		`"stage":"canary_10","condition":"tripped","serve_percent":0,"actor":"controller",` +
		`"reason":"error_rate: 11 of the last 120 executions, from 5 scans","trigger":"error_rate","exchanges":["e1","e2"],"instance":"explorer-1"}`
	if got := <-hook.got; got != want {
		t.Errorf("sent\n%s\nwant\n%s", got, want)
	}
	s.counts(t, `
		# HELP understudy_notifications_total Messages by what became of them, once for each webhook: delivered, failed (refused, or all tries used up), dropped (the queue was full, or the process ended).
		# TYPE understudy_notifications_total counter
		understudy_notifications_total{result="delivered"} 1
		understudy_notifications_total{result="dropped"} 0
		understudy_notifications_total{result="failed"} 0
	`)
}

func TestSend_AsksWithTheMethodHeadersAndPasswordOfAWebhook(t *testing.T) {
	requests := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { requests <- r }))
	defer server.Close()
	address, _ := url.Parse(strings.Replace(server.URL, "://", "://name:word@", 1) + "/hook?a=b")
	s := start(t, notify.Config{URLs: []*url.URL{address}})
	s.Send(tripped)
	s.close(t)
	r := <-requests
	name, password, _ := r.BasicAuth()
	if r.Method != http.MethodPost || r.URL.String() != "/hook?a=b" || r.Header.Get("Content-Type") != "application/json" || name != "name" || password != "word" {
		t.Errorf("asked %s %s with %v", r.Method, r.URL, r.Header)
	}
}

func TestSend_TriesAgainWithAGrowingPauseWhileTheReceiverFails(t *testing.T) {
	hook := receive(t, 500, 503, 429, 200)
	s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}})
	s.Send(tripped)
	s.close(t)
	if want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(s.pauses.list, want) || hook.count() != 4 {
		t.Errorf("%d tries with pauses %v, want 4 with %v", hook.count(), s.pauses.list, want)
	}
}

func TestSend_WaitsAsLongAsTheReceiverAsks(t *testing.T) {
	hook := receive(t, 429, 429, 200)
	hook.header.Set("Retry-After", "7")
	s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}, Backoff: 5 * time.Second})
	s.Send(tripped)
	s.close(t)
	if want := []time.Duration{7 * time.Second, 10 * time.Second}; !slices.Equal(s.pauses.list, want) {
		t.Errorf("pauses %v, want %v: the longer one of what is asked and the backoff", s.pauses.list, want)
	}
}

func TestSend_GivesUpAfterTheLastTryAndGoesOnWithTheNextMessage(t *testing.T) {
	hook := receive(t, 500, 500, 500, 200)
	s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}, Attempts: 3})
	s.Send(tripped)
	s.Send(tripped)
	s.close(t)
	if hook.count() != 4 {
		t.Errorf("%d tries, want 3 and 1", hook.count())
	}
	if !strings.Contains(s.log.String(), "notification was not delivered") {
		t.Errorf("the log does not say that a message was given up: %s", s.log)
	}
}

func TestSend_WhatIsRefusedIsNotTriedAgain(t *testing.T) {
	for _, code := range []int{301, 307, 400, 404, 410} {
		hook := receive(t, code)
		elsewhere := receive(t, 200)
		hook.header.Set("Location", elsewhere.URL)
		s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}})
		s.Send(tripped)
		s.close(t)
		if hook.count() != 1 || elsewhere.count() != 0 {
			t.Errorf("%d: asked %d times, and %d times where it redirects to; want once and never", code, hook.count(), elsewhere.count())
		}
	}
}

func TestSend_NeverLogsTheSecretOfAnAddress(t *testing.T) {
	gone, refuses, fails := receive(t, 200), receive(t, 404), receive(t, 500)
	urls := []*url.URL{gone.secret(t), refuses.secret(t), fails.secret(t)}
	gone.Close()
	fails.header.Set("Location", ":sesame")
	s := start(t, notify.Config{URLs: urls, Attempts: 2})
	s.Send(tripped)
	s.close(t)
	if log := s.log.String(); strings.Contains(log, "sesame") || strings.Count(log, "not delivered") != 3 {
		t.Errorf("the log tells a secret, or not of all three: %s", log)
	}
	for _, address := range []string{"ftp://sesame/sesame", "http:///sesame", "sesame://x"} {
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = notify.New(notify.Config{URLs: []*url.URL{urls[0], parsed}})
		if err == nil || !strings.HasPrefix(err.Error(), "webhook 2 ") || strings.Contains(err.Error(), "/sesame") {
			t.Errorf("%s: error %v, want one that names the second webhook and not its address", address, err)
		}
	}
}

// stuck is a webhook that answers when it is told to.
func stuck(t *testing.T) (hook *receiver, asked chan struct{}, release func()) {
	t.Helper()
	asked, gate := make(chan struct{}, 100), make(chan struct{})
	hook = &receiver{codes: []int{200}, got: make(chan string, 100)}
	hook.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-gate:
		case <-r.Context().Done():
		}
		hook.ServeHTTP(w, r)
	}))
	release = sync.OnceFunc(func() { close(gate) })
	t.Cleanup(func() { release(); hook.Close() })
	return hook, asked, release
}

func TestSend_AFullQueueDropsItsOldestMessageAndNeverBlocks(t *testing.T) {
	hook, asked, release := stuck(t)
	s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}, Queue: 2})
	s.Send(notify.Message{Text: "1"})
	<-asked
	for _, text := range []string{"2", "3", "4"} {
		s.Send(notify.Message{Text: text})
	}
	release()
	s.close(t)
	for _, want := range []string{"1", "3", "4"} {
		if got := <-hook.got; !strings.Contains(got, `"text":"`+want+`"`) {
			t.Errorf("received %s, want message %s", got, want)
		}
	}
	s.counts(t, `
		# HELP understudy_notifications_total Messages by what became of them, once for each webhook: delivered, failed (refused, or all tries used up), dropped (the queue was full, or the process ended).
		# TYPE understudy_notifications_total counter
		understudy_notifications_total{result="delivered"} 3
		understudy_notifications_total{result="dropped"} 1
		understudy_notifications_total{result="failed"} 0
	`)
}

func TestSend_ADeadWebhookHoldsUpNoOtherOne(t *testing.T) {
	dead, _, release := stuck(t)
	alive := receive(t, 200)
	s := start(t, notify.Config{URLs: []*url.URL{dead.secret(t), alive.secret(t)}})
	s.Send(tripped)
	s.Send(tripped)
	<-alive.got
	<-alive.got
	release()
	s.close(t)
}

func TestClose_EndsInTimeAndSaysWhatIsLost(t *testing.T) {
	hook, asked, _ := stuck(t)
	s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}})
	s.Send(tripped)
	s.Send(tripped)
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ctx); err == nil || !strings.Contains(err.Error(), "2 messages were not delivered") {
		t.Errorf("close with a dead webhook: %v, want that 2 messages were not delivered", err)
	}
	s.Send(tripped) // counts and does nothing else
	s.counts(t, `
		# HELP understudy_notifications_total Messages by what became of them, once for each webhook: delivered, failed (refused, or all tries used up), dropped (the queue was full, or the process ended).
		# TYPE understudy_notifications_total counter
		understudy_notifications_total{result="delivered"} 0
		understudy_notifications_total{result="dropped"} 3
		understudy_notifications_total{result="failed"} 0
	`)
}

func TestClose_CutsAPauseShort(t *testing.T) {
	hook := receive(t, 500)
	asleep := make(chan struct{})
	s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}, Sleep: func(ctx context.Context, _ time.Duration) error {
		close(asleep)
		<-ctx.Done()
		return ctx.Err()
	}})
	s.Send(tripped)
	<-asleep
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ctx); err == nil {
		t.Error("close with a message under way: want an error")
	}
}

func TestSend_FromManyGoroutinesAtOnce(t *testing.T) {
	hook := receive(t, 200)
	s := start(t, notify.Config{URLs: []*url.URL{hook.secret(t)}})
	var senders sync.WaitGroup
	for range 20 {
		senders.Go(func() { s.Send(tripped) })
	}
	senders.Wait()
	s.close(t)
	if hook.count() != 20 {
		t.Errorf("received %d of 20", hook.count())
	}
}

func TestNew_WithoutWebhooksTellsNobody(t *testing.T) {
	n, err := notify.New(notify.Config{})
	if err != nil {
		t.Fatal(err)
	}
	n.Send(tripped)
	if err := n.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNew_NamesTheFieldThatIsWrong(t *testing.T) {
	for field, cfg := range map[string]notify.Config{
		"queue":    {Queue: -1},
		"attempts": {Attempts: -1},
		"backoff":  {Backoff: time.Hour},
		"timeout":  {Timeout: -time.Second},
		"webhook":  {URLs: []*url.URL{nil}},
	} {
		if _, err := notify.New(cfg); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: error %v, want one that names the field", field, err)
		}
	}
}
