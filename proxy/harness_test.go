package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// harness is a proxy between a client, a primary and a candidate, all real.
type harness struct {
	t         testing.TB
	proxy     *proxy.Proxy
	front     *httptest.Server
	primary   *httptest.Server
	candidate *httptest.Server
	registry  *prometheus.Registry
	records   *memory
	log       *syncBuffer

	mu    sync.Mutex // guards dials
	dials rollout.Dials
	rule  func(proxy.ScanContext, *rollout.Dials) // a flag rule, may be nil
}

// setup is what a test changes before the proxy starts.
type setup struct {
	primary   http.HandlerFunc
	candidate http.HandlerFunc
	config    func(*proxy.Config)
	deps      func(*proxy.Deps)
	stage     rollout.Stage
	rule      func(proxy.ScanContext, *rollout.Dials)
}

const answer = `{"top_tier":["a","b"],"top_tier_size":2}`

func answering(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
}

// judge stands for package compare: answers agree when they are the same but for
// spaces. A test may put its own functions in place.
type judge struct {
	compare  func(primary, candidate compare.Reply) compare.Result
	servable func(candidate compare.Reply) error
}

func (j judge) Compare(primary, candidate compare.Reply, _ compare.PrimaryKind) compare.Result {
	if j.compare != nil {
		return j.compare(primary, candidate)
	}
	return sameBodies(primary, candidate)
}

func (j judge) Servable(candidate compare.Reply) error {
	if j.servable != nil {
		return j.servable(candidate)
	}
	if strings.Contains(string(candidate.Body), "unservable") {
		return errors.New("a witness fails")
	}
	return nil
}

func sameBodies(primary, candidate compare.Reply) compare.Result {
	switch {
	case primary.Status != 200 && candidate.Status != 200:
		return compare.Result{Outcome: compare.BothFailed, Verdict: compare.VerdictBothFailed}
	case primary.Status != 200:
		return compare.Result{Outcome: compare.PrimaryFailed, Verdict: compare.VerdictPrimaryFailed}
	case candidate.Status != 200:
		return compare.Result{Outcome: compare.CandidateFailed, Verdict: compare.VerdictCandidateFailed}
	}
	if bare(primary.Body) == bare(candidate.Body) {
		return judged(compare.VerdictAgree)
	}
	return judged(compare.VerdictUndecided)
}

// judged is a result whose one metric has the verdict, as a whole network's.
func judged(verdict compare.Verdict, rulings ...compare.Ruling) compare.Result {
	outcome := compare.Differ
	if verdict == compare.VerdictAgree {
		outcome = compare.Agree
	}
	return compare.Result{
		Outcome: outcome, Verdict: verdict, Level: "whole", Nodes: 4,
		Metrics: []compare.MetricResult{{Metric: "top_tier", Outcome: outcome, Verdict: verdict, Rulings: rulings}},
	}
}

func bare(body []byte) string { return strings.ReplaceAll(string(body), " ", "") }

func judging(j judge) func(*proxy.Deps) {
	return func(d *proxy.Deps) {
		d.Prepare = func(compare.Question) proxy.Judge { return j }
	}
}

func start(t testing.TB, s setup) *harness {
	t.Helper()
	h := &harness{t: t, registry: prometheus.NewRegistry(), records: &memory{}, log: &syncBuffer{}, rule: s.rule}
	if s.primary == nil {
		s.primary = answering(answer)
	}
	if s.candidate == nil {
		s.candidate = answering(answer)
	}
	if s.stage == rollout.Off {
		s.stage = rollout.Shadow
	}
	h.dials = rollout.Dials{Mode: rollout.ModeAuto, Enabled: true, CeilingPercent: 100, MirrorPercent: 100, Stage: s.stage}
	h.primary, h.candidate = httptest.NewServer(s.primary), httptest.NewServer(s.candidate)
	config := proxy.DefaultConfig()
	config.Primary = mustURL(t, h.primary.URL)
	config.ServePatience, config.CompareBudget = time.Minute, time.Minute // a slow machine changes nothing
	config.SampleBodies, config.DeepSample, config.ReverseShadow = 1, 0, 0
	if s.config != nil {
		s.config(&config)
	}
	deps := proxy.Deps{
		Dials: h.dial, Candidate: mustURL(t, h.candidate.URL), Recorder: h.records, Registerer: h.registry,
		Logger: slog.New(slog.NewTextHandler(h.log, nil)),
	}
	deps.SelfTestTicks = make(chan time.Time) // never, unless the test says so
	judging(judge{})(&deps)
	if s.deps != nil {
		s.deps(&deps)
	}
	var err error
	if h.proxy, err = proxy.New(config, deps); err != nil {
		t.Fatal(err)
	}
	h.front = httptest.NewUnstartedServer(h.proxy)
	h.front.Config.DisableGeneralOptionsHandler = true
	h.front.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelDebug)
	h.front.Start()
	t.Cleanup(h.stop)
	return h
}

