package console

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"understudy/rollout"
)

// page writes Markdown.
type page struct{ strings.Builder }

func (p *page) printf(format string, args ...any) { fmt.Fprintf(&p.Builder, format, args...) }

// table writes a table, or one sentence where it has no rows.
func (p *page) table(none string, head []string, rows [][]string) {
	if len(rows) == 0 {
		p.printf("%s\n", none)
		return
	}
	p.printf("| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		p.printf("| %s |\n", strings.Join(row, " | "))
	}
}

// markdown is the page. Nothing in it depends on when it is asked for.
func (d ReportData) markdown() string {
	p := &page{}
	p.printf("# Rollout report\n\n")
	p.printf("As of %s, at record %d of the history (%s).\n\n", stamp(d.AsOf), d.Seq, orNone(d.Head))
	p.printf("Stage **%s** since %s, condition **%s**.", escaped(d.Stage.String()), stamp(d.Entered), d.Condition)
	if d.Gate.Outcome != rollout.OutcomeNone {
		p.printf(" The gate to **%s** is **%s**: %s.", escaped(d.Gate.To.String()), d.Gate.Outcome, escaped(d.Gate.Why))
	}
	p.printf("\n\nVersions: candidate %s, primary %s, comparer %s, policy %s.\n",
		orUnknown(d.Versions.Candidate), orUnknown(d.Versions.Primary), orUnknown(d.Versions.Comparer), orUnknown(d.Versions.Policy))
	d.gate(p)
	d.evidence(p)
	p.printf("\n## Stages\n\n")
	p.events(d.Stages, "No change of stage.")
	p.printf("\n## Trips, stops and re-entries\n\n")
	p.events(d.Trips, "None.")
	p.printf("\n## Overrides\n\n")
	p.events(d.Overrides, "None.")
	p.printf("\n## Open disagreements\n\n")
	p.disputes(d.Open, "None.")
	p.printf("\n## What the primary is proven wrong about\n\n")
	p.disputes(d.Defects, "Nothing.")
	d.latencies(p)
	p.printf("\n## Approval\n\nThe SHA-256 of this page stands in the history.\n\nName: ______________________  Date: ______________  Signature: ______________________\n")
	return p.String()
}

func (d ReportData) gate(p *page) {
	p.printf("\n## Gate\n\n")
	var rows [][]string
	for _, c := range d.Gate.Criteria {
		met := "no"
		if c.Met {
			met = "yes"
		}
		rows = append(rows, []string{escaped(c.Name), met, escaped(c.Text)})
	}
	p.table("This stage has no gate.", []string{"criterion", "met", "as it stands"}, rows)
}

func (d ReportData) evidence(p *page) {
	p.printf("\n## Evidence\n\nCounted for these versions; E of %d is enough.\n\n", rollout.Enough)
	var rows [][]string
	for _, e := range d.Evidence {
		rows = append(rows, []string{e.Name, fmt.Sprint(e.Scans), fmt.Sprint(e.Disagree), fmt.Sprintf("%.3g", e.E5), fmt.Sprintf("%.3g", e.E1)})
	}
	p.table("", []string{"series", "scans", "disagree", "E(5 %)", "E(1 %)"}, rows)
	e := d.Entry
	p.printf("\nSince the stage was entered: coverage %s of eligible exchanges, availability %s of self-tests, failures %s of executions, slower than the limit %s of completed ones.\n",
		part(e.Compared, e.Eligible), part(e.SelfTestsPassed, e.SelfTests), part(e.Failed, e.Executions), part(e.Slow, e.Completed))
}

func (p *page) events(list []ReportEvent, none string) {
	var rows [][]string
	for _, e := range list {
		stage := escaped(e.To.String())
		if e.From != e.To {
			stage = escaped(e.From.String()) + " to " + stage
		}
		what := escaped(string(e.Kind))
		if e.Trigger != "" {
			what += " (" + escaped(e.Trigger) + ")"
		}
		rows = append(rows, []string{fmt.Sprint(e.Seq), stamp(e.At), what, stage, escaped(e.Actor), escaped(e.Reason)})
	}
	p.table(none, []string{"record", "at", "what", "stage", "by", "reason"}, rows)
}

func (p *page) disputes(d ReportDisagreements, none string) {
	var rows [][]string
	for _, one := range d.Last {
		sentence := one.Sentence
		if sentence == "" {
			sentence = "nothing refutes either side"
		}
		verdict := escaped(string(one.Verdict))
		if one.Class != "" {
			verdict += " (" + escaped(one.Class) + ")"
		}
		rows = append(rows, []string{one.ID, verdict, escaped(one.Metric), escaped(one.Analysis), fmt.Sprint(one.Count), one.State, escaped(sentence)})
	}
	p.table(none, []string{"id", "verdict", "metric", "analysis", "seen", "state", "proof"}, rows)
	if more := d.Total - len(d.Last); more > 0 {
		p.printf("\nThe last %d of %d.\n", len(d.Last), d.Total)
	}
}

func (d ReportData) latencies(p *page) {
	of := "all"
	if d.Latency.Cut {
		of = "the newest"
	}
	p.printf("\n## Latency\n\nOf %s %d live exchanges since the stage was entered.\n\n", of, d.Latency.Exchanges)
	var rows [][]string
	for _, side := range []struct {
		name string
		SideLatency
	}{{"primary", d.Latency.Primary}, {"candidate", d.Latency.Candidate}} {
		rows = append(rows, []string{side.name, fmt.Sprint(side.Answers), fmt.Sprintf("%.1f ms", side.MedianMS), fmt.Sprintf("%.1f ms", side.P95MS)})
	}
	p.table("", []string{"side", "answers", "median", "95th percentile"}, rows)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func orNone(digest string) string {
	if digest == "" {
		return "none"
	}
	return "digest `" + digest + "`"
}

func orUnknown(version string) string {
	if version == "" {
		return "unknown"
	}
	return escaped(version)
}

func part(n, of int) string {
	if of == 0 {
		return "- (of none)"
	}
	return fmt.Sprintf("%.2f %% (%d of %d)", 100*float64(n)/float64(of), n, of)
}

// escaped takes from text, which clients and networks may have made up, what
// Markdown or a terminal would obey.
func escaped(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case !unicode.IsPrint(r):
			out.WriteRune(unicode.ReplacementChar)
		case strings.ContainsRune("\\`*_[]<>|#~&!", r):
			out.WriteByte('\\')
			out.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
