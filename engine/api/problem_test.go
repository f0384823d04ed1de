package api_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/engine/api"
	"understudy/engine/fbas"
)

func TestAnalyze_RefusesBadRequestsNamingFieldAndWhatIsAllowed(t *testing.T) {
	const nodes = `"nodes":[]`
	node := func(quorumSet string) string {
		return `{"nodes":[{"publicKey":"a","quorumSet":` + quorumSet + `}]}`
	}
	for _, c := range []struct {
		name, body string
		status     int
		detail     string
	}{
		{"empty", "", 400, "not JSON"},
		{"not JSON", "{", 400, "not JSON"},
		{"two values", "{} {}", 400, "not JSON"},
		{"not UTF-8", "{\"nodes\":\"\xff\"}", 400, "not UTF-8"},
		{"no object", `[]`, 422, "request"},
		{"no nodes", `{}`, 422, "nodes"},
		{"nodes of the wrong type", `{"nodes":{}}`, 422, "nodes"},
		{"node without key", `{"nodes":[{}]}`, 422, "nodes[0].publicKey"},
		{"negative threshold", node(`{"threshold":-1,"validators":[]}`), 422, "nodes[0].quorumSet.threshold"},
		{"fractional threshold", node(`{"threshold":2.5,"validators":[]}`), 422, "nodes[0].quorumSet.threshold"},
		{"threshold as text", node(`{"threshold":"2","validators":[]}`), 422, "nodes[0].quorumSet.threshold"},
		{"validators missing", node(`{"threshold":2}`), 422, "nodes[0].quorumSet.validators"},
		{"too deep", node(strings.Repeat(`{"threshold":1,"validators":[],"innerQuorumSets":[`, 40) + strings.Repeat("]}", 40)), 422, "innerQuorumSets"},
		{"merge level unknown", `{"merge_by":"planet",` + nodes + `}`, 422, "merge_by: must be one of none, organization, country, isp, field:NAME"},
		{"merge level as number", `{"merge_by":1,` + nodes + `}`, 422, "merge_by: must be one of none"},
		{"merge level of a field without a name", `{"merge_by":"field:",` + nodes + `}`, 422, "merge_by: must be one of none, organization, country, isp, field:NAME"},
		{"semantics unknown", `{"semantics":"julia",` + nodes + `}`, 422, "semantics: must be one of rust, raw, python"},
		{"engine unknown", `{"engine":"cplex",` + nodes + `}`, 422, "engine: must be one of auto, bnb, gophersat"},
		{"engine as an object", `{"engine":{},` + nodes + `}`, 422, "engine: must be one of auto"},
		{"minimum as text", `{"minimum":"yes",` + nodes + `}`, 422, "minimum: must be true or false"},
		{"the minimum alone, and its family", `{"minimum":true,"include_sets":true,` + nodes + `}`, 422, "minimum: must be false where include_sets is true"},
		{"faulty as text", `{"faulty_nodes":"a",` + nodes + `}`, 422, "faulty_nodes: must be an array of public keys"},
		{"faulty of numbers", `{"faulty_nodes":[1],` + nodes + `}`, 422, "faulty_nodes"},
		{"include_sets as text", `{"include_sets":"yes",` + nodes + `}`, 422, "include_sets: must be true or false"},
		{"max_sets 0", `{"max_sets":0,` + nodes + `}`, 422, "max_sets: must be a whole number from 1 to 100000"},
		{"max_sets too many", `{"max_sets":100001,` + nodes + `}`, 422, "max_sets"},
		{"timeout too long", `{"timeout_ms":45001,` + nodes + `}`, 422, "timeout_ms: must be a whole number from 1 to 45000"},
		{"timeout fractional", `{"timeout_ms":1.5,` + nodes + `}`, 422, "timeout_ms"},
		{"timeout negative", `{"timeout_ms":-1,` + nodes + `}`, 422, "timeout_ms"},
		{"clean as number", `{"clean":1,` + nodes + `}`, 422, "clean: must be true or false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, p := post(t, newHandler(), "/analyze/top-tier", []byte(c.body))
			if status != c.status || !strings.Contains(p["detail"].(string), c.detail) {
				t.Errorf("got %d %v, want %d with %q", status, p, c.status, c.detail)
			}
			if status == 422 && !strings.HasPrefix(p["detail"].(string), p["field"].(string)+": ") {
				t.Errorf("field %v is not that of %v", p["field"], p["detail"])
			}
		})
	}
}

func TestAnalyze_AcceptsNullForOptionalFieldsAndIgnoresUnknownOnes(t *testing.T) {
	status, answer := post(t, newHandler(), "/analyze/full", []byte(`{"nodes":[],"organizations":[],"merge_by":null,
		"faulty_nodes":null,"include_sets":null,"max_sets":null,"semantics":null,"clean":null,"minimum":null,"engine":null,"timeout_ms":null,"unknown":{"a":1}}`))
	if status != http.StatusOK {
		t.Errorf("got %d %v", status, answer)
	}
}

func TestAnalyze_DuplicateKeysMatterWhenTheySurviveTheReduction(t *testing.T) {
	twice := strings.Replace(threeOfFour, `{"publicKey": "b"`, `{"publicKey": "a"`, 1)
	if status, p := post(t, newHandler(), "/analyze/top-tier", []byte(twice)); status != 422 {
		t.Errorf("got %d %v", status, p)
	}
	const loner = `{"publicKey":"z","quorumSet":{"threshold":1,"validators":["z"]}},`
	harmless := strings.Replace(threeOfFour, `[`, `[`+loner+loner, 1)
	if status, p := post(t, newHandler(), "/analyze/top-tier", []byte(harmless)); status != 200 || p["top_tier_size"] != 4.0 {
		t.Errorf("got %d %v", status, p)
	}
}

