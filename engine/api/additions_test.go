package api_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// withArchives is three of four whose archives of a and b have an error.
var withArchives = strings.NewReplacer(
	`"a", "quorumSet"`, `"a", "historyArchiveHasError": true, "quorumSet"`,
	`"b", "quorumSet"`, `"b", "historyArchiveHasError": true, "quorumSet"`,
	`"c", "quorumSet"`, `"c", "historyArchiveHasError": false, "quorumSet"`,
	`"d", "quorumSet"`, `"d", "historyArchiveHasError": false, "quorumSet"`,
).Replace(threeOfFour)

func TestHistoryCritical_NamesAQuorumThatLosesItsHistory(t *testing.T) {
	_, answer := post(t, newHandler(), "/analyze/history-critical", []byte(withArchives))
	if answer["min_size"] != 1.0 || answer["total_sets"] != 2.0 ||
		!reflect.DeepEqual(answer["critical_sets"], []any{names("c")}) || !reflect.DeepEqual(answer["quorum"], names("a", "b", "c")) {
		t.Errorf("got %v", answer)
	}
	_, answer = post(t, newHandler(), "/analyze/history-critical", with(t, []byte(withArchives), map[string]any{"include_sets": true}))
	family(t, [][]string{{"c"}, {"d"}}, answer["critical_sets"].([]any))
}

func TestHistoryCritical_TellsNoSetFromTheEmptySet(t *testing.T) {
	for _, c := range []struct {
		name, network string
		sets          []any
		total         float64
	}{
		{"no archive works", threeOfFour, []any{names()}, 1},
		{"there is no quorum", `{"nodes":[{"publicKey":"a","quorumSet":{"threshold":2,"validators":["a"]}}]}`, []any{}, 0},
	} {
		_, answer := post(t, newHandler(), "/analyze/history-critical", []byte(c.network))
		if !reflect.DeepEqual(answer["critical_sets"], c.sets) || answer["total_sets"] != c.total || answer["min_size"] != 0.0 {
			t.Errorf("%s: got %v", c.name, answer)
		}
		_, full := post(t, newHandler(), "/analyze/full", []byte(c.network))
		if part := full["history_critical"].(map[string]any); !reflect.DeepEqual(part["critical_sets"], c.sets) {
			t.Errorf("%s: full has %v", c.name, part)
		}
	}
}

func TestHistoryCritical_SaysWhereNobodySpeaksOfArchives(t *testing.T) {
	for _, c := range []struct{ name, network, says string }{
		{"nobody", threeOfFour, "None of the 4 validators"},
		{"not everybody", strings.Replace(withArchives, `"historyArchiveHasError": true, `, "", 1), "1 of 4 validators do not say"},
		{"everybody", withArchives, ""},
	} {
		_, answer := post(t, newHandler(), "/analyze/history-critical", []byte(c.network))
		_, full := post(t, newHandler(), "/analyze/full", []byte(c.network))
		for _, got := range []map[string]any{answer, full["history_critical"].(map[string]any)} {
			findings, _ := got["findings"].([]any)
			if c.says == "" && len(findings) > 0 {
				t.Errorf("%s: got %v", c.name, findings)
			}
			if c.says == "" {
				continue
			}
			if len(findings) != 1 || findings[0].(map[string]any)["code"] != "no-history-data" || !strings.Contains(findings[0].(map[string]any)["detail"].(string), c.says) {
				t.Errorf("%s: got %v", c.name, findings)
			}
		}
	}
}

// dirty has a node without a set, and one that names a validator who is not there.
const dirty = `{"nodes": [
	{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a", "b", "ghost"]}},
	{"publicKey": "b", "quorumSet": {"threshold": 2, "validators": ["a", "b"]}},
	{"publicKey": "watcher", "quorumSet": null}]}`

func TestDataQuality_NamesTheUnknownValidatorAndWhoRefersToIt(t *testing.T) {
	_, answer := post(t, newHandler(), "/analyze/data-quality", []byte(dirty))
	found := false
	for _, f := range answer["findings"].([]any) {
		f := f.(map[string]any)
		if f["code"] == "unknown-validator" {
			found = f["node"] == "ghost" && f["severity"] == "warning" && reflect.DeepEqual(f["related"], names("a")) && f["detail"] != ""
		}
	}
	summary := answer["summary"].(map[string]any)
	if !found || summary["total"] != float64(len(answer["findings"].([]any))) || summary["by_code"].(map[string]any)["unknown-validator"] != 1.0 {
		t.Errorf("got %v", answer)
	}
}

func TestDataQuality_SpeaksOfNetworksThatAnalysesRefuse(t *testing.T) {
	twice := strings.Replace(threeOfFour, `{"publicKey": "b"`, `{"publicKey": "a"`, 1)
	status, answer := post(t, newHandler(), "/analyze/data-quality", []byte(twice))
	if status != http.StatusOK || answer["summary"].(map[string]any)["by_code"].(map[string]any)["duplicate-node"] != 1.0 {
		t.Errorf("got %d %v", status, answer)
	}
	status, answer = post(t, newHandler(), "/analyze/data-quality", []byte(`{"nodes":[],"organizations":[{"name":"o"}]}`))
	if status != http.StatusUnprocessableEntity || answer["field"] != "organizations[0].validators" {
		t.Errorf("organizations that can't be read: got %d %v", status, answer)
	}
}

