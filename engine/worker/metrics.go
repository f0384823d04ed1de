package worker

import "github.com/prometheus/client_golang/prometheus"

var _ prometheus.Collector = collector{}

// collector reads a pool's Stats whenever metrics are gathered, so there is one
// account of the workers and not two. The label pool tells the pools of one
// process apart.
type collector struct {
	pool                     *Pool
	workers, restarts, queue *prometheus.Desc
}

func newCollector(p *Pool) collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("understudy_engine_"+name, help, labels, prometheus.Labels{"pool": p.config.Name})
	}
	return collector{
		pool:     p,
		workers:  desc("workers", "Worker processes by state: wanted, alive, busy.", "state"),
		restarts: desc("worker_restarts_total", "Workers replaced, by reason: start, crash, deadline, canceled, answer, spent.", "reason"),
		queue:    desc("queue_length", "Requests waiting for a worker."),
	}
}

// Describe implements prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.workers
	ch <- c.restarts
	ch <- c.queue
}

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := c.pool.Stats()
	gauge := func(d *prometheus.Desc, value int, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), labels...)
	}
	gauge(c.workers, s.Workers, "wanted")
	gauge(c.workers, s.Alive, "alive")
	gauge(c.workers, s.Busy, "busy")
	gauge(c.queue, s.Queued)
	for reason, count := range s.Restarts {
		ch <- prometheus.MustNewConstMetric(c.restarts, prometheus.CounterValue, float64(count), string(reason))
	}
}
