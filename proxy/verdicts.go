package proxy

import (
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/compare"
	"understudy/rollout"
)

// defectClasses are the known defects of the Rust scanner; noClass is a proven
// error of the primary that none of them fits.
var defectClasses = []string{"R1", "R2", "R3", "R4", "R5", "R6", noClass}

const noClass = "none"

// verdictMetrics are the numbers about what comparisons say.
type verdictMetrics struct {
	comparisons, verdicts, defects           *prometheus.CounterVec
	agreement, agreementOver, agreementLeast *prometheus.GaugeVec

	mu      sync.Mutex // guards windows and gravest
	windows map[string]*agreementWindow
	gravest map[string]uint64 // exchanges by verdict
}

func newVerdictMetrics(window int) *verdictMetrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "understudy_" + name, Help: help}, labels)
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "understudy_" + name, Help: help}, []string{"metric"})
	}
	m := &verdictMetrics{
		comparisons:    counter("comparisons_total", "Metrics compared.", "metric", "outcome"),
		verdicts:       counter("verdicts_total", "Metrics judged, by verdict.", "metric", "verdict"),
		defects:        counter("defects_total", "Proven errors of the primary, by class of defect.", "class"),
		agreement:      gauge("agreement_ratio", "Share of the last comparisons of a metric that agree, of those that count: agree, candidate_wrong and undecided; 0 before the first."),
		agreementOver:  gauge("agreement_comparisons", "Comparisons behind understudy_agreement_ratio."),
		agreementLeast: gauge("agreement_lower_bound", "Lower end of the 95 % Wilson interval of understudy_agreement_ratio."),
		windows:        map[string]*agreementWindow{},
		gravest:        map[string]uint64{},
	}
	m.fill(window)
	return m
}

func (m *verdictMetrics) fill(window int) {
	for _, metric := range compare.Metrics {
		for _, outcome := range metricOutcomes {
			m.comparisons.WithLabelValues(metric, outcome)
		}
		for _, verdict := range compare.Verdicts {
			m.verdicts.WithLabelValues(metric, string(verdict))
		}
		for _, gauge := range []*prometheus.GaugeVec{m.agreement, m.agreementOver, m.agreementLeast} {
			gauge.WithLabelValues(metric)
		}
		m.windows[metric] = &agreementWindow{agreed: make([]bool, 0, window)}
	}
	for _, class := range defectClasses {
		m.defects.WithLabelValues(class)
	}
}

func (m *verdictMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.comparisons, m.verdicts, m.defects, m.agreement, m.agreementOver, m.agreementLeast}
}

// count counts an exchange and each of its metrics.
func (m *verdictMetrics) count(e Exchange) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e.Verdict != "" {
		m.gravest[e.Verdict]++
	}
	for _, metric := range e.Metrics {
		window, known := m.windows[metric.Name]
		if !known || !slices.Contains(metricOutcomes, metric.Outcome) {
			continue
		}
		m.comparisons.WithLabelValues(metric.Name, metric.Outcome).Inc()
		m.judged(metric)
		if agree, counts := inAgreement(compare.Verdict(metric.Verdict)); counts {
			window.add(agree)
			m.agreement.WithLabelValues(metric.Name).Set(float64(window.yes) / float64(len(window.agreed)))
			m.agreementOver.WithLabelValues(metric.Name).Set(float64(len(window.agreed)))
			m.agreementLeast.WithLabelValues(metric.Name).Set(rollout.WilsonLower(window.yes, len(window.agreed)))
		}
	}
}

func (m *verdictMetrics) judged(metric Metric) {
	if slices.Contains(compare.Verdicts, compare.Verdict(metric.Verdict)) {
		m.verdicts.WithLabelValues(metric.Name, metric.Verdict).Inc()
	}
	for _, ruling := range metric.Rulings {
		if ruling.Verdict != compare.VerdictPrimaryWrong {
			continue
		}
		class := noClass
		if slices.Contains(defectClasses, ruling.Class) {
			class = ruling.Class
		}
		m.defects.WithLabelValues(class).Inc()
	}
}

// counts is how many exchanges came to which verdict.
func (m *verdictMetrics) counts() map[string]uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	counts := make(map[string]uint64, len(m.gravest))
	for verdict, n := range m.gravest {
		counts[verdict] = n
	}
	return counts
}

// inAgreement says whether a verdict counts in the agreement of a metric, and as
// what. A primary that is proven wrong and a request that the sides read
// differently do not: nobody is punished for being right, or for the input.
func inAgreement(v compare.Verdict) (agree, counts bool) {
	switch v {
	case compare.VerdictAgree:
		return true, true
	case compare.VerdictCandidateWrong, compare.VerdictUndecided:
		return false, true
	}
	return false, false
}

// agreementWindow remembers as many comparisons as its slice has room for.
type agreementWindow struct {
	agreed []bool
	next   int
	yes    int
}

func (w *agreementWindow) add(agree bool) {
	if len(w.agreed) < cap(w.agreed) {
		w.agreed = append(w.agreed, agree)
	} else {
		if w.agreed[w.next] {
			w.yes--
		}
		w.agreed[w.next] = agree
		w.next = (w.next + 1) % cap(w.agreed)
	}
	if agree {
		w.yes++
	}
}
