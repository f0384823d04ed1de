package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/bench/peers"
	"understudy/bench/report"
	"understudy/bench/rows"
)

var update = flag.Bool("update", false, "write the golden report anew")

func solved(answer rows.Answer, ms int) peers.Outcome {
	wall := time.Duration(ms) * time.Millisecond
	return peers.Outcome{Status: peers.Solved, Answer: answer, Wall: wall, Best: wall, Solve: wall / 2, Runs: 3, Algorithm: "bnb"}
}

func late(seconds int) peers.Outcome {
	return peers.Outcome{Status: peers.Unsolved, Wall: time.Duration(seconds) * time.Second, Solve: -1, Runs: 1, Detail: "ended after the limit"}
}

func result(set rows.Set, name string, organizations int, analysis rows.Analysis, want rows.Answer, outcomes map[peers.Name]peers.Outcome) report.Result {
	network := &rows.Network{Name: name, Set: set, Organizations: organizations}
	return report.Result{Row: rows.Row{Network: network, Analysis: analysis, Want: want, Compared: true}, Outcomes: outcomes}
}

type outcomes = map[peers.Name]peers.Outcome

// sample has a row for each thing that a report may have to say.
func sample() *report.Data {
	ofCore := result(rows.Published, "N5F3", 5, rows.Splitting, "2", outcomes{peers.Ours: solved("2", 20), peers.RustScanner: solved("4", 90)})
	ofCore.Core = "4"
	familyOfCore := result(rows.Whole, "N6F5", 6, rows.AllSplitting, "", outcomes{
		peers.Ours: solved("123", 20), peers.FBASAnalyzer: late(10), peers.RustScanner: solved("129", 90),
	})
	familyOfCore.Core = "129"
	return &report.Data{
		Head: report.Head{
			Date: "2026-11-23", Revision: "0123abc", Machine: []string{"a processor, 2 cores"}, Limit: 10 * time.Second, Repeat: 3, Rows: 14, FamilyLimit: 30 * time.Second,
			Notes: []string{"native was not asked"},
		},
		Results: []report.Result{
			result(rows.Published, "N5F1", 5, rows.Blocking, "2", outcomes{peers.Ours: solved("2", 10), peers.RustScanner: solved("2", 40)}),
			result(rows.Published, "N5F1", 5, rows.Splitting, "4", outcomes{peers.Ours: solved("4", 600), peers.RustScanner: late(10)}),
			ofCore,
			result(rows.Published, "N5F2", 5, rows.Splitting, "4", outcomes{peers.Ours: solved("4", 20), peers.RustScanner: solved("3", 90)}),
			result(rows.Family, "G14F1", 14, rows.Splitting, "", outcomes{peers.Ours: solved("8", 20), peers.Second: solved("8", 90)}),
			result(rows.Family, "G14F2", 14, rows.Intersection, "", outcomes{
				peers.Ours:        solved("true", 20),
				peers.RustScanner: {Status: peers.Failed, Detail: "status 500: it | trapped", Solve: -1},
			}),
			result(rows.Growth, "G18F1s1", 18, rows.Splitting, "", outcomes{peers.Ours: solved("9", 100)}),
			result(rows.Growth, "G18F2s1", 18, rows.Splitting, "", outcomes{peers.Ours: late(10)}),
			result(rows.Growth, "G24F1s1", 24, rows.Splitting, "", outcomes{peers.Ours: solved("15", 40)}),
			result(rows.Mixed, "M8F1c2", 8, rows.Quorum, "", outcomes{peers.Ours: solved("14", 30)}),
			result(rows.Whole, "N5F1", 5, rows.AllBlocking, "", outcomes{
				peers.Ours: solved("12", 20), peers.FBASAnalyzer: solved("12", 10), peers.RustScanner: solved("12", 40),
			}),
			familyOfCore,
			result(rows.Whole, "G24F1s1", 24, rows.AllQuorums, "", outcomes{peers.Ours: solved("12637268930691", 4000)}),
			result(rows.Whole, "G16F1", 16, rows.AllSplitting, "", outcomes{peers.Ours: late(30)}),
		},
		Published: map[rows.Key]rows.Figures{
			{Network: "N5F1", Analysis: rows.Blocking}: {PythonFBAS: rows.Figure{Solved: true, Seconds: 0.2}, FBASAnalyzer: rows.Figure{Solved: true, Seconds: 0.005}},
		},
		Prototype: map[int]rows.PrototypeTime{18: {Seconds: 0.14}, 24: {Seconds: 12}, 32: {Seconds: 15, Over: true}},
	}
}

