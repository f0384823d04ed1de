package proxy

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"understudy/engine/api"
	"understudy/engine/fbas"
)

func TestStripRequest_KeepsWhatBearsOnAnAnswerAsItWasWritten(t *testing.T) {
	tests := []struct{ name, request, want string }{
		{"addresses go", `{"nodes":[{"ip":"1.2.3.4","publicKey":"a","port":11625,"host":"h"}]}`, `{"nodes":[{"publicKey":"a"}]}`},
		{
			"the place is folded to its country",
			`{"nodes":[{"publicKey":"a","geoData":{"countryName":"Peru","latitude":-12.05,"longitude":-77.04},"isp":"x"}]}`,
			`{"nodes":[{"publicKey":"a","geoData":{"countryName":"Peru"},"isp":"x"}]}`,
		},
		{"a place of a wrong type stays one", `{"nodes":[{"geoData":null},{"geoData":7}]}`, `{"nodes":[{"geoData":null},{"geoData":7}]}`},
		{"other fields keep their digits", `{"timeout_ms":4.50e1,"nodes":[]}`, `{"timeout_ms":4.50e1,"nodes":[]}`},
		{"fields that nobody reads go", `{"nodes":[],"x":{"ip":1},"Nodes":[{"ip":1}]}`, `{"nodes":[]}`},
		{
			"of organizations too", `{"nodes":[],"organizations":[{"id":"o","name":null,"email":"a@b.c","validators":["a"]},7]}`,
			`{"nodes":[],"organizations":[{"id":"o","name":null,"validators":["a"]},7]}`,
		},
		{
			"a quorum set is kept whole", `{"nodes":[{"quorumSet":{"threshold":1,"validators":["a"] , "ip":[{}]}}]}`,
			`{"nodes":[{"quorumSet":{"threshold":1,"validators":["a"] , "ip":[{}]}}]}`,
		},
		{"names that stand twice stay in order", `{"nodes":[1],"nodes":[{"isp":"a","ip":0,"isp":"b"}]}`, `{"nodes":[1],"nodes":[{"isp":"a","isp":"b"}]}`},
		{"escapes in names are read", `{"n\u006fdes":[{"\u0069p":1,"\u0069sp":"\"]}"}]}`, `{"n\u006fdes":[{"\u0069sp":"\"]}"}]}`},
		{"what the nodes are merged by", `{"merge_by":"field:port","nodes":[{"port":1,"ip":2}]}`, `{"merge_by":"field:port","nodes":[{"port":1}]}`},
		{"nodes of a wrong shape stay wrong, and addresses go", `{"nodes":{"ip":1}}`, `{"nodes":{}}`},
		{"so does a node", `{"nodes":[[{"ip":1}],"a"]}`, `{"nodes":[[],"a"]}`},
		{"and a place", `{"nodes":[{"geoData":[{"latitude":-12.05}]}]}`, `{"nodes":[{"geoData":[]}]}`},
		{"space goes, a byte order mark too", "\xef\xbb\xbf { \"nodes\" : [ {\"ip\":1} , 2 ] } ", `{"nodes":[{},2]}`},
		{"an array may hold anything", `[{"ip":1}]`, ""},
		{"not UTF-8, so not JSON", "{\"ip\":\"\xff\"}", ""},
		{"not JSON", `{"nodes":[`, ""},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		if got, ok := stripRequest([]byte(test.request)); string(got) != test.want || ok != (test.want != "") {
			t.Errorf("%s: %s became %s", test.name, test.request, got)
		}
	}
}

// detailed is a network with everything that an explorer says of its nodes.
func detailed() []byte {
	node := func(key, isp, country string, archive bool, threshold int) map[string]any {
		return map[string]any{
			"publicKey": key, "name": "node " + key, "ip": "10.0.0.1", "host": "h", "port": 11625, "active": true,
			"isp": isp, "geoData": map[string]any{"countryName": country, "latitude": 1.5},
			"isValidating": key != "d", "historyArchiveHasError": archive, "historyUrl": "https://" + key, "homeDomain": key + ".org",
			"organizationId": "o", "versionStr": "v1", "tag": isp,
			"quorumSet": map[string]any{"threshold": threshold, "validators": []string{"a", "b", "c", "d"}, "innerQuorumSets": []any{}, "hashKey": "x"},
		}
	}
	body, err := json.Marshal(map[string]any{
		"nodes":         []any{node("a", "one", "Peru", false, 3), node("b", "one", "Peru", true, 3), node("c", "two", "Chile", false, 3), node("d", "two", "", false, 3)},
		"organizations": []any{map[string]any{"id": "o", "name": "Org", "validators": []string{"a", "b"}}},
		"faulty_nodes":  []string{"d"}, "include_sets": true,
	})
	if err != nil {
		panic(err)
	}
	return body
}

