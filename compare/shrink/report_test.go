package shrink_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/compare/shrink"
	"understudy/internal/precondition"
)

// reported is the report about a network that is as small as it gets.
func reported(t *testing.T, analysis, body string, result compare.Result) string {
	t.Helper()
	reply := compare.Reply{Status: 200, Body: []byte(`{"min_size": 1}`)}
	page, err := shrink.Report{
		Analysis: analysis, Want: target, PrimaryName: "http://primary", CandidateName: "the engine", Primary: reply, Candidate: reply,
		Shrunk: shrink.Shrunk{Body: []byte(body), Result: result, Nodes: 2, Members: 3, StartNodes: 30, StartMembers: 300, Asked: 99, Minimal: true},
	}.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

const pair = `{"nodes": [
	{"publicKey": "a", "name": "A|B` + "`" + `_<b>", "isp": "I*P", "geoData": {"countryName": "Ländle"}, "quorumSet": {"threshold": 2, "validators": ["a"], "innerQuorumSets": [{"threshold": 1, "validators": ["b"]}]}},
	{"publicKey": "b", "quorumSet": {"threshold": 1, "validators": ["a"]}},
	{"publicKey": "c", "quorumSet": null}],
	"organizations": [{"id": "1", "name": "[Org](x)", "validators": ["a"]}], "merge_by": "organization", "faulty_nodes": ["c"]}`

func TestReport_SaysWhatDiffersWithProofAndHowToReproduceIt(t *testing.T) {
	page := reported(t, "top-tier", pair, compare.Result{Metrics: []compare.MetricResult{{
		Metric: target.Metric, Verdict: target.Verdict, Primary: "2", Candidate: "1 (only here: c)",
		Rulings: []compare.Ruling{{Verdict: target.Verdict, Class: "R5", Proof: &compare.Proof{
			Kind: compare.ProofWitness, Check: "minimal quorum", Sentence: "{a, b} is a quorum\nof *two*",
			Sets: []compare.NamedSet{{Name: "quorum", Members: []string{"a", "b"}}},
		}}},
	}}})
	for _, want := range []string{
		"# top-tier, top\\_tier: the candidate is proven wrong\n",
		`the primary says of top\_tier "2" and the candidate "1 (only here: c)".`,
		"reduced from 30 nodes and 300 members of quorum sets to 2 and 3 by asking both sides about 99 networks.",
		"| a (A\\|B\\`\\_\\<b\\>) | 2{1{b}, a} | \\[Org\\](x) | Ländle | I\\*P |\n",
		"| c | none |",
		"sets merged by organization; failed already: {c}",
		"**candidate\\_wrong** on top\\_tier, defect class R5: validators of one inner set",
		"> {a, b} is a quorum of \\*two\\*\n",
		"Proof: sets of nodes that anybody can check (minimal quorum).",
		"- quorum: {a, b}\n",
		"curl -d @network.json http://127.0.0.1:8000/analyze/top-tier",
		"npm install @stellarbeat/stellar_analysis_nodejs@0.6.2",
		"show(scanner.analyze_top_tier(nodes, organizations, mergeBy));",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if strings.Contains(page, "\n\n\n") {
		t.Errorf("holes in\n%s", page)
	}
}

func TestReport_ABlockOfCodeEndsWhereItShould(t *testing.T) {
	body := `{"nodes": [{"publicKey": "` + "a```b" + `"}]}`
	page := reported(t, "top-tier", body, compare.Result{})
	if !strings.Contains(page, "````json\n"+body+"\n````\n") {
		t.Errorf("got\n%s", page)
	}
}

var codeBlock = regexp.MustCompile("(?s)```js\n(.*?)```")

// runScript runs the snippet of a report against the real package, and gives what
// it prints.
func runScript(t *testing.T, page string) (lines []map[string]any) {
	t.Helper()
	modules, err := filepath.Abs(filepath.Join("..", "..", "deploy", "rust-scanner", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, ".package-lock.json")); err != nil {
		precondition.Missing(t, "npm ci was not run in deploy/rust-scanner")
	}
	file := filepath.Join(t.TempDir(), "reproduce.cjs")
	if err := os.WriteFile(file, []byte(codeBlock.FindStringSubmatch(page)[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", file)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, out, page)
	}
	for line := range strings.Lines(string(out)) {
		var result map[string]any
		if json.Unmarshal([]byte(line), &result) == nil { // the package writes of its progress too
			lines = append(lines, result)
		}
	}
	return lines
}

func TestReport_TheSnippetForNodeRunsForEveryAnalysis(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		precondition.Missing(t, "node is not installed")
	}
	for analysis, results := range map[string]int{
		"top-tier": 1, "symmetric-top-tier": 1, "quorums": 1, "blocking-sets": 1, "splitting-sets": 1, "full": 4, "network": 18,
	} {
		if got := runScript(t, reported(t, analysis, pair, compare.Result{})); len(got) != results {
			t.Errorf("%s: %d results, want %d: %v", analysis, len(got), results, got)
		}
	}
	if got := runScript(t, reported(t, "top-tier", pair, compare.Result{})); got[0]["top_tier_size"] != 2.0 {
		t.Errorf("top tier %v, want two members", got)
	}
}

func TestReport_AFailureIsReportedAsOne(t *testing.T) {
	page, err := shrink.Report{
		Analysis: "quorums", Want: shrink.Target{Verdict: compare.VerdictPrimaryFailed}, Kind: compare.KindPython,
		Primary: compare.Reply{Failure: compare.FailureTimeout}, Candidate: compare.Reply{Status: 200, Body: []byte(`{}`)},
		Shrunk: shrink.Shrunk{Body: []byte(`{"nodes": []}`), Result: compare.Result{Reason: "failed: timeout"}, Stopped: "asks"},
	}.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# quorums: the primary fails", "failed: timeout.", "no answer, timeout", "until the asks ended; it may not be the smallest"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if strings.Contains(string(page), "stellarbeat") {
		t.Error("it speaks of the Rust scanner, which was not asked")
	}
}
