package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
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
	p.printf("%-22s%8s%8s\n", "agreement", "agree", "differ")
	for _, m := range s.Metrics {
		p.printf("  %-20s%8d%s\n", strings.ReplaceAll(m.Metric, "_", " "), m.Agree, p.differs(fmt.Sprintf("%8d", m.Differ), m.Differ))
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

func (p *printer) differs(text string, n int) string {
	if n == 0 {
		return text
	}
	return p.paint(red, text)
}

func (p *printer) verdict(s *summary) string {
	compared := fmt.Sprintf("%d of %d compared in %s: ", s.Compared, s.Asked, count(s.Scans, "scan"))
	switch {
	case s.Compared < s.Asked:
		return compared + p.paint(red, "not everything was compared")
	case s.Differ > 0:
		return compared + p.paint(red, fmt.Sprintf("%d differ", s.Differ))
	}
	return compared + p.paint(green, "full agreement")
}

// differences shows both values of each metric that differs.
func (p *printer) differences(s *summary) {
	for _, e := range s.Exchanges {
		for _, m := range e.Metrics {
			if m.Outcome != "agree" {
				p.printf("  %s %s, %s: primary %s, candidate %s  %s\n", e.Analysis, e.Level,
					strings.ReplaceAll(m.Metric, "_", " "), m.Primary, m.Candidate, p.paint(dim, "exchange "+e.ID))
			}
		}
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
	}
	p.printf("  sqlite3 %s 'select analysis, level, outcome, primary_latency / 1000000, candidate_latency / 1000000 from exchanges'\n", d.store)
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