var measured = regexp.MustCompile(`"(total_)?execution_time_ms":\d+`)

func TestStripRequest_TheEngineAnswersAStrippedRequestAlike(t *testing.T) {
	handler := api.Handler(api.DefaultConfig())
	ask := func(analysis string, body []byte) string {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/analyze/"+analysis, bytes.NewReader(body)))
		answer, _ := io.ReadAll(w.Body)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %s", analysis, w.Code, answer)
		}
		return measured.ReplaceAllString(string(answer), "")
	}
	for _, mergeBy := range []string{"none", "organization", "country", "isp", "field:tag", "field:homeDomain"} {
		body, ok := withMember(detailed(), "merge_by", []byte(`"`+mergeBy+`"`))
		if !ok {
			t.Fatal("the network is no object")
		}
		stripped, ok := stripRequest(body)
		if !ok || len(stripped) >= len(body) || strings.Contains(string(stripped), "10.0.0.1") {
			t.Fatalf("stripped to %s", stripped)
		}
		for _, analysis := range analyses {
			if analysis == otherAnalysis {
				continue
			}
			if whole, rest := ask(analysis, body), ask(analysis, stripped); whole != rest {
				t.Errorf("%s by %s: the whole request gives %s, the stripped one %s", analysis, mergeBy, whole, rest)
			}
		}
	}
}

func TestWithMember_AddsOneThatReadersTake(t *testing.T) {
	for request, want := range map[string]string{
		`{}`: `{"include_sets":true}`, "{\"a\":1.0 }\n": `{"a":1.0,"include_sets":true}`, "[]": "", "": "",
		`{"include_sets":false}`: `{"include_sets":false,"include_sets":true}`,
	} {
		got, ok := withMember([]byte(request), "include_sets", []byte("true"))
		if string(got) != want || ok != (want != "") {
			t.Errorf("%s became %s", request, got)
		}
	}
}

func FuzzStripRequest(f *testing.F) {
	f.Add(detailed())
	for _, seed := range []string{
		`{"nodes":[{"publicKey":"\"}]","ip":{"a":[1,"]"]}}],"merge_by":"field:ip"}`, ` { "nodes" : [ ] , "x" : -0.0e1 } `, `{"":{}}`, "[]", "{",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		kept, ok := stripRequest(body)
		if !ok {
			return
		}
		if !json.Valid(kept) {
			t.Fatalf("%q became %q", body, kept)
		}
		again, ok := stripRequest(kept)
		if !ok || !bytes.Equal(again, kept) {
			t.Fatalf("%q became %q, then %q", body, kept, again)
		}
		before, options, err := fbas.ReadRequest(body, fbas.DefaultLimits())
		after, optionsAfter, errAfter := fbas.ReadRequest(kept, fbas.DefaultLimits())
		if (err == nil) != (errAfter == nil) {
			t.Fatalf("%q: %v; %q: %v", body, err, kept, errAfter)
		}
		if err != nil {
			return
		}
		if len(before.Nodes) != len(after.Nodes) || !reflect.DeepEqual(before.Organizations, after.Organizations) {
			t.Fatalf("%q became %q", body, kept)
		}
		for name, value := range options {
			if slices.Contains(requestFields, name) && !bytes.Equal(value, optionsAfter[name]) {
				t.Fatalf("%s of %q became another one in %q", name, body, kept)
			}
		}
		for i := range before.Nodes {
			a, b := before.Nodes[i], after.Nodes[i]
			a.Attributes, b.Attributes = nil, nil
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("node %d of %q became another one in %q", i, body, kept)
			}
		}
	})
}
