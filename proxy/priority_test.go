package proxy_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

// heard notes the Priority header of every request.
type heard struct {
	mu   sync.Mutex // guards list
	list []string
}

func (h *heard) by(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.list = append(h.list, r.Header.Get("Priority"))
		h.mu.Unlock()
		next(w, r)
	}
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.list...)
}

func (h *heard) only(t *testing.T, side, want string, n int) {
	t.Helper()
	got := h.all()
	if len(got) != n {
		t.Fatalf("the %s heard %q, want %d requests", side, got, n)
	}
	for _, priority := range got {
		if priority != want {
			t.Errorf("the %s heard %q, want %q only", side, got, want)
		}
	}
}

func TestPriority_TheCandidateHearsWhetherAClientWaitsAndThePrimaryDoesNot(t *testing.T) {
	for _, test := range []struct {
		stage rollout.Stage
		want  string
	}{{rollout.Shadow, "u=7"}, {rollout.Full, "u=0"}, {rollout.Complete, "u=0"}} {
		t.Run(test.stage.String(), func(t *testing.T) {
			var primary, candidate heard
			h := start(t, setup{
				stage: test.stage, primary: primary.by(answering(answer)), candidate: candidate.by(answering(answer)),
				config: func(c *proxy.Config) { c.ReverseShadow = 1 },
			})
			h.ask("top-tier", "{}")
			h.recorded(1)
			primary.only(t, "primary", "", 1)
			candidate.only(t, "candidate", test.want, 1)
		})
	}
}

func TestPriority_SideWorkWaitsBehindEverybody(t *testing.T) {
	var candidate heard
	ticks := make(chan time.Time, 1)
	h := start(t, setup{
		stage: rollout.Full, candidate: candidate.by(answering(answer)),
		config: func(c *proxy.Config) { c.DeepSample = 1 },
		deps: func(d *proxy.Deps) {
			judging(judge{compare: func(_, _ compare.Reply) compare.Result { return judged(compare.VerdictAgree) }})(d)
			d.VariationTicks = ticks
			d.Vary = func(body []byte, _ uint64) ([]byte, string, error) { return body, "as it is", nil }
		},
	})
	h.ask("quorums", validators(3))
	h.recorded(2) // the client's, and the deeper one
	ticks <- time.Time{}
	h.recorded(6) // and four about the variation
	got := candidate.all()
	if len(got) != 6 || got[0] != "u=0" {
		t.Fatalf("the candidate heard %q", got)
	}
	for _, priority := range got[1:] {
		if priority != "u=7" {
			t.Errorf("the candidate heard %q", got)
		}
	}
}
