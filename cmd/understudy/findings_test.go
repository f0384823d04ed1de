package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/engine/quality"
)

func TestFindings_FitThePageAndAreColouredOnlyOnATerminal(t *testing.T) {
	found := []quality.Finding{
		{Code: quality.OneNodeQuorum, Severity: quality.Error, Node: "a", Detail: strings.Repeat("a word and ", 40)},
		{Code: quality.StaleArchive, Severity: quality.Warning, Node: "b", Detail: "b is stale."},
	}
	for _, colour := range []bool{false, true} {
		var out bytes.Buffer
		page := &table{out: &out, colour: colour}
		page.quality(found)
		if got := strings.Contains(out.String(), "\x1b["); got != colour {
			t.Errorf("colour is %v, want %v", got, colour)
		}
		for line := range strings.Lines(out.String()) {
			if len(strings.TrimSpace(line)) > pageWidth {
				t.Errorf("too wide: %q", line)
			}
		}
	}
	if wantsColour(&bytes.Buffer{}) {
		t.Error("a buffer is no terminal")
	}
}

func TestFindings_ManyOfACodeAreCountedUnlessAllAreWanted(t *testing.T) {
	var found []quality.Finding
	for range 9 {
		found = append(found, quality.Finding{Code: quality.OutsideCore, Severity: quality.Info, Detail: "It is outside.", Related: []string{"x", "y"}})
	}
	for everything, want := range map[bool][3]int{false: {2, 0, 1}, true: {9, 9, 0}} {
		var out bytes.Buffer
		page := &table{out: &out, everything: everything}
		page.quality(found)
		text := out.String()
		if got := [3]int{strings.Count(text, "It is outside."), strings.Count(text, "x y"), strings.Count(text, "and 7 more")}; got != want {
			t.Errorf("everything %v: got %v, want %v in\n%s", everything, got, want, text)
		}
	}
}

// The README's table of codes is what operators look up.
func TestReadme_ListsEveryCodeOfDataQuality(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "\n### Data quality\n")
	section, _, found := strings.Cut(rest, "\n## ")
	if !found {
		t.Fatal("README.md has no section Data quality")
	}
	var rows []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| `") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	if len(rows) != len(quality.Codes) {
		t.Errorf("%d rows, want %d", len(rows), len(quality.Codes))
	}
	for i, code := range quality.Codes {
		severity := string(code.Severity)
		if code.Milder != "" {
			severity += " or " + string(code.Milder)
		}
		if want := "| `" + code.Name + "` | " + severity + " | " + code.Meaning + " |"; i < len(rows) && rows[i] != want {
			t.Errorf("row %d is %q, want %q", i, rows[i], want)
		}
	}
}
