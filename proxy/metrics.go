package proxy

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/compare"
	"understudy/rollout/breaker"
)

// Buckets of the duration histograms, in seconds. 30 is the limit of a slow
// execution, 45 the deadline, 60 the client's abort.
var durationBuckets = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60}

var waitBuckets = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 1.25}

var (
	outcomes = []string{
		string(compare.Agree), string(compare.Differ), string(compare.PrimaryFailed), string(compare.CandidateFailed),
		string(compare.BothFailed), string(compare.Inconclusive), OutcomeUncompared, OutcomeSkipped,
	}
	metricOutcomes = []string{string(compare.Agree), string(compare.Differ)}
)

// metrics are the numbers of the data plane. Every combination of labels exists
// from the start, so that a rate is defined before the first event; a value from
// elsewhere that is on no list is counted as other.
type metrics struct {
	requests, skips, drops, mirrors *prometheus.CounterVec
	exchanges, arbiter, side        *prometheus.CounterVec
	selfTests, probes               *prometheus.CounterVec
	durations                       *prometheus.HistogramVec
	addedWait                       prometheus.Histogram
	recordsDropped, yields          prometheus.Counter
	verdicts                        *verdictMetrics
}

func newMetrics(registry prometheus.Registerer, p *Proxy) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "understudy_" + name, Help: help}, labels)
	}
	m := &metrics{
		requests:  counter("requests_total", "Requests of clients, by who answered and why.", "analysis", "served_by", "reason"),
		mirrors:   counter("mirrored_total", "Exchanges shown to the candidate after the client had its answer.", "analysis"),
		skips:     counter("mirror_skipped_total", "Exchanges that can't be compared.", "reason"),
		drops:     counter("mirror_dropped_total", "Copies of exchanges thrown away.", "reason"),
		exchanges: counter("exchanges_total", "Eligible exchanges that came to an end, by outcome.", "outcome"),
		arbiter:   counter("arbiter_total", "Undecided exchanges handed to the arbiter, by what became of them.", "result"),
		side:      counter("side_exchanges_total", "Questions that no client asked, by verdict or why there is none.", "source", "result"),
		selfTests: counter("self_tests_total", "Questions with a known answer that the candidate was asked, by what came of them.", "result"),
		probes:    counter("probes_total", "Questions of the past that the candidate was asked while the breaker was half-open, by what came of them.", "kind", "result"),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "understudy_request_duration_seconds", Help: "Time until a side's answer was complete.", Buckets: durationBuckets,
		}, []string{"side", "analysis"}),
		addedWait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "understudy_added_wait_seconds", Help: "Time a complete answer of the primary waited for the candidate.", Buckets: waitBuckets,
		}),
		recordsDropped: prometheus.NewCounter(prometheus.CounterOpts{Name: "understudy_records_dropped_total", Help: "Exchanges that were not recorded: the recorder was too slow, or failed."}),
		yields:         prometheus.NewCounter(prometheus.CounterOpts{Name: "understudy_mirror_yielded_seconds_total", Help: "Time that mirror workers gave way to clients because the machine was busy."}),
		verdicts:       newVerdictMetrics(p.cfg.AgreementWindow),
	}
	m.fill()
	return m, m.register(registry, p)
}

// fill creates every combination of labels.
func (m *metrics) fill() {
	for _, analysis := range analyses {
		for _, reason := range primaryReasons {
			m.requests.WithLabelValues(analysis, ServedByPrimary, reason)
		}
		m.durations.WithLabelValues(ServedByPrimary, analysis)
	}
	for _, analysis := range captured {
		m.requests.WithLabelValues(analysis, ServedByCandidate, "")
		m.requests.WithLabelValues(analysis, ServedByCandidate, ReasonPrimaryWrong)
		m.requests.WithLabelValues(analysis, ServedByCandidate, ReasonRescue)
		m.mirrors.WithLabelValues(analysis)
		m.durations.WithLabelValues(ServedByCandidate, analysis)
	}
	for _, analysis := range append(slices.Clone(ofTheEngine), networkAnalysis) {
		m.requests.WithLabelValues(analysis, ServedByCandidate, ReasonCandidateOnly)
		m.durations.WithLabelValues(ServedByCandidate, analysis)
	}
	for _, reason := range skips {
		m.skips.WithLabelValues(reason)
	}
	for _, reason := range drops {
		m.drops.WithLabelValues(reason)
	}
	for _, source := range sideSources {
		for _, result := range sideResults {
			m.side.WithLabelValues(source, result)
		}
	}
	for _, kind := range probeKinds {
		for _, result := range probeResults {
			m.probes.WithLabelValues(kind, result)
		}
	}
	for _, result := range selfTestResults {
		m.selfTests.WithLabelValues(result)
	}
	for _, result := range arbiterResults {
		m.arbiter.WithLabelValues(result)
	}
	for _, outcome := range append(slices.Clone(outcomes), otherAnalysis) {
		m.exchanges.WithLabelValues(outcome)
	}
}

