package backend_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"understudy/cmd/understudy/internal/backend"
)

// recordingServer answers with what status gives and keeps the paths in order.
type recordingServer struct {
	*httptest.Server
	mu    sync.Mutex // guards paths
	paths []string
}

func serveAll(t *testing.T, status func(r *http.Request, asked int) int) *recordingServer {
	t.Helper()
	s := &recordingServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.paths = append(s.paths, r.URL.Path+" "+r.Header.Get("X-Scan-ID"))
		asked := len(s.paths)
		s.mu.Unlock()
		w.Header().Set("X-Understudy-Served-By", "primary")
		w.WriteHeader(status(r, asked))
	}))
	t.Cleanup(s.Close)
	return s
}

var impatient = backend.Patience{Attempt: time.Minute, Pauses: []time.Duration{time.Millisecond, time.Millisecond}}

func TestPlay_SendsTheBurstTogetherAndTheLastQuestionAfterIt(t *testing.T) {
	const burst = 4
	var together sync.WaitGroup
	together.Add(burst)
	server := serveAll(t, func(r *http.Request, _ int) int {
		if r.URL.Path == "/burst" {
			together.Done()
			together.Wait() // answers only when all of the burst are in flight
		}
		return http.StatusOK
	})
	scan := backend.Scan{ID: "s1", Last: []backend.Question{{Path: "/last"}}}
	for range burst {
		scan.Questions = append(scan.Questions, backend.Question{Path: "/burst"})
	}
	answers := backend.Client{Patience: impatient}.Play(t.Context(), server.URL, scan)
	for _, a := range answers {
		if a.Err != nil || a.Status != 200 || a.ServedBy != "primary" || a.Latency <= 0 {
			t.Errorf("answer %+v", a)
		}
	}
	want := []string{"/burst s1", "/burst s1", "/burst s1", "/burst s1", "/last s1"}
	if !slices.Equal(server.paths, want) {
		t.Errorf("sent %v, want %v", server.paths, want)
	}
}

func TestPlay_AsksForHealthFirstWhenTheClientDoes(t *testing.T) {
	server := serveAll(t, func(*http.Request, int) int { return http.StatusOK })
	backend.Client{Patience: impatient}.Play(t.Context(), server.URL, backend.Scan{Health: true, Last: []backend.Question{{Path: "/last"}}})
	if want := []string{"/health ", "/last "}; !slices.Equal(server.paths, want) {
		t.Errorf("sent %v, want %v", server.paths, want)
	}
}

func TestPlay_TriesThreeTimesUnlessTheErrorIsTheClientsOwn(t *testing.T) {
	cases := []struct {
		name     string
		status   func(asked int) int
		attempts int
		reason   string
	}{
		{"healed", func(asked int) int { return map[bool]int{true: 502, false: 200}[asked == 1] }, 2, "a scanner that restarts is back for the second attempt"},
		{"down", func(int) int { return 502 }, 3, "two retries and no more"},
		{"refused", func(int) int { return 422 }, 1, "the same question would be refused again"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := serveAll(t, func(_ *http.Request, asked int) int { return c.status(asked) })
			scan := backend.Scan{Last: []backend.Question{{Path: "/last", Body: []byte("{}")}}}
			answers := backend.Client{Patience: impatient}.Play(t.Context(), server.URL, scan)
			if answers[0].Attempts != c.attempts {
				t.Errorf("%d attempts (%v), want %d: %s", answers[0].Attempts, answers[0].Err, c.attempts, c.reason)
			}
		})
	}
}
