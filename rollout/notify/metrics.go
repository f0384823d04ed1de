package notify

import "github.com/prometheus/client_golang/prometheus"

// metrics are the numbers of all webhooks together: a label for each would have
// to name it, and its name is a secret.
type metrics struct {
	total                      *prometheus.CounterVec
	delivered, failed, dropped prometheus.Counter // of total
	retries                    prometheus.Counter
	waiting                    prometheus.GaugeFunc
}

func newMetrics(n *Notifier) *metrics {
	m := &metrics{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "understudy_notifications_total",
			Help: "Messages by what became of them, once for each webhook: delivered, failed (refused, or all tries used up), dropped (the queue was full, or the process ended).",
		}, []string{"result"}),
		retries: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "understudy_notification_retries_total", Help: "Tries after the first one.",
		}),
		waiting: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "understudy_notifications_waiting", Help: "Messages in the queues of all webhooks.",
		}, func() (sum float64) {
			for _, w := range n.webhooks {
				sum += float64(w.waiting())
			}
			return sum
		}),
	}
	m.delivered = m.total.WithLabelValues("delivered")
	m.failed = m.total.WithLabelValues("failed")
	m.dropped = m.total.WithLabelValues("dropped")
	return m
}

func (m *metrics) register(registry prometheus.Registerer) error {
	for _, c := range []prometheus.Collector{m.total, m.retries, m.waiting} {
		if err := registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}
