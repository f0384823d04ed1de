package worker

import "github.com/prometheus/client_golang/prometheus"

var _ prometheus.Collector = collector{}

// collector reads a pool's Stats whenever metrics are gathered, so there is
// one account of the workers and not two.
type collector struct{ pool *Pool }

var (
	workersDesc = prometheus.NewDesc("understudy_engine_workers",
		"Engine worker processes by state: wanted, alive, busy.", []string{"state"}, nil)
	restartsDesc = prometheus.NewDesc("understudy_engine_worker_restarts_total",
		"Engine workers replaced, by reason: start, crash, deadline, canceled, answer, spent.", []string{"reason"}, nil)
	queueDesc = prometheus.NewDesc("understudy_engine_queue_length",
		"Requests waiting for an engine worker.", nil, nil)
)

// Describe implements prometheus.Collector.
func (collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- workersDesc
	ch <- restartsDesc
	ch <- queueDesc
}

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := c.pool.Stats()
	gauge := func(d *prometheus.Desc, value int, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), labels...)
	}
	gauge(workersDesc, s.Workers, "wanted")
	gauge(workersDesc, s.Alive, "alive")
	gauge(workersDesc, s.Busy, "busy")
	gauge(queueDesc, s.Queued)
	for reason, count := range s.Restarts {
		ch <- prometheus.MustNewConstMetric(restartsDesc, prometheus.CounterValue, float64(count), string(reason))
	}
}
