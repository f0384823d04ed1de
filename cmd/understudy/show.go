package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"understudy/compare"
)

// printer shows a demo to a person, or prints its summary as JSON.
type printer struct {
	out    *keeper
	json   bool
	colour bool
}

func newPrinter(out io.Writer, asJSON bool) *printer {
	return &printer{out: &keeper{out: out}, json: asJSON, colour: wantsColour(out)}
}

// wantsColour is true on a terminal, unless NO_COLOR is set.
func wantsColour(out io.Writer) bool { return isTerminal(out) && os.Getenv("NO_COLOR") == "" }

func (p *printer) printf(format string, args ...any) {
	if !p.json {
		fmt.Fprintf(p.out, format, args...)
	}
}

const (
	bold   = "1"
	green  = "32"
	red    = "31"
	yellow = "33"
	dim    = "2"
)

func (p *printer) paint(colour, text string) string { return paint(p.colour, colour, text) }

func paint(on bool, colour, text string) string {
	if !on {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// begin shows what runs where.
func (p *printer) begin(d *demo) {
	p.printf("%s\n\n", p.paint(bold, "Understudy demo: "+d.subject))
	p.printf("  client -> understudy  %s -> primary, the Rust scanner  %s\n", d.sidecar.dataURL, d.primary)
	p.printf("            understudy  '-> candidate, the Go engine in %s of this binary\n\n", count(d.sidecar.pool.Stats().Workers, "worker process"))
	p.printf("  %s\n\n", d.sidecar.proxy.Effective(context.Background()).Why)
}

// summary shows what came out.
func (p *printer) summary(s *summary) {
	if p.json {
		encoder := json.NewEncoder(p.out)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(s) // strings and numbers; out keeps what goes wrong
		return
	}
	p.printf("%s in %s, %d answered: %d by the primary, %d by the candidate\n\n",
		count(s.Asked, "question"), rounded(s.took), s.Answered, s.ServedBy["primary"], s.ServedBy["candidate"])
	p.printf("%-22s%6s%15s%17s%11s%12s\n", "verdicts", "agree", "primary wrong", "candidate wrong", "undecided", "input skew")
	for _, m := range s.Metrics {
		p.printf("  %-20s%6d%s%s%s%s\n", words(m.Metric), m.Agree,
			p.count(yellow, 15, m.PrimaryWrong), p.count(red, 17, m.CandidateWrong), p.count(red, 11, m.Undecided), p.count(yellow, 12, m.InputSkew))
	}
	p.printf("\n%s\n", p.verdict(s))
	p.differences(s)
	p.failures(s)
	p.printf("\n%-22s%8s%9s\n", "latency, ms", "median", "slowest")
	for _, side := range []struct {
		name string
		latency
	}{{"primary", s.LatencyMS.Primary}, {"candidate", s.LatencyMS.Candidate}} {
		p.printf("  %-20s%8.1f%9.1f\n", side.name, side.Median, side.Slowest)
	}
	p.printf("%s\n", p.paint(dim, "  the primary's with its own queue, the candidate's from when a worker took the question"))
}

// count paints a number that is not 0.
func (p *printer) count(colour string, width, n int) string {
	text := fmt.Sprintf("%*d", width, n)
	if n == 0 {
		return text
	}
	return p.paint(colour, text)
}

func (p *printer) verdict(s *summary) string {
	compared := fmt.Sprintf("%d of %d compared in %s: ", s.Compared, s.Asked, count(s.Scans, "scan"))
	switch {
	case s.Compared < s.Asked:
		return compared + p.paint(red, "not everything was compared")
	case s.Differ > 0:
		return compared + p.differ(s)
	}
	return compared + p.paint(green, "full agreement")
}

// differ counts the exchanges that differ by verdict. Those that speak against
// the candidate, or against nobody yet, are the ones to look at.
func (p *printer) differ(s *summary) string {
	colour, parts := yellow, []string{}
	for _, v := range compare.Verdicts[1:] { // not agree
		n := s.Verdicts[string(v)]
		if n == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, words(string(v))))
		if v == compare.VerdictCandidateWrong || v == compare.VerdictUndecided {
			colour = red
		}
	}
	return p.paint(colour, fmt.Sprintf("%d differ: %s", s.Differ, strings.Join(parts, ", ")))
}

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// differences shows both values of each metric that differs, and who is wrong.
func (p *printer) differences(s *summary) {
	for _, e := range s.Exchanges {
		for _, m := range e.Metrics {
			if m.Outcome != "agree" {
				p.printf("  %s %s, %s: primary %s, candidate %s  %s\n", e.Analysis, e.Level,
					words(m.Metric), m.Primary, m.Candidate, p.paint(dim, "exchange "+e.ID))
				p.rulings(m)
			}
		}
	}
}

// rulings shows each proof as its sentence.
func (p *printer) rulings(m metricSummary) {
	for _, r := range m.Rulings {
		verdict := words(r.Verdict)
		if label := r.Class + r.Finding; label != "" {
			verdict += " (" + label + ")"
		}
		if r.Sentence == "" {
			r.Sentence = "nothing refutes either side"
		}
		p.printf("      %s: %s\n", p.paint(bold, verdict), r.Sentence)
	}
}

// failures shows the first few; one cause mostly fails them all.
func (p *printer) failures(s *summary) {
	const most = 3
	for i, failure := range s.Failures {
		if i == most {
			p.printf("  and %d more\n", len(s.Failures)-most)
			return
		}
		p.printf("  %s\n", p.paint(red, failure))
	}
}

// after says where to look next; while it goes on serving also by HTTP.
func (p *printer) after(d *demo, serving bool) {
	p.printf("\nLook next\n")
	if serving {
		p.printf("  curl -i -d @examples/three-of-four.json %s/analyze/top-tier\n", d.sidecar.dataURL)
		p.printf("  curl %s/readyz\n", d.sidecar.opsURL)
		p.printf("  curl %s/metrics | grep ^understudy_\n", d.sidecar.opsURL)
		for _, command := range []string{"status", "explain", "history"} {
			p.printf("  understudy ctl %s --ops %s --token-file %s\n", command, d.sidecar.opsURL, d.token())
		}
	}
	p.printf("  understudy exchanges list --store %s\n", d.store)
	p.printf("  understudy agreement --store %s\n", d.store)
	if d.command.Requests == "" {
		file := d.command.Network
		if file == "" {
			file = "examples/sample-network.json"
		}
		p.printf("  understudy analyze %s\n", file)
	}
	if serving {
		p.printf("\nServing, with a scan every %s. End with Ctrl-C.\n", d.command.Every)
	}
}

// line shows a later scan.
func (p *printer) line(s *summary, sidecar *sidecar) {
	p.printf("%s  %s, %d by the primary, %d by the candidate; %s; %s\n", time.Now().Format(time.TimeOnly), count(s.Asked, "question"),
		s.ServedBy["primary"], s.ServedBy["candidate"], p.verdict(s), sidecar.proxy.Effective(context.Background()).Why)
	p.differences(s)
	p.failures(s)
}

func (p *printer) end() { p.printf("\nending\n") }

func rounded(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
