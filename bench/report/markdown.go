package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

// Targets of a benchmark row and of all published rows, as whole processes.
const (
	RowTarget = 500 * time.Millisecond
	SumTarget = 5 * time.Second
)

//go:embed report.md.tmpl
var reportTemplate string

// Data is what a report is made of.
type Data struct {
	Head    Head
	Results []Result
	// Published are the times of the published benchmark; Prototype is the prototype's worst splitting time, by organizations.
	Published map[rows.Key]rows.Figures
	Prototype map[int]rows.PrototypeTime
}

// Head says when, where and how it was measured.
type Head struct {
	Date, Revision string
	Machine        []string // lines
	Limit          time.Duration
	FamilyLimit    time.Duration // ours, for whole families
	Repeat         int
	Rows           int      // that were to be measured
	Notes          []string // what was left out and why
}

// Markdown renders the report.
func (d *Data) Markdown() ([]byte, error) {
	parsed, err := template.New("report").Parse(reportTemplate)
	if err != nil {
		return nil, fmt.Errorf("parse report template: %w", err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, d); err != nil {
		return nil, fmt.Errorf("render report: %w", err)
	}
	return out.Bytes(), nil
}

// Targets are sentences on the targets and on what must not be.
func (d *Data) Targets() []string {
	var lines []string
	benchmark := append(d.of(rows.Published, ""), d.of(rows.Family, "")...)
	if longest := worst(benchmark); longest != nil {
		wall := longest.Outcomes[peers.Ours].Wall
		lines = append(lines, fmt.Sprintf("Longest of the %d benchmark rows: %s (%s); target %s: %s.",
			len(benchmark), secondsText(wall.Seconds()), longest.Row, secondsText(RowTarget.Seconds()), met(wall < RowTarget)))
	}
	if published := d.of(rows.Published, ""); len(published) > 0 {
		sum := sumOfWalls(published)
		lines = append(lines, fmt.Sprintf("Sum over the %d published rows: %s; target for 147 rows %s: %s.",
			len(published), secondsText(sum.Seconds()), secondsText(SumTarget.Seconds()), met(sum < SumTarget)))
	}
	lines = append(lines, d.prototypeTargets()...)
	for _, broken := range Broken(d.Results) {
		lines = append(lines, "**"+broken+"**")
	}
	return lines
}

func met(yes bool) string {
	if yes {
		return "met"
	}
	return "**missed**"
}

// table is a Markdown table.
type table struct {
	head  []string
	lines [][]string
}

func newTable(head ...string) *table { return &table{head: head} }

func (t *table) add(cells ...string) { t.lines = append(t.lines, cells) }

// String is "" for a table without lines.
func (t *table) String() string {
	if len(t.lines) == 0 {
		return ""
	}
	var out strings.Builder
	writeLine(&out, t.head)
	writeLine(&out, strings.Split(strings.Repeat("---|", len(t.head)-1)+"---", "|"))
	for _, line := range t.lines {
		writeLine(&out, line)
	}
	return out.String()
}

func writeLine(out *strings.Builder, cells []string) {
	for _, cell := range cells {
		out.WriteString("| " + strings.NewReplacer("|", `\|`, "\n", " ").Replace(cell) + " ")
	}
	out.WriteString("|\n")
}

// secondsText has three significant digits.
func secondsText(seconds float64) string {
	switch {
	case seconds < 0.1:
		return fmt.Sprintf("%.1f ms", seconds*1000)
	case seconds < 10:
		return fmt.Sprintf("%.2f s", seconds)
	}
	return fmt.Sprintf("%.1f s", seconds)
}

// durationText is empty for a time that nobody has told.
func durationText(d time.Duration) string {
	if d < 0 {
		return ""
	}
	return secondsText(d.Seconds())
}

func ratioText(ratio float64) string {
	if ratio >= 100 {
		return fmt.Sprintf("%.0f", ratio)
	}
	return fmt.Sprintf("%.1f", ratio)
}
