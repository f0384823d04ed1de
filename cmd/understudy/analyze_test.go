package main

import (
	"os/exec"
	"strings"
	"testing"

	"understudy/internal/precondition"
)

// What the Rust scanner says of the live network (the demo's test compares the
// two), said by the command without any scanner; and what it does not say.
func TestAnalyze_TheLiveSnapshotHasTheNumbersThatTheRustScannerGives(t *testing.T) {
	snapshot := precondition.SharedData(t, "radar-snapshot-2025-11-13.json")
	command, err := built()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{
			"top tier 21 nodes",
			"quorum intersection yes: every two quorums share a node",
			"symmetric top tier yes: every member wants 5 of these 7",
			"minimal quorums 5,103; minimum 10 nodes",
			"minimal blocking sets 945; minimum 6 nodes",
			"minimal splitting sets 945; minimum 3 nodes",
		}},
		{[]string{"--analysis", "data-quality"}, []string{
			"warning unknown-validator",
			"GDXQB3OMMQ6MGG43PWFBZWBFKBBDUZIVSUDAZZTRAWQZKES2CDSE5HKJ is not among the",
			"GBCQK6PFPOJTKUQED2HVO3UVCG7RKSRIZSJMSXXLUHLX7OC2BBJC2JGZ names it.",
		}},
		{[]string{"--analysis", "network", "--faulty-not-validating"}, []string{
			"top tier 21 7 7 10",
			"blocking sets 6 3 2 2",
			"beside faulty nodes 6 3 2 2",
			"splitting sets 3 3 1 1",
		}},
	} {
		out, err := exec.Command(command, append([]string{"analyze", snapshot}, c.args...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := make(map[string]bool)
		for line := range strings.Lines(string(out)) {
			lines[strings.Join(strings.Fields(line), " ")] = true
		}
		for _, want := range c.want {
			if !lines[want] {
				t.Errorf("analyze %v: no line %q in\n%s", c.args, want, out)
			}
		}
	}
}