func TestMarkdown_IsTheGoldenReport(t *testing.T) {
	got, err := sample().Markdown()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "report.md")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the report is not that of %s (go test -update writes it):\n%s", path, got)
	}
}

func TestMarkdown_OfNothingHasNoEmptyTables(t *testing.T) {
	got, err := (&report.Data{}).Markdown()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got, []byte("| --- |")) {
		t.Errorf("a table without lines:\n%s", got)
	}
}

func TestPlots_AreWellFormedAndTheSameEachTime(t *testing.T) {
	for name, data := range map[string]*report.Data{"sample": sample(), "nothing": {}} {
		for kind, draw := range map[string]func() ([]byte, error){"cactus": data.Cactus, "growth": data.GrowthPlot} {
			first, err := draw()
			if err != nil {
				t.Fatal(err)
			}
			if second, err := draw(); err != nil || !bytes.Equal(first, second) {
				t.Errorf("%s of %s differs from one time to the next (%v)", kind, name, err)
			}
			decoder := xml.NewDecoder(bytes.NewReader(first))
			for err == nil {
				_, err = decoder.Token()
			}
			if !errors.Is(err, io.EOF) {
				t.Errorf("%s of %s: %v", kind, name, err)
			}
		}
	}
	cactus, err := sample().Cactus()
	if err != nil {
		t.Fatal(err)
	}
	for _, legend := range []string{"Understudy: 4", "Rust scanner: 2", "python-fbas (published): 1"} {
		if !bytes.Contains(cactus, []byte(legend)) {
			t.Errorf("the cactus plot has no %q", legend)
		}
	}
}

