package flags

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Outcomes of reading a flag file that had changed.
const (
	outcomeApplied    = "applied"    // good, and in effect
	outcomeRefused    = "refused"    // read, and not good
	outcomeUnreadable = "unreadable" // gone, or not to be opened
)

// metrics of one Flags; every label combination exists from the start.
type metrics struct {
	state   *prometheus.GaugeVec
	reloads *prometheus.CounterVec
	value   *prometheus.GaugeVec
	mode    *prometheus.GaugeVec
	errors  *prometheus.CounterVec
	dropped prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		state: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "understudy_flags_state", Help: "1 for where the flag values come from: fresh, stale or defaults.",
		}, []string{"state"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "understudy_flags_reloads_total", Help: "Changes of the flag file seen, by outcome: applied, refused or unreadable.",
		}, []string{"outcome"}),
		value: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "understudy_flag_value", Help: "Value of a flag without a scan; enabled is 1 or 0.",
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
	m.value.WithLabelValues("enabled").Set(number(v.Enabled))
	m.value.WithLabelValues("mirror_percent").Set(v.MirrorPercent)
	m.value.WithLabelValues("serve_ceiling_percent").Set(v.ServeCeilingPercent)
	for _, mode := range modes {
		m.mode.WithLabelValues(mode).Set(number(mode == string(v.Mode)))
	}
}

func (m *metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.state, m.reloads, m.value, m.mode, m.errors, m.dropped}
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
