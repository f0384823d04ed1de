package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"understudy/compare"
)

// verdictPrinter shows verdicts to a person.
type verdictPrinter struct {
	out    io.Writer
	colour bool
}

func (p verdictPrinter) printf(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

// heading says what was compared and what came out.
func (p verdictPrinter) heading(analysis string, r compare.Result) {
	p.printf("%s, level %s, %s: %s\n", analysis, r.Level, count(r.Nodes, "node"), p.verdict(r.Verdict))
	if r.Reason != "" {
		p.printf("  %s\n", printable(r.Reason))
	}
}

// verdict is the word that filters take too.
func (p verdictPrinter) verdict(v compare.Verdict) string {
	switch v {
	case compare.VerdictAgree, compare.VerdictPrimaryWrong:
		return paint(p.colour, green, string(v))
	case compare.VerdictCandidateWrong, compare.VerdictCandidateFailed, compare.VerdictBothFailed:
		return paint(p.colour, red, string(v))
	}
	return paint(p.colour, yellow, string(v))
}

// result prints the table of metrics and what speaks for each verdict.
func (p verdictPrinter) result(r compare.Result) {
	if len(r.Metrics) == 0 {
		return
	}
	p.printf("\n%-22s%-17s%-16s%s\n", "metric", "verdict", "primary", "candidate")
	for _, m := range r.Metrics {
		verdict := p.verdict(m.Verdict) + strings.Repeat(" ", max(1, 17-len(m.Verdict)))
		p.printf("%-22s%s%-15s %s\n", m.Metric, verdict, shortened(m.Primary), shortened(m.Candidate))
		p.rulings(m.Rulings)
	}
}

// rulings prints the proofs, one line each.
func (p verdictPrinter) rulings(rulings []compare.Ruling) {
	for _, r := range rulings {
		why := "nothing refutes either side"
		if r.Proof != nil {
			why = fmt.Sprintf("%s (%s)", printable(r.Proof.Sentence), r.Proof.Kind)
		}
		p.printf("  %s: %s%s\n", p.verdict(r.Verdict), why, label(r))
	}
}

// label is the class of a defect or the finding behind a difference.
func label(r compare.Ruling) string {
	switch {
	case r.Class != "":
		return ", defect class " + r.Class
	case r.Finding != "":
		return ", finding " + r.Finding
	}
	return ""
}

// shortened keeps a value within its column; the proof says the rest.
func shortened(value string) string {
	const most = 60
	value = printable(value)
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return value
}

// printable takes out of text, which networks may have made up, what a terminal
// would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// show prints a replay for a person.
func (r *replayReport) show(out io.Writer, colour bool) {
	p := verdictPrinter{out, colour}
	p.printf("primary    %s\ncandidate  %s\n\n", r.Primary, r.Candidate)
	if r.Noise != nil {
		p.noise(r)
	} else {
		p.subjects(r)
		p.metrics(r)
		p.differences(r)
	}
	p.failures(r)
	p.printf("\n%-22s%8s%9s\n", "latency, ms", "median", "slowest")
	p.printf("  %-20s%8.1f%9.1f\n", "primary", r.LatencyMS.Primary.Median, r.LatencyMS.Primary.Slowest)
	p.printf("  %-20s%8.1f%9.1f\n", "candidate", r.LatencyMS.Candidate.Median, r.LatencyMS.Candidate.Slowest)
	if r.Noise != nil {
		p.printf("\n%s\n", r.Noise.words())
	}
}

// subjects prints the worst verdict of each network or exchange.
func (p verdictPrinter) subjects(r *replayReport) {
	p.printf("%-48s%10s  %s\n", "input", "questions", "verdict")
	for _, s := range r.Subjects {
		verdict := p.verdict(s.Verdict)
		if s.Problem != "" {
			verdict = paint(p.colour, yellow, "not asked about: ") + printable(s.Problem)
		}
		p.printf("  %-46s%10d  %s\n", tail(s.Source), len(s.Comparisons), verdict)
	}
}

// tail keeps the end of a long path, which tells it from its neighbours.
func tail(path string) string {
	const most = 44
	path = printable(path)
	if runes := []rune(path); len(runes) > most {
		return "..." + string(runes[len(runes)-most+3:])
	}
	return path
}

func (p verdictPrinter) metrics(r *replayReport) {
	if len(r.Metrics) == 0 {
		return
	}
	p.printf("\n%-22s", "metric")
	for _, v := range compare.Verdicts {
		p.printf("%17s", v)
	}
	p.printf("\n")
	for _, m := range r.Metrics {
		p.printf("  %-20s", m.Metric)
		for _, v := range compare.Verdicts {
			p.printf("%17d", m.Verdicts[string(v)])
		}
		p.printf("\n")
	}
}

// differences shows what does not agree, the gravest first, up to a page or two.
func (p verdictPrinter) differences(r *replayReport) {
	const most = 20
	found := r.differing()
	for _, d := range found[:min(most, len(found))] {
		p.printf("\n%s: %s, %s: primary %s, candidate %s\n", tail(d.source), d.what, d.metric.Metric, shortened(d.metric.Primary), shortened(d.metric.Candidate))
		p.rulings(d.metric.Rulings)
	}
	if len(found) > most {
		p.printf("\nand %s (--json has them all)\n", count(len(found)-most, "more difference"))
	}
}

// difference is one metric that does not agree.
type difference struct {
	source, what string
	metric       compare.MetricResult
}

func (r *replayReport) differing() []difference {
	var found []difference
	for _, s := range r.Subjects {
		for _, one := range s.Comparisons {
			for _, m := range one.Metrics {
				if m.Verdict != compare.VerdictAgree {
					found = append(found, difference{s.Source, one.what(), m})
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b difference) int {
		return slices.Index(byGravity, b.metric.Verdict) - slices.Index(byGravity, a.metric.Verdict)
	})
	return found
}

// what names a question among those of its network.
func (c comparison) what() string {
	if c.Faulty > 0 {
		return fmt.Sprintf("%s %s beside %d faulty", c.Analysis, c.Level, c.Faulty)
	}
	return c.Analysis + " " + c.Level
}

// failures shows the questions that came to no comparison, the first of them.
func (p verdictPrinter) failures(r *replayReport) {
	const most = 10
	failed := 0
	for _, s := range r.Subjects {
		for _, one := range s.Comparisons {
			if one.Reason == "" {
				continue
			}
			if failed++; failed <= most {
				p.printf("\n%s: %s: %s: %s\n", tail(s.Source), one.what(), p.verdict(one.Verdict), printable(one.Reason))
			}
		}
	}
	if failed > most {
		p.printf("\nand %d more without a comparison (--json has them all)\n", failed-most)
	}
}

func (p verdictPrinter) noise(r *replayReport) {
	p.printf("%s, each asked twice\n\n%-22s%8s%8s\n", count(r.Questions, "question"), "metric", "same", "differ")
	for _, m := range r.Noise.Metrics {
		differ := fmt.Sprintf("%8d", m.Differ)
		if m.Differ > 0 {
			differ = paint(p.colour, red, differ)
		}
		p.printf("  %-20s%8d%s\n", m.Metric, m.Same, differ)
	}
}
