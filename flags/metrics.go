package flags

import (
	"fmt"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// Outcomes of reading flags that had changed.
const (
	outcomeApplied    = "applied"    // good, and in effect
	outcomeRefused    = "refused"    // read, and not good
	outcomeUnreadable = "unreadable" // a file that is gone or can't be opened, a server that does not answer
)

// metrics of one Flags; every label combination exists from the start.
type metrics struct {
	state   []prometheus.Collector
	reloads *prometheus.CounterVec
	value   *prometheus.GaugeVec
	mode    *prometheus.GaugeVec
	errors  *prometheus.CounterVec
	dropped prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "understudy_flags_reloads_total", Help: "Changes of the flag file, or of what the flag server says, by outcome: applied, refused or unreadable.",
		}, []string{"outcome"}),
		value: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "understudy_flag_value", Help: "Value of a flag without a scan; what is true or false is 1 or 0.",
		}, []string{"flag"}),
		mode: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "understudy_flag_mode", Help: "1 for the mode in effect without a scan.",
		}, []string{"mode"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "understudy_flag_evaluation_errors_total", Help: "Evaluations of a flag that failed and kept the last good value.",
		}, []string{"flag"}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "understudy_flag_changes_dropped_total", Help: "Change events that a subscriber was too slow to take.",
		}),
	}
	for _, outcome := range []string{outcomeApplied, outcomeRefused, outcomeUnreadable} {
		m.reloads.WithLabelValues(outcome)
	}
	for _, d := range definitions {
		m.errors.WithLabelValues(d.name())
	}
	m.show(Defaults())
	return m
}

// show puts the scan-independent values on the gauges.
func (m *metrics) show(v Values) {
	for _, d := range definitions {
		switch value := d.get(v).(type) {
		case bool:
			m.value.WithLabelValues(d.name()).Set(number(value))
		case float64:
			m.value.WithLabelValues(d.name()).Set(value)
		}
	}
	for _, mode := range modes {
		m.mode.WithLabelValues(mode).Set(number(mode == string(v.Mode)))
	}
}

// showState adds the gauges that are read from the state when they are asked for.
func (m *metrics) showState(get func() State) {
	for _, status := range statuses {
		m.state = append(m.state, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "understudy_flags_state", Help: "1 for where the flag values come from: fresh, stale or defaults.",
			ConstLabels: prometheus.Labels{"state": string(status)},
		}, func() float64 { return number(get().Status == status) }))
	}
	m.state = append(m.state, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "understudy_flags_healthy", Help: "1 while the flag values are known to be what the operators want; else nothing is promoted.",
	}, func() float64 { return number(get().Healthy()) }), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "understudy_flags_server_contact_timestamp_seconds", Help: "When the flag server was last heard; 0 for never, or without one.",
	}, func() float64 {
		if at := get().Contact; !at.IsZero() {
			return float64(at.UnixMilli()) / 1000
		}
		return 0
	}))
}

func (m *metrics) collectors() []prometheus.Collector {
	return slices.Concat(m.state, []prometheus.Collector{m.reloads, m.value, m.mode, m.errors, m.dropped})
}

func (m *metrics) register(r prometheus.Registerer) error {
	if r == nil {
		return nil
	}
	for i, c := range m.collectors() {
		if err := r.Register(c); err != nil {
			for _, registered := range m.collectors()[:i] {
				r.Unregister(registered)
			}
			return fmt.Errorf("register flag metrics: %w", err)
		}
	}
	return nil
}

func (m *metrics) unregister(r prometheus.Registerer) {
	if r == nil {
		return
	}
	for _, c := range m.collectors() {
		r.Unregister(c)
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