func TestVerdict_HoldsEachAnswerToTheRightOne(t *testing.T) {
	core := result(rows.Growth, "X", 5, rows.Splitting, "", outcomes{peers.Ours: solved("2", 1), peers.RustScanner: solved("4", 1), peers.FBASAnalyzer: solved("4", 1)})
	core.Core = "4"
	for _, test := range []struct {
		name   string
		result report.Result
		peer   peers.Name
		want   report.Verdict
	}{
		{"known answer", result(rows.Published, "X", 5, rows.Blocking, "2", outcomes{peers.Ours: solved("2", 1)}), peers.Ours, report.Right},
		{"known answer missed", result(rows.Published, "X", 5, rows.Blocking, "2", outcomes{peers.Ours: solved("3", 1)}), peers.Ours, report.Wrong},
		{"nothing known", result(rows.Growth, "X", 5, rows.Blocking, "", outcomes{peers.Ours: solved("3", 1)}), peers.Ours, report.Unchecked},
		{
			"engines agree", result(rows.Growth, "X", 5, rows.Blocking, "", outcomes{peers.Ours: solved("3", 1), peers.Second: solved("3", 1)}),
			peers.Ours, report.Right,
		},
		{
			"engines differ, so ours may be the wrong one",
			result(rows.Growth, "X", 5, rows.Blocking, "", outcomes{peers.Ours: solved("3", 1), peers.Second: solved("2", 1)}),
			peers.Ours, report.Wrong,
		},
		{"right about the core", core, peers.RustScanner, report.OfCore},
		{"only the scanner reduces to the core", core, peers.FBASAnalyzer, report.Wrong},
		{"not asked", core, peers.Second, report.NotAsked},
		{"too late", result(rows.Growth, "X", 5, rows.Blocking, "", outcomes{peers.Ours: late(10)}), peers.Ours, report.Unsolved},
	} {
		if got := test.result.Verdict(test.peer); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestVerdict_HoldsANumberOfSetsToAnotherProgramThatAnswersTheSameQuestion(t *testing.T) {
	family := func(native, scanner, core rows.Answer) report.Result {
		r := result(rows.Whole, "X", 5, rows.AllSplitting, "", outcomes{peers.Ours: solved("123", 1), peers.FBASAnalyzer: late(10), peers.RustScanner: late(10)})
		if native != "" {
			r.Outcomes[peers.FBASAnalyzer] = solved(native, 1)
		}
		if scanner != "" {
			r.Outcomes[peers.RustScanner] = solved(scanner, 1)
		}
		r.Core = core
		return r
	}
	for _, test := range []struct {
		name          string
		result        report.Result
		ours, scanner report.Verdict
		broken        int
	}{
		{"nobody else finished", family("", "", ""), report.Unchecked, report.Unsolved, 0},
		{"both agree", family("123", "123", ""), report.Right, report.Right, 0},
		{"the scanner agrees", family("", "123", ""), report.Right, report.Right, 0},
		{"the scanner counts the core's", family("", "129", "129"), report.Unchecked, report.OfCore, 0},
		{"the core is not finished", family("", "129", rows.Open), report.Unchecked, report.Unchecked, 0},
		{"the scanner counts neither", family("123", "130", "129"), report.Right, report.Wrong, 1},
		{"fbas_analyzer differs", family("124", "", ""), report.Wrong, report.Unsolved, 1},
	} {
		if ours, scanner := test.result.Verdict(peers.Ours), test.result.Verdict(peers.RustScanner); ours != test.ours || scanner != test.scanner {
			t.Errorf("%s: ours %s, scanner %s; want %s, %s", test.name, ours, scanner, test.ours, test.scanner)
		}
		if broken := report.Broken([]report.Result{test.result}); len(broken) != test.broken {
			t.Errorf("%s: %q, want %d lines", test.name, broken, test.broken)
		}
	}
}

func TestBroken_NamesWrongAnswersErrorsAndUnsolvedRowsOfTheBenchmark(t *testing.T) {
	broken := report.Broken([]report.Result{
		result(rows.Published, "wrong", 5, rows.Blocking, "2", outcomes{peers.Ours: solved("3", 1)}),
		result(rows.Family, "late", 5, rows.Blocking, "", outcomes{peers.Ours: late(10)}),
		result(rows.Growth, "error", 40, rows.Splitting, "", outcomes{peers.Ours: {Status: peers.Failed, Detail: "exit code 1"}}),
		result(rows.Whole, "error", 40, rows.AllSplitting, "", outcomes{peers.Ours: {Status: peers.Failed, Detail: "exit code 1"}}),
		result(rows.Whole, "hard", 40, rows.AllSplitting, "", outcomes{peers.Ours: late(30)}),
		result(rows.Growth, "hard", 40, rows.Splitting, "", outcomes{peers.Ours: late(10)}),
		result(rows.Mixed, "differ", 8, rows.Quorum, "", outcomes{peers.Ours: solved("3", 1), peers.Second: solved("2", 1)}),
		result(rows.Published, "right", 5, rows.Blocking, "2", outcomes{peers.Ours: solved("2", 1), peers.RustScanner: solved("3", 1)}),
	})
	got := strings.Join(broken, "\n")
	for _, name := range []string{"wrong/", "late/", "differ/", "error/splitting:", "error/splitting-sets:"} {
		if !strings.Contains(got, name) {
			t.Errorf("%s is not named:\n%s", name, got)
		}
	}
	if len(broken) != 5 {
		t.Errorf("%d lines, want 5:\n%s", len(broken), got)
	}
}
