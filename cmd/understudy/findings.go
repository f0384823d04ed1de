package main

import (
	"fmt"
	"strings"

	"understudy/engine/quality"
)

// pageWidth is how wide sentences get.
const pageWidth = 80

// A table shows the first few findings of each code, and of changes of each kind.
const (
	shownOfEach = 5
	shownNotes  = 2 // of those that need no action
)

var severityColour = map[quality.Severity]string{quality.Error: red, quality.Warning: yellow, quality.Info: dim}

// tally counts findings by severity: "no errors, 1 warning, 3 notes".
func tally(found []quality.Finding) string {
	by := quality.Summarize(found).BySeverity
	counts := make([]string, 0, 3)
	for _, s := range []struct {
		severity quality.Severity
		noun     string
	}{{quality.Error, "error"}, {quality.Warning, "warning"}, {quality.Info, "note"}} {
		n := strings.TrimPrefix(count(by[s.severity], s.noun), "0 ")
		if by[s.severity] == 0 {
			n = "no " + n
		}
		counts = append(counts, n)
	}
	return strings.Join(counts, ", ")
}

// quality prints findings, which come gravest first, by code.
func (t *table) quality(found []quality.Finding) {
	t.row("data quality", tally(found))
	for len(found) > 0 {
		code, n := found[0].Code, 0
		for n < len(found) && found[n].Code == code && found[n].Severity == found[0].Severity {
			n++
		}
		t.code(found[:n])
		found = found[n:]
	}
}

// code prints the findings of one code and severity.
func (t *table) code(found []quality.Finding) {
	heading := fmt.Sprintf("%s  %s", found[0].Severity, found[0].Code)
	if len(found) > 1 {
		heading += fmt.Sprintf(", %d times", len(found))
	}
	fmt.Fprintf(t.out, "\n%s\n", paint(t.colour, severityColour[found[0].Severity], heading))
	shown := len(found)
	switch {
	case t.everything:
	case found[0].Severity == quality.Info:
		shown = min(shown, shownNotes)
	default:
		shown = min(shown, shownOfEach)
	}
	for _, f := range found[:shown] {
		detail := f.Detail
		if name, ok := t.label[f.Node]; ok {
			detail = name + ": " + detail
		}
		t.sentence("  ", detail)
		if t.everything && len(f.Related) > 1 {
			t.sentence("    ", strings.Join(f.Related, " "))
		}
	}
	if rest := len(found) - shown; rest > 0 {
		t.sentence("  ", fmt.Sprintf("and %d more (--sets lists all)", rest))
	}
}

// sentence breaks a text into lines, the first one less far to the right. A word
// is never broken.
func (t *table) sentence(indent, text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = indent + word
			indent += "  "
		case len(line)+1+len(word) > pageWidth:
			fmt.Fprintln(t.out, line)
			line = indent + word
		default:
			line += " " + word
		}
	}
	fmt.Fprintln(t.out, line)
}

// cleaning says what was done to the network first, the first of each kind in
// words.
func (t *table) cleaning(changes []quality.Change) {
	if len(changes) == 0 {
		t.row("cleaned first", "nothing to do")
		return
	}
	t.row("cleaned first", count(len(changes), "change"))
	done := map[string]int{}
	for i, change := range changes {
		done[change.Action]++
		if n := done[change.Action]; n <= shownOfEach || t.everything {
			t.sentence("  ", change.Detail)
		}
		last := i == len(changes)-1 || changes[i+1].Action != change.Action
		if rest := done[change.Action] - shownOfEach; last && rest > 0 && !t.everything {
			t.sentence("  ", fmt.Sprintf("and %d more like it (--sets lists all)", rest))
		}
	}
}