func (m *metrics) register(registry prometheus.Registerer, p *Proxy) error {
	collectors := append(m.verdicts.collectors(),
		m.requests, m.mirrors, m.skips, m.drops, m.exchanges, m.arbiter, m.side, m.selfTests, m.probes, m.durations, m.addedWait, m.recordsDropped, m.yields)
	read := func(name, help string, labels prometheus.Labels, value func() float64) {
		collectors = append(collectors, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "understudy_" + name, Help: help, ConstLabels: labels,
		}, value))
	}
	read("mirror_queue_length", "Exchanges waiting for a mirror worker.", nil, func() float64 { return float64(p.mirror.waiting.Load()) })
	read("mirror_queue_bytes", "Bodies of the exchanges waiting for a mirror worker.", nil, func() float64 { return float64(p.mirror.bytes.Load()) })
	read("held_bytes", "Bodies held: of exchanges from capture until they are recorded, and the network that is varied next.", nil, func() float64 { return float64(p.held.used.Load()) })
	read("arbiter_queue_length", "Undecided exchanges waiting for the arbiter.", nil, func() float64 { return float64(p.arbiter.waiting.Load()) })
	read("store_failing", "1 while exchanges can't be recorded; mirroring goes on.", nil, func() float64 { return indicator(p.RecordError() != nil) })
	read("open_scans", "Scans that are open.", nil, func() float64 { return float64(p.scans.count()) })
	read("primary_reachable", "1 if the primary answered when it was last asked.", nil, func() float64 { return indicator(p.PrimaryReachable()) })
	for _, state := range breaker.States() {
		read("breaker_state", "1 for the state the breaker is in.", prometheus.Labels{"state": string(state)},
			func() float64 { return indicator(p.breaker.State() == state) })
	}
	read("breaker_probes_passed", "Clean executions in a row while the breaker is half-open.", nil,
		func() float64 { return float64(p.breaker.Snapshot().ProbesPassed) })
	read("breaker_last_success_timestamp_seconds", "When the candidate last answered well, a client's question or a self-test; the start before that.", nil,
		func() float64 { return float64(p.breaker.Snapshot().LastSuccess.UnixMilli()) / 1000 })
	read("effective_percent", "Share of scans that the dials allow.", prometheus.Labels{"dial": "serve"},
		func() float64 { return p.Effective(context.Background()).ServePercent })
	read("effective_percent", "Share of scans that the dials allow.", prometheus.Labels{"dial": "mirror"},
		func() float64 { return p.Effective(context.Background()).MirrorPercent })
	for _, c := range collectors {
		if err := registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}

func indicator(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// count is called when a request is over, however it ended.
func (p *Proxy) count(c *call) {
	p.metrics.requests.WithLabelValues(c.analysis, c.servedBy, c.reason).Inc()
	if c.asked && c.took > 0 {
		p.metrics.duration(ServedByPrimary, c.analysis, c.took)
	}
}

func (m *metrics) duration(side, analysis string, took time.Duration) {
	m.durations.WithLabelValues(side, analysis).Observe(took.Seconds())
}

func (m *metrics) waited(d time.Duration)   { m.addedWait.Observe(d.Seconds()) }
func (m *metrics) yielded(d time.Duration)  { m.yields.Add(d.Seconds()) }
func (m *metrics) mirrored(analysis string) { m.mirrors.WithLabelValues(analysis).Inc() }
func (m *metrics) skipped(reason string)    { m.skips.WithLabelValues(reason).Inc() }
func (m *metrics) dropped(reason string)    { m.drops.WithLabelValues(reason).Inc() }

func (m *metrics) selfTested(result string) { m.selfTests.WithLabelValues(result).Inc() }

func (m *metrics) probed(kind, result string) { m.probes.WithLabelValues(kind, result).Inc() }

func (m *metrics) arbitrated(result string) { m.arbiter.WithLabelValues(result).Inc() }

func (m *metrics) besides(source, result string) {
	m.side.WithLabelValues(source, oneOf(sideResults, result)).Inc()
}

// exchanged counts the outcome of an exchange and of each of its metrics. What no
// client asked counts apart.
func (m *metrics) exchanged(e Exchange) {
	if e.Source != SourceLive {
		m.besides(e.Source, e.Verdict)
		return
	}
	m.exchanges.WithLabelValues(oneOf(outcomes, e.Outcome)).Inc()
	m.verdicts.count(e)
}

func oneOf(list []string, value string) string {
	if slices.Contains(list, value) {
		return value
	}
	return otherAnalysis
}
