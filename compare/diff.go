package compare

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// diff compares the metrics that both sides have a value for, or of which one
// side shows evidence that fails.
func diff(primary, candidate map[string]value) []MetricResult {
	var out []MetricResult
	for _, metric := range Metrics {
		a, inPrimary := primary[metric]
		b, inCandidate := candidate[metric]
		if inPrimary && inCandidate && (a.parts != nil && b.parts != nil || a.fault != nil || b.fault != nil) {
			out = append(out, diffValues(metric, a, b))
		}
	}
	return out
}

// diffValues renders all parts where the two agree, else the ones that differ.
func diffValues(metric string, a, b value) MetricResult {
	m := MetricResult{Metric: metric, Outcome: Agree}
	var left, right []string
	for i := range min(len(a.parts), len(b.parts)) {
		x, y := a.parts[i], b.parts[i]
		if x.key == y.key && sameListing(x, y) {
			continue
		}
		m.Outcome = Differ
		left = append(left, x.label(x.text+x.only(y)))
		right = append(right, y.label(y.text+y.only(x)))
	}
	if m.Outcome == Agree {
		left, right = a.texts(), b.texts()
	}
	if a.fault != nil || b.fault != nil {
		m.Outcome = Differ
	}
	m.Primary, m.Candidate = render(left, a.fault), render(right, b.fault)
	return m
}

func (v value) texts() (out []string) {
	if v.parts == nil {
		return []string{"not counted"}
	}
	for _, p := range v.parts {
		out = append(out, p.label(p.text))
	}
	return out
}

func (p part) label(text string) string {
	if p.name == "" {
		return text
	}
	return p.name + " " + text
}

// only names what p has more of than other.
func (p part) only(other part) string {
	if p.whole && p.key == other.key {
		return " (other sets)"
	}
	left := make(map[string]int)
	for _, name := range other.detail {
		left[name]++
	}
	var more []string
	for _, name := range p.detail {
		if left[name]--; left[name] < 0 {
			more = append(more, name)
		}
	}
	const named = 3
	switch {
	case len(more) == 0:
		return ""
	case len(more) > named:
		return fmt.Sprintf(" (only here: %s and %d more)", strings.Join(more[:named], ", "), len(more)-named)
	}
	return fmt.Sprintf(" (only here: %s)", strings.Join(more, ", "))
}

// maxRendered bounds a rendered value, in bytes.
const maxRendered = 300

func render(parts []string, fault *Proof) string {
	text := strings.Join(parts, ", ")
	if fault != nil {
		text += ": " + fault.Sentence
	}
	if len(text) <= maxRendered {
		return text
	}
	cut := maxRendered
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