// stop ends everything, and waits until what was mirrored is recorded.
func (h *harness) stop() {
	h.front.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := h.proxy.Close(ctx); err != nil {
		h.t.Errorf("close: %v", err)
	}
	h.primary.Close()
	h.candidate.Close()
	http.DefaultClient.CloseIdleConnections()
}

// executions is how many of them the closed breaker has counted.
func (h *harness) executions() int { return h.proxy.Breaker().Tallies[0].Of }

func (h *harness) dial(_ context.Context, scan proxy.ScanContext) rollout.Dials {
	h.mu.Lock()
	defer h.mu.Unlock()
	dials := h.dials
	if h.rule != nil {
		h.rule(scan, &dials)
	}
	return dials
}

func (h *harness) set(change func(*rollout.Dials)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(&h.dials)
}

// reply is what a client sees of an answer.
type reply struct {
	status   int
	header   http.Header
	body     string
	servedBy string
}

func (h *harness) ask(analysis, body string, header ...string) reply {
	h.t.Helper()
	r, err := http.NewRequest(http.MethodPost, h.front.URL+"/analyze/"+analysis, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return h.do(r)
}

func (h *harness) do(r *http.Request) reply {
	h.t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(body), res.Header.Get(proxy.HeaderServedBy)}
}

// metric reads one sample: metric("mirror_skipped_total", "reason", "too_large").
func (h *harness) metric(name string, labels ...string) float64 {
	h.t.Helper()
	families, err := h.registry.Gather()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != "understudy_"+name {
			continue
		}
		for _, m := range family.GetMetric() {
			got := map[string]string{}
			for _, pair := range m.GetLabel() {
				got[pair.GetName()] = pair.GetValue()
			}
			match := len(got) == len(labels)/2
			for i := 0; i+1 < len(labels); i += 2 {
				match = match && got[labels[i]] == labels[i+1]
			}
			if match {
				if m.GetHistogram() != nil {
					return float64(m.GetHistogram().GetSampleCount())
				}
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	h.t.Fatalf("no metric %s %v", name, labels)
	return 0
}

// total is the sum of all samples of a counter.
func (h *harness) total(name string) (sum float64) {
	h.t.Helper()
	families, err := h.registry.Gather()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "understudy_"+name {
			for _, m := range family.GetMetric() {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

// eventually waits for what happens behind the client's back. It polls because
// metrics and records have no other door; a test never depends on how long.
func (h *harness) eventually(what string, is func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); {
		if time.Now().After(deadline) {
			h.t.Fatalf("%s: not within 30 s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// counts waits until a sample has a value: what is counted when a request is
// over may be counted after the client has its answer.
func (h *harness) counts(want float64, name string, labels ...string) {
	h.t.Helper()
	h.eventually(fmt.Sprintf("%s %v is %v", name, labels, want), func() bool { return h.metric(name, labels...) == want })
}

func (h *harness) recorded(n int) []proxy.Exchange {
	h.t.Helper()
	h.eventually(fmt.Sprintf("%d exchanges recorded", n), func() bool { return len(h.records.all()) >= n })
	return h.records.all()
}

// memory is a recorder.
type memory struct {
	mu   sync.Mutex // guards list
	list []proxy.Exchange
}

func (m *memory) RecordBatch(_ context.Context, batch []proxy.Exchange) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, batch...)
	return nil
}

func (m *memory) all() []proxy.Exchange {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]proxy.Exchange(nil), m.list...)
}

type syncBuffer struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *syncBuffer) count(s string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.text.String(), s)
}

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
