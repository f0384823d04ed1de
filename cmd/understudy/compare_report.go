package main

import (
	"slices"
	"strings"
	"time"

	"understudy/compare"
)

// replayReport is what a replay found out; with --json it is printed as it stands.
type replayReport struct {
	Primary   string          `json:"primary"`
	Candidate string          `json:"candidate"`
	Inputs    int             `json:"inputs"`    // networks or exchanges
	Questions int             `json:"questions"` // that were asked
	Verdicts  map[string]int  `json:"verdicts"`  // of questions
	Metrics   []metricVerdict `json:"metrics"`
	// Noise stands in place of verdicts where the primary is measured against itself.
	Noise     *noiseReport     `json:"noise,omitempty"`
	LatencyMS replayLatency    `json:"latency_ms"`
	Subjects  []*subjectReport `json:"results"`

	conclusion
	counts             map[string]map[string]int
	primary, candidate []time.Duration
}

// metricVerdict counts the verdicts of one metric.
type metricVerdict struct {
	Metric   string         `json:"metric"`
	Verdicts map[string]int `json:"verdicts"`
}

type replayLatency struct {
	Primary   latency `json:"primary"`
	Candidate latency `json:"candidate"`
}

// storedAnswers is who answers where nobody is asked.
const storedAnswers = "stored answers"

func newReplayReport(c *compareCommand, inputs int) *replayReport {
	r := &replayReport{
		Primary: c.Primary, Candidate: c.Candidate, Inputs: inputs,
		Verdicts: map[string]int{}, Metrics: []metricVerdict{}, Subjects: []*subjectReport{}, counts: map[string]map[string]int{},
	}
	switch {
	case c.noise():
		r.Candidate = r.Primary
		r.Noise = &noiseReport{counts: map[string]*noiseMetric{}}
	case r.Candidate == "" && c.Store == "":
		r.Candidate = embedded
	case r.Candidate == "":
		r.Candidate = storedAnswers
	}
	if r.Primary == "" {
		r.Primary = storedAnswers
	}
	return r
}

// add takes what came out for one subject.
func (r *replayReport) add(s *subjectReport) {
	r.Subjects = append(r.Subjects, s)
	if s.Problem != "" {
		r.problems++
	}
	for _, one := range s.Comparisons {
		r.Questions++
		r.conclusion.add(one.Result)
		r.primary, r.candidate = append(r.primary, one.primary), append(r.candidate, one.candidate)
		if r.Noise != nil {
			r.Noise.add(one.same)
			continue
		}
		r.Verdicts[string(one.Verdict)]++
		for _, m := range one.Metrics {
			if r.counts[m.Metric] == nil {
				r.counts[m.Metric] = map[string]int{}
			}
			r.counts[m.Metric][string(m.Verdict)]++
		}
	}
}

// finish works out what depends on everything, and brings subjects, which end as
// they like, into the order of their names.
func (r *replayReport) finish() {
	slices.SortStableFunc(r.Subjects, func(a, b *subjectReport) int { return strings.Compare(a.Source, b.Source) })
	for _, metric := range compare.Metrics {
		if counts := r.counts[metric]; counts != nil {
			r.Metrics = append(r.Metrics, metricVerdict{metric, counts})
		}
	}
	r.LatencyMS = replayLatency{latencyOf(r.primary), latencyOf(r.candidate)}
	if r.Noise != nil {
		r.Noise.finish()
	}
}

// exit is the exit code as an error.
func (r *replayReport) exit() error {
	if r.Noise != nil {
		return r.Noise.exit(r.conclusion)
	}
	if r.Inputs == 1 && len(r.Subjects) == 1 && r.Subjects[0].Problem != "" {
		return badInput(&inputProblem{r.Subjects[0]})
	}
	return r.conclusion.exit()
}

// inputProblem is why the one network or exchange that was named can't be asked about.
type inputProblem struct{ *subjectReport }

func (p *inputProblem) Error() string {
	if strings.Contains(p.Problem, p.Source) {
		return p.Problem
	}
	return p.Source + ": " + p.Problem
}
