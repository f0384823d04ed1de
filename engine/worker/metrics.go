package worker

import "github.com/prometheus/client_golang/prometheus"

var _ prometheus.Collector = collector{}

// collector reads a pool's Stats whenever metrics are gathered, so there is one
// account of the workers and not two. The label pool tells the pools of one
// process apart.
type collector struct {
	pool                              *Pool
	workers, restarts, backoff, queue *prometheus.Desc
	poisonous, refused                *prometheus.Desc
}

func newCollector(p *Pool) collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("understudy_engine_"+name, help, labels, prometheus.Labels{"pool": p.config.Name})
	}
	return collector{
		pool:      p,
		workers:   desc("workers", "Worker processes by state: wanted, alive, busy, and waiting for the end of a backoff after a death.", "state"),
		restarts:  desc("worker_restarts_total", "Workers replaced, by reason: start, crash, memory, deadline, canceled, answer, spent.", "reason"),
		backoff:   desc("worker_backoff_seconds", "Longest backoff in force after the death of a worker; 0: none is."),
		queue:     desc("queue_length", "Requests waiting for a worker."),
		poisonous: desc("poisonous_networks", "Networks refused because workers died of them."),
		refused:   desc("poisonous_refusals_total", "Requests refused because workers had died of their network."),
	}
}

// Describe implements prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.workers
	ch <- c.restarts
	ch <- c.backoff
	ch <- c.queue
	ch <- c.poisonous
	ch <- c.refused
}

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := c.pool.Stats()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(c.workers, float64(s.Workers), "wanted")
	gauge(c.workers, float64(s.Alive), "alive")
	gauge(c.workers, float64(s.Busy), "busy")
	gauge(c.workers, float64(s.Waiting), "waiting")
	gauge(c.backoff, s.Backoff.Seconds())
	gauge(c.queue, float64(s.Queued))
	gauge(c.poisonous, float64(s.Poisonous))
	ch <- prometheus.MustNewConstMetric(c.refused, prometheus.CounterValue, float64(s.Refused))
	for reason, count := range s.Restarts {
		ch <- prometheus.MustNewConstMetric(c.restarts, prometheus.CounterValue, float64(count), string(reason))
	}
}
