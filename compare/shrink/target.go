package shrink

import (
	"fmt"
	"slices"

	"understudy/compare"
)

// Target is what has to show.
type Target struct {
	// Metric is one of compare.Metrics; "" means the verdict on the whole
	// exchange, such as primary_failed.
	Metric  string
	Verdict compare.Verdict
	// Class is the defect class that the verdict has to carry; "" means any. It
	// keeps one defect from turning into another one that needs fewer nodes.
	Class string
}

// Shown says whether r shows the target. Where both sides are refuted, both
// verdicts show.
func (t Target) Shown(r compare.Result) bool {
	if t.Metric == "" {
		return r.Verdict == t.Verdict
	}
	m := t.of(r)
	if m == nil {
		return false
	}
	if m.Verdict == t.Verdict && t.Class == "" {
		return true
	}
	return slices.ContainsFunc(m.Rulings, func(ruling compare.Ruling) bool {
		return ruling.Verdict == t.Verdict && (t.Class == "" || ruling.Class == t.Class)
	})
}

// of is the target's metric in r, or nil.
func (t Target) of(r compare.Result) *compare.MetricResult {
	i := slices.IndexFunc(r.Metrics, func(m compare.MetricResult) bool { return m.Metric == t.Metric })
	if i < 0 {
		return nil
	}
	return &r.Metrics[i]
}

func (t Target) String() string {
	of, class := t.Metric, ""
	if of == "" {
		of = "the exchange"
	}
	if t.Class != "" {
		class = " (" + t.Class + ")"
	}
	return fmt.Sprintf("%s on %s%s", t.Verdict, of, class)
}

// Gravest is the target that r itself suggests: the gravest verdict other than
// agree, on the first metric that has it, with its class. Where nothing could be
// compared because a side failed, that is the target. It is false where the two
// agree or nothing was said.
func Gravest(r compare.Result) (Target, bool) {
	for _, verdict := range slices.Backward(compare.Verdicts) {
		if verdict == compare.VerdictAgree {
			break
		}
		for _, m := range r.Metrics {
			if m.Verdict == verdict {
				return Target{Metric: m.Metric, Verdict: verdict, Class: classOf(m, verdict)}, true
			}
		}
	}
	switch r.Verdict {
	case compare.VerdictPrimaryFailed, compare.VerdictCandidateFailed, compare.VerdictBothFailed:
		return Target{Verdict: r.Verdict}, true
	}
	return Target{}, false
}

// Classified is t with the class that r gives it, if any.
func (t Target) Classified(r compare.Result) Target {
	if m := t.of(r); m != nil {
		t.Class = classOf(*m, t.Verdict)
	}
	return t
}

func classOf(m compare.MetricResult, verdict compare.Verdict) string {
	for _, ruling := range m.Rulings {
		if ruling.Verdict == verdict && ruling.Class != "" {
			return ruling.Class
		}
	}
	return ""
}
