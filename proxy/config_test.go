package proxy_test

import (
	"math"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/proxy"
)

func TestConfig_ValidateNamesTheFieldAndItsRange(t *testing.T) {
	tests := []struct {
		change func(*proxy.Config)
		want   string
	}{
		{func(c *proxy.Config) { c.Primary = nil }, "field Primary is missing"},
		{func(c *proxy.Config) { c.Primary = &url.URL{Scheme: "ftp", Host: "x"} }, "want http://HOST"},
		{func(c *proxy.Config) { c.Primary.Host = "" }, "want http://HOST"},
		{func(c *proxy.Config) { c.Primary.RawQuery = "a=b" }, "no user, query"},
		{func(c *proxy.Config) { c.Primary.User = url.UserPassword("u", "secret") }, "xxxxx"},
		{func(c *proxy.Config) { c.Primary.Path = "//" }, "empty path element"},
		{func(c *proxy.Config) { c.PrimaryKind = "go" }, "field PrimaryKind \"go\": want rust or python"},
		{func(c *proxy.Config) { c.MirrorWorkers = 0 }, "field MirrorWorkers 0: want 1 to 1024"},
		{func(c *proxy.Config) { c.RequestBytes = -1 }, "field RequestBytes -1: want 1 to"},
		{func(c *proxy.Config) { c.SampleBodies = 1.5 }, "field SampleBodies 1.5: want 0 to 1"},
		{func(c *proxy.Config) { c.DeepSample = math.NaN() }, "field DeepSample NaN: want 0 to 1"},
		{func(c *proxy.Config) { c.ReverseShadow = -1 }, "field ReverseShadow -1: want 0 to 1"},
		{func(c *proxy.Config) { c.SelfTestDeadline = time.Hour }, "field SelfTestDeadline 1h0m0s: want 1ms to 1m0s"},
		{func(c *proxy.Config) { c.RescueAfter = 0 }, "field RescueAfter 0s: want 1ms to 1h"},
		{func(c *proxy.Config) { c.ArbiterQueue = 0 }, "field ArbiterQueue 0: want 1 to"},
		{func(c *proxy.Config) { c.ArbiterBudget = 0 }, "field ArbiterBudget 0s: want 1ms to 1h"},
		{func(c *proxy.Config) { c.VariationsPerHour = -1 }, "field VariationsPerHour -1: want 0 to 3600"},
		{func(c *proxy.Config) { c.ServePatience = -time.Second }, "field ServePatience -1s: want 0s to 1h"},
	}
	for _, test := range tests {
		config := proxy.DefaultConfig()
		config.Primary = &url.URL{Scheme: "http", Host: "127.0.0.1:8081"}
		if err := config.Validate(); err != nil {
			t.Fatalf("the default is refused: %v", err)
		}
		test.change(&config)
		if err := config.Validate(); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
}

func TestNew_RefusesWhatItCannotWorkWith(t *testing.T) {
	config := proxy.DefaultConfig()
	config.Primary = mustURL(t, "http://127.0.0.1:1")
	full := proxy.Deps{Dials: (&harness{}).dial, Candidate: config.Primary, Registerer: prometheus.NewRegistry()}
	tests := map[string]func(*proxy.Config, *proxy.Deps){
		"field Primary":     func(c *proxy.Config, _ *proxy.Deps) { c.Primary = nil },
		"Deps.Dials":        func(_ *proxy.Config, d *proxy.Deps) { d.Dials = nil },
		"Deps.Candidate":    func(_ *proxy.Config, d *proxy.Deps) { d.Candidate = nil },
		"Deps.Registerer":   func(_ *proxy.Config, d *proxy.Deps) { d.Registerer = nil },
		"register metrics:": func(_ *proxy.Config, d *proxy.Deps) { d.Registerer = taken(t) },
	}
	for want, change := range tests {
		c, d := config, full
		change(&c, &d)
		if _, err := proxy.New(c, d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// taken is a registry in which one of the names is used already.
func taken(t *testing.T) *prometheus.Registry {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "understudy_records_dropped_total", Help: "taken"}))
	return registry
}

func TestMetrics_EveryCombinationExistsBeforeTheFirstRequest(t *testing.T) {
	h := start(t, setup{})
	for _, sample := range [][]string{
		{"requests_total", "analysis", "other", "served_by", "primary", "reason", ""},
		{"requests_total", "analysis", "quorums", "served_by", "candidate", "reason", ""},
		{"requests_total", "analysis", "network", "served_by", "primary", "reason", "late"},
		{"requests_total", "analysis", "network", "served_by", "primary", "reason", "input_skew"},
		{"requests_total", "analysis", "network", "served_by", "candidate", "reason", "primary_wrong"},
		{"verdicts_total", "metric", "min_splitting", "verdict", "candidate_wrong"},
		{"defects_total", "class", "R6"},
		{"defects_total", "class", "none"},
		{"store_failing"},
		{"arbiter_total", "result", "settled"},
		{"arbiter_total", "result", "dropped"},
		{"arbiter_queue_length"},
		{"mirrored_total", "analysis", "full"},
		{"mirror_skipped_total", "reason", "too_large"},
		{"mirror_skipped_total", "reason", "encoding"},
		{"mirror_dropped_total", "reason", "queue_full"},
		{"mirror_queue_length"},
		{"held_bytes"},
		{"comparisons_total", "metric", "min_blocking", "outcome", "differ"},
		{"exchanges_total", "outcome", "candidate_failed"},
		{"agreement_ratio", "metric", "quorum_intersection"},
		{"request_duration_seconds", "side", "primary", "analysis", "other"},
		{"request_duration_seconds", "side", "candidate", "analysis", "quorums"},
		{"breaker_state", "state", "half_open"},
		{"effective_percent", "dial", "serve"},
		{"open_scans"},
		{"records_dropped_total"},
		{"added_wait_seconds"},
	} {
		if got := h.metric(sample[0], sample[1:]...); got != 0 {
			t.Errorf("%v is %v", sample, got)
		}
	}
	before := h.series()
	h.ask("top-tier", "{}")
	h.ask("no-such-analysis", "{}")
	w := httptest.NewRequest("BREW", "/pot", nil)
	w.RequestURI, w.URL = "", mustURL(t, h.front.URL+"/pot")
	h.do(w)
	h.recorded(1)
	if after := h.series(); after != before {
		t.Errorf("%d series became %d", before, after)
	}
}

func (h *harness) series() (n int) {
	families, err := h.registry.Gather()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, family := range families {
		n += len(family.GetMetric())
	}
	return n
}
