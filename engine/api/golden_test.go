package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// goldenCall is one call of the real Rust scanner and what it answered.
type goldenCall struct {
	Analysis           string     `json:"analysis"`
	MergeBy            *string    `json:"mergeBy"`
	Faulty             []string   `json:"faulty"`
	Status             string     `json:"status"`
	Min                *float64   `json:"min"`
	Size               *float64   `json:"size"`
	QuorumIntersection *bool      `json:"quorum_intersection"`
	Family             [][]string `json:"family"`
	TopTier            []string   `json:"top_tier"`
	SymmetricTopTier   any        `json:"symmetric_top_tier"`
}

var goldenPaths = map[string]string{
	"top_tier": "top-tier", "symmetric_top_tier": "symmetric-top-tier", "minimal_quorums": "quorums",
	"minimal_blocking_sets": "blocking-sets", "minimal_splitting_sets": "splitting-sets",
}

// malformed are the networks of which the API refuses what the real scanner
// can't read, and for which merge levels; the others of its errors are read
// as the API says.
var malformed = map[string]string{
	"edge_geo_bad_type":           "any",
	"edge_isp_bad_type":           "any",
	"edge_missing_validators_key": "any",
	"edge_thr_string":             "any",
	"edge_org_no_validators":      "organization",
}

// eachGolden calls with every recorded call, as the request it would be.
func eachGolden(t *testing.T, do func(t *testing.T, network string, call goldenCall, path string, request []byte)) {
	t.Helper()
	files, err := filepath.Glob("testdata/expected/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded answers: %v", err)
	}
	for _, file := range files {
		var recorded struct{ Calls []goldenCall }
		if err := json.Unmarshal(read(t, file), &recorded); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		network := read(t, filepath.Join("testdata/networks", filepath.Base(file)))
		for _, call := range recorded.Calls {
			fields := map[string]any{"include_sets": true}
			if call.MergeBy != nil {
				fields["merge_by"] = strings.ToLower(*call.MergeBy)
			}
			if len(call.Faulty) > 0 {
				fields["faulty_nodes"] = call.Faulty
			}
			t.Run(fmt.Sprintf("%s/%s/%v/%v", name, call.Analysis, fields["merge_by"], call.Faulty), func(t *testing.T) {
				do(t, name, call, "/analyze/"+goldenPaths[call.Analysis], with(t, network, fields))
			})
		}
	}
}

func TestAnalyze_AgreesWithTheRealScanner(t *testing.T) {
	h := newHandler()
	eachGolden(t, func(t *testing.T, _ string, call goldenCall, path string, request []byte) {
		if call.Status != "ok" {
			t.Skip("the real scanner failed")
		}
		status, answer := post(t, h, path, request)
		if status != http.StatusOK {
			t.Fatalf("got %d %v", status, answer)
		}
		same := func(field string, want any) {
			t.Helper()
			if got := answer[field]; !reflect.DeepEqual(got, want) {
				t.Errorf("%s is %v, want %v", field, got, want)
			}
		}
		switch call.Analysis {
		case "top_tier":
			same("top_tier_size", *call.Size)
			family(t, [][]string{call.TopTier}, []any{answer["top_tier"]})
		case "symmetric_top_tier":
			same("symmetric_top_tier", call.SymmetricTopTier)
		case "minimal_quorums":
			same("quorum_intersection", *call.QuorumIntersection)
			same("total_quorums", *call.Size)
		default:
			same("total_sets", *call.Size)
		}
		if call.Family != nil {
			same("min_size", *call.Min)
			family(t, call.Family, answer["sets"].([]any))
		}
	})
}

// family compares families as such: the order of sets and members says
// nothing, how often a name occurs does.
func family(t *testing.T, want [][]string, got []any) {
	t.Helper()
	canonical := func(data []byte) []string {
		var sets [][]string
		if err := json.Unmarshal(data, &sets); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, s := range sets {
			slices.Sort(s)
			texts = append(texts, fmt.Sprintf("%q", s))
		}
		slices.Sort(texts)
		return texts
	}
	if w, g := canonical(encode(t, want)), canonical(encode(t, got)); !slices.Equal(w, g) {
		t.Errorf("family is %v, want %v", g, w)
	}
}

func TestAnalyze_ReadsOrRefusesWhatTheRealScannerFailsOn(t *testing.T) {
	h := newHandler()
	calls := 0
	eachGolden(t, func(t *testing.T, network string, call goldenCall, path string, request []byte) {
		if call.Status != "error" {
			return
		}
		calls++
		status, answer := post(t, h, path, request)
		if malformed[network] != "" {
			if status != http.StatusUnprocessableEntity {
				t.Errorf("got %d %v, want 422", status, answer)
			}
			return
		}
		cleanStatus, clean := post(t, h, path, withoutNulls(t, request))
		delete(answer, "execution_time_ms")
		delete(clean, "execution_time_ms")
		if status != http.StatusOK || cleanStatus != http.StatusOK || !reflect.DeepEqual(answer, clean) {
			t.Errorf("got %d %v, with nulls replaced %d %v", status, answer, cleanStatus, clean)
		}
	})
	if calls == 0 {
		t.Error("no recorded errors")
	}
}

// withoutNulls writes a request as one that sends no nulls where the API
// gives them a meaning: absent quorum sets, empty inner sets, an
// organization's name that is its id.
func withoutNulls(t *testing.T, request []byte) []byte {
	t.Helper()
	var r struct {
		Nodes         []map[string]any `json:"nodes"`
		Organizations []map[string]any `json:"organizations"`
	}
	var fields map[string]any
	if json.Unmarshal(request, &r) != nil || json.Unmarshal(request, &fields) != nil {
		t.Fatalf("decode %s", request)
	}
	for _, node := range r.Nodes {
		if node["quorumSet"] == nil {
			delete(node, "quorumSet")
			continue
		}
		if set := node["quorumSet"].(map[string]any); set["innerQuorumSets"] == nil {
			set["innerQuorumSets"] = []any{}
		}
	}
	for _, org := range r.Organizations {
		if org["name"] == nil {
			org["name"] = org["id"]
		}
	}
	fields["nodes"], fields["organizations"] = r.Nodes, r.Organizations
	return encode(t, fields)
}

func TestAnalyze_NullQuorumSetIsANodeThatIsNeverSatisfied(t *testing.T) {
	network := read(t, "testdata/networks/edge_null_qset_member.json")
	_, answer := post(t, newHandler(), "/analyze/quorums", with(t, network, map[string]any{"include_sets": true}))
	family(t, [][]string{{"a", "b", "c"}}, answer["sets"].([]any))
}

func TestAnalyze_OrganizationWithoutANameIsShownByItsID(t *testing.T) {
	for _, name := range []string{"edge_org_null_name", "edge_org_no_name"} {
		network := read(t, "testdata/networks/"+name+".json")
		_, answer := post(t, newHandler(), "/analyze/top-tier", with(t, network, map[string]any{"merge_by": "organization"}))
		family(t, [][]string{{"o1", "c"}}, []any{answer["top_tier"]})
	}
}