func TestAnalyze_RefusesWhatIsTooLarge(t *testing.T) {
	h := api.Handler(api.Config{Limits: fbas.Limits{Bytes: 500, Nodes: 2}})
	status, p := post(t, h, "/analyze/top-tier", []byte(threeOfFour))
	if status != http.StatusRequestEntityTooLarge || !strings.Contains(p["detail"].(string), "500 bytes") {
		t.Errorf("got %d %v", status, p)
	}
	if status, p := post(t, h, "/analyze/top-tier", []byte(`{"nodes":[{"publicKey":"a"},{"publicKey":"b"},{"publicKey":"c"}]}`)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d %v", status, p)
	}
}

func TestAnalyze_PastItsDeadlineWithNothingFoundIs504(t *testing.T) {
	for _, path := range []string{"splitting-sets", "quorums", "top-tier", "network"} {
		ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
		w := httptest.NewRecorder()
		newHandler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/analyze/"+path, strings.NewReader(threeOfFour)))
		cancel()
		if w.Code != http.StatusGatewayTimeout {
			t.Errorf("%s: got %d %s, want 504", path, w.Code, w.Body)
		}
	}
}

func TestAnalyze_PastItsDeadlineTheTrivialBestIsAnAnswer(t *testing.T) {
	for path, part := range map[string]string{"blocking-sets": "", "full": "blocking_sets"} {
		ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
		w := httptest.NewRecorder()
		newHandler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/analyze/"+path, strings.NewReader(threeOfFour)))
		cancel()
		var answer map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || answer["complete"] != false || answer["stopped_by"] != "time" {
			t.Fatalf("%s: got %d %s", path, w.Code, w.Body)
		}
		if part != "" {
			quorums, splitting := answer["quorums"].(map[string]any), answer["splitting_sets"].(map[string]any)
			if quorums["quorum_intersection"] != nil || splitting["has_split"] != nil {
				t.Errorf("what is not decided is claimed: %v and %v", quorums, splitting)
			}
			answer = answer[part].(map[string]any)
		}
		if answer["min_size"] != 4.0 || answer["lower_bound"] != 1.0 || answer["total_sets"] != -1.0 {
			t.Errorf("%s: all nodes block, and at least one is needed: got %v", path, answer)
		}
	}
}

func TestAnalyze_ThatEndsEarlySaysWhatItFoundAndThatItIsNotComplete(t *testing.T) {
	// Each of 60 nodes listens to the 31 from itself on: blocking sets beyond number.
	const n = 60
	var nodes []map[string]any
	for i := range n {
		var list []string
		for k := range n/2 + 1 {
			list = append(list, strconv.Itoa((i+k)%n))
		}
		nodes = append(nodes, map[string]any{"publicKey": strconv.Itoa(i), "quorumSet": map[string]any{"threshold": n / 4, "validators": list}})
	}
	status, answer := post(t, newHandler(), "/analyze/blocking-sets", encode(t, map[string]any{"nodes": nodes, "timeout_ms": 300}))
	if status != http.StatusOK || answer["complete"] != false || answer["total_sets"] != -1.0 || len(answer["example_set"].([]any)) == 0 {
		t.Fatalf("got %d %v", status, answer)
	}
	if bound, size := answer["lower_bound"].(float64), answer["min_size"].(float64); bound > size {
		t.Errorf("the bound %v is above the size %v", bound, size)
	}
}

func TestHandler_OtherPathsAndMethods(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
		inBody       string
	}{
		{http.MethodGet, "/health", 200, `{"status":"healthy","version":"1.2.3"}`},
		{http.MethodPost, "/analyze/history-critical", 422, "nodes: is missing"},
		{http.MethodPost, "/analyze/data-quality", 422, "nodes: is missing"},
		{http.MethodPost, "/analyze/nothing", 404, "there is no /analyze/nothing"},
		{http.MethodPost, "/analyze/top-tier/", 404, "there is no"},
		{http.MethodGet, "/analyze/top-tier", 405, "does not take GET"},
	} {
		w := httptest.NewRecorder()
		newHandler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader("{}")))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.inBody) {
			t.Errorf("%s %s: got %d %s, want %d with %s", c.method, c.path, w.Code, w.Body, c.status, c.inBody)
		}
		if w.Code == 405 && w.Header().Get("Allow") != "POST" {
			t.Errorf("Allow is %q", w.Header().Get("Allow"))
		}
	}
}

func TestAnalyze_AnyContentTypeButNoContentEncoding(t *testing.T) {
	for coding, want := range map[string]int{"": 200, "identity": 200, "gzip": 415} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/analyze/top-tier", strings.NewReader(threeOfFour))
		r.Header.Set("Content-Type", "text/plain")
		r.Header.Set("Content-Encoding", coding)
		w := httptest.NewRecorder()
		newHandler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: got %d, want %d", coding, w.Code, want)
		}
	}
}

func TestConfig_ValidateNamesTheField(t *testing.T) {
	if err := (api.Config{Deadline: -1}).Validate(); err == nil || !strings.Contains(err.Error(), "Deadline") {
		t.Errorf("got %v", err)
	}
	if err := (api.Config{Logger: slog.Default()}).Validate(); err != nil {
		t.Error(err)
	}
}
