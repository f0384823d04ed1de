package chaos

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// startRecorded is a primary with the engine's answers to a short load.
func startRecorded(t *testing.T) *Primary {
	t.Helper()
	questions, err := Questions(1)
	if err != nil {
		t.Fatal(err)
	}
	small := questions[:0]
	for _, q := range questions {
		if len(q.Body) < 8<<10 {
			small = append(small, q)
		}
	}
	p, err := StartPrimary(t.Context(), small, Engine())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// once asks each question of a primary once, at a URL.
func once(t *testing.T, p *Primary, base string, may Allowance) Tally {
	t.Helper()
	expected, err := p.Expect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := NewClient(1, true)
	defer client.Close()
	var total tallies
	for i, q := range p.Questions {
		total.add(expected[i], q, client.Ask(t.Context(), base, q, ""), may)
	}
	return total.Tally
}

// meddler stands between and changes what passes.
type meddler struct {
	http.ResponseWriter
	status int
	header func(http.Header)
	body   func([]byte) []byte
	begun  bool
}

func (m *meddler) WriteHeader(status int) {
	m.begun = true
	if m.header != nil {
		m.header(m.Header())
	}
	m.ResponseWriter.WriteHeader(status + m.status)
}

func (m *meddler) Write(p []byte) (int, error) {
	if !m.begun {
		m.WriteHeader(http.StatusOK)
	}
	if m.body != nil {
		p = m.body(p)
	}
	return m.ResponseWriter.Write(p)
}

func (m *meddler) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func TestLoad_CountsAProxyThatChangesAnythingAndNoOther(t *testing.T) {
	primary := startRecorded(t)
	for name, test := range map[string]struct {
		through func(w http.ResponseWriter, r *http.Request)
		differs bool
	}{
		"nothing": {primary.ServeHTTP, false},
		"its own two headers": {with(primary, meddler{header: func(h http.Header) {
			h.Set(headerExchange, "1")
		}}), false},
		"the status":      {with(primary, meddler{status: 1}), true},
		"one more header": {with(primary, meddler{header: func(h http.Header) { h.Set("Via", "1.1 proxy") }}), true},
		"a header less":   {with(primary, meddler{header: func(h http.Header) { h.Del("Server") }}), true},
		"a value of two":  {with(primary, meddler{header: func(h http.Header) { h.Set("X-Question", h.Get("X-Question")) }}), true},
		"the length":      {with(primary, meddler{header: func(h http.Header) { h.Del("Content-Length") }}), true},
		"the trailer":     {with(primary, meddler{header: func(h http.Header) { h.Del("Trailer") }}), true},
		"a byte of the body": {with(primary, meddler{body: func(p []byte) []byte {
			return []byte(strings.Replace(string(p), "0", "1", 1))
		}}), true},
		"the end of the body": {func(w http.ResponseWriter, r *http.Request) {
			primary.ServeHTTP(w, r)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, true},
		"the request": {func(w http.ResponseWriter, r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(r.Body, strings.NewReader(" ")))
			primary.ServeHTTP(w, r)
		}, true},
		"who answered": {with(primary, meddler{header: func(h http.Header) { h.Set(headerServedBy, "candidate") }}), true},
		"all of it":    {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true},
	} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(test.through))
		server.Start()
		got := once(t, primary, server.URL, Allowance{})
		server.Close()
		if got.Differences > 0 != test.differs || got.Differences > 0 != (got.First != nil) {
			t.Errorf("a proxy that changes %s: %d of %d differ, the first: %v", name, got.Differences, got.Requests, got.First)
		}
	}
}

func with(p *Primary, m meddler) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		own := m
		own.ResponseWriter = w
		p.ServeHTTP(&own, r)
	}
}

func TestPrimary_DoesToADirectClientWhatItSays(t *testing.T) {
	primary := startRecorded(t)
	for name, test := range map[string]struct {
		does Behaviour
		want func(Answer) bool
	}{
		"well":   {Behaviour{}, func(a Answer) bool { return a.End == Whole && a.Status < 500 }},
		"error":  {Behaviour{Status: 503}, func(a Answer) bool { return a.End == Whole && a.Status == 503 }},
		"reset":  {Behaviour{Reset: true}, func(a Answer) bool { return a.End == Cut && a.Status < 500 }},
		"silent": {Behaviour{Silent: true}, func(a Answer) bool { return a.End == None }},
		"refuse": {Behaviour{Refuse: true}, func(a Answer) bool { return a.End == None }},
		"again":  {Behaviour{Delay: time.Hour}, func(a Answer) bool { return a.End == Whole }}, // of which Expect takes no notice
	} {
		if err := primary.Behave(test.does); err != nil {
			t.Fatal(err)
		}
		expected, err := primary.Expect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range expected {
			q := primary.Questions[i]
			odd := primary.recorded[keyOf(q.Method, q.Path, q.Body)].number%2 == 1
			if odd && q.Method != http.MethodHead && !test.want(e.Direct) {
				t.Errorf("%s: %s %s: %v", name, q.Method, q.Path, e.Direct)
			}
		}
	}
}

func TestLoad_RunAsksOnUntilTheEndAndLeavesNoQuestionWithoutAnAnswer(t *testing.T) {
	primary := startRecorded(t)
	expected, err := primary.Expect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := primary.Asked()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	got := Load{Primary: primary, Expected: expected, Pause: time.Millisecond}.Run(ctx, primary.URL)
	if got.Requests == 0 || got.Requests != len(got.Took) || int64(got.Requests) != primary.Asked()-before || got.Differences != 0 {
		t.Errorf("%d requests, %d answers, the primary saw %d; %v", got.Requests, len(got.Took), primary.Asked()-before, got.First)
	}
}