func TestClean_EveryAnswerSaysWhatWasDone(t *testing.T) {
	for _, path := range []string{"top-tier", "symmetric-top-tier", "quorums", "blocking-sets", "splitting-sets", "history-critical", "full", "network", "data-quality"} {
		status, answer := post(t, newHandler(), "/analyze/"+path, with(t, []byte(dirty), map[string]any{"clean": true}))
		changes, _ := answer["cleaning"].([]any)
		if status != http.StatusOK || len(changes) != 2 || answer["cleaning_total"] != 2.0 {
			t.Fatalf("%s: got %d %v", path, status, answer)
		}
		node, reference := changes[0].(map[string]any), changes[1].(map[string]any)
		if node["action"] != "drop-node" || node["node"] != "watcher" || reference["action"] != "drop-reference" || reference["node"] != "a" || reference["detail"] == "" {
			t.Errorf("%s: changes are %v", path, changes)
		}
	}
	_, answer := post(t, newHandler(), "/analyze/top-tier", with(t, []byte(threeOfFour), map[string]any{"clean": true}))
	if changes, ok := answer["cleaning"].([]any); !ok || len(changes) != 0 || answer["cleaning_total"] != 0.0 {
		t.Errorf("nothing to clean: got %v", answer)
	}
}

func TestClean_ComesBeforeTheAnalysis(t *testing.T) {
	// In python semantics the validator who is not there agrees with anybody.
	python := map[string]any{"semantics": "python"}
	if _, answer := post(t, newHandler(), "/analyze/quorums", with(t, []byte(dirty), python)); answer["min_size"] != 2.0 || answer["quorum_intersection"] != true {
		t.Errorf("as sent: got %v", answer)
	}
	python["clean"] = true
	_, answer := post(t, newHandler(), "/analyze/data-quality", with(t, []byte(dirty), python))
	if codes := answer["summary"].(map[string]any)["by_code"].(map[string]any); codes["unknown-validator"] != nil || codes["missing-quorum-set"] != nil {
		t.Errorf("after cleaning: got %v", codes)
	}
}

func TestSemantics_PythonLetsValidatorsWithoutASetAgreeWithAnything(t *testing.T) {
	network := read(t, "testdata/networks/edge_ghost_spare.json")
	for semantics, want := range map[string]struct {
		intersects bool
		splitting  float64
	}{"rust": {true, 1}, "raw": {true, 1}, "python": {false, 0}} {
		request := with(t, network, map[string]any{"semantics": semantics})
		_, quorums := post(t, newHandler(), "/analyze/quorums", request)
		_, splitting := post(t, newHandler(), "/analyze/splitting-sets", request)
		if quorums["quorum_intersection"] != want.intersects || splitting["min_size"] != want.splitting {
			t.Errorf("%s: got %v and %v", semantics, quorums, splitting)
		}
	}
}

func TestMergeBy_AnAttributeOfTheNodes(t *testing.T) {
	fields := strings.NewReplacer(
		`"a", "quorumSet"`, `"a", "homeDomain": "x.org", "quorumSet"`,
		`"b", "quorumSet"`, `"b", "homeDomain": "x.org", "quorumSet"`,
		`"c", "quorumSet"`, `"c", "homeDomain": "", "quorumSet"`,
	).Replace(threeOfFour)
	_, answer := post(t, newHandler(), "/analyze/blocking-sets", with(t, []byte(fields), map[string]any{"merge_by": "field:homeDomain", "include_sets": true}))
	family(t, [][]string{{"x.org"}, {"c", "d"}}, answer["sets"].([]any))
	if !reflect.DeepEqual(answer["example_members"], names("a", "b")) {
		t.Errorf("example members are %v", answer["example_members"])
	}
}

func TestMinimum_IsALeastSetWithoutACount(t *testing.T) {
	for _, path := range []string{"quorums", "blocking-sets", "splitting-sets", "history-critical"} {
		_, whole := post(t, newHandler(), "/analyze/"+path, []byte(withArchives))
		_, least := post(t, newHandler(), "/analyze/"+path, with(t, []byte(withArchives), map[string]any{"minimum": true}))
		total := least["total_sets"]
		if path == "quorums" {
			total = least["total_quorums"]
		}
		if _, unproven := least["complete"]; least["min_size"] != whole["min_size"] || total != -1.0 || unproven {
			t.Errorf("%s: got %v, whole %v", path, least, whole)
		}
	}
}

func TestEngine_BothMethodsGiveOneAnswerAndTheAnswerSaysWhich(t *testing.T) {
	for method, algorithm := range map[string]string{"auto": "branch-and-bound", "bnb": "branch-and-bound", "gophersat": "sat"} {
		_, answer := post(t, newHandler(), "/analyze/splitting-sets", with(t, []byte(threeOfFour), map[string]any{"engine": method, "minimum": true}))
		if got := answer["engine"].(map[string]any)["algorithm"]; got != algorithm || answer["min_size"] != 2.0 {
			t.Errorf("%s: got %v", method, answer)
		}
	}
}

func TestEngine_RefusesBranchAndBoundWhereItDoesNotApply(t *testing.T) {
	nested := strings.ReplaceAll(threeOfFour, `"innerQuorumSets": []`,
		`"innerQuorumSets": [{"threshold": 2, "validators": ["a"], "innerQuorumSets": [{"threshold": 1, "validators": ["b", "c"]}]}]`)
	for path, network := range map[string]string{"splitting-sets": nested, "network": threeOfFour} {
		status, p := post(t, newHandler(), "/analyze/"+path, with(t, []byte(network), map[string]any{"engine": "bnb"}))
		if status != http.StatusUnprocessableEntity || p["field"] != "engine" || !strings.Contains(p["detail"].(string), "auto") {
			t.Errorf("%s: got %d %v", path, status, p)
		}
	}
}
