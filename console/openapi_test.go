package console_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy/compare"
	"understudy/console"
	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/store"
)

// openAPI is what the tests read of the document.
type openAPI struct {
	OpenAPI    string
	Paths      map[string]map[string]json.RawMessage
	Components struct {
		Schemas map[string]struct {
			Properties map[string]json.RawMessage
			Required   []string
			Enum       []string
		}
	}
}

func readDocument(t *testing.T) openAPI {
	t.Helper()
	var d openAPI
	if err := json.Unmarshal(console.Document, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDocument_HasEveryRouteAndNoOther(t *testing.T) {
	document, routes := []string{}, []string{}
	for path, methods := range readDocument(t).Paths {
		for method := range methods {
			document = append(document, strings.ToUpper(method)+" "+path)
			if method == "get" { // it says so for all of them
				document = append(document, "HEAD "+path)
			}
		}
	}
	parameter := regexp.MustCompile(`:(\w+)`)
	for _, r := range console.Routes() {
		routes = append(routes, r.Method+" "+parameter.ReplaceAllString(r.Path, "{$1}"))
	}
	slices.Sort(document)
	slices.Sort(routes)
	if !slices.Equal(document, routes) {
		t.Errorf("document\n%s\nroutes\n%s", strings.Join(document, "\n"), strings.Join(routes, "\n"))
	}
}

// written are the types behind the schemas.
var written = map[string]reflect.Type{
	"Exchange": reflect.TypeFor[console.Exchange](), "Side": reflect.TypeFor[console.Side](), "Bodies": reflect.TypeFor[console.Bodies](),
	"Disagreement": reflect.TypeFor[console.Disagreement](), "Agreement": reflect.TypeFor[console.Agreement](),
	"AgreementRow": reflect.TypeFor[console.AgreementRow](), "Coverage": reflect.TypeFor[console.Coverage](), "ScanEvidence": reflect.TypeFor[console.ScanEvidence](),
	"MetricResult": reflect.TypeFor[compare.MetricResult](), "Ruling": reflect.TypeFor[compare.Ruling](), "Proof": reflect.TypeFor[compare.Proof](),
	"NamedSet": reflect.TypeFor[compare.NamedSet](), "Problem": reflect.TypeFor[console.Problem](),
	"Status": reflect.TypeFor[console.Status](), "Flags": reflect.TypeFor[console.Flags](), "Effective": reflect.TypeFor[console.Effective](),
	"Explanation": reflect.TypeFor[console.Explanation](), "DialPosition": reflect.TypeFor[console.DialPosition](),
	"ScanTreatment": reflect.TypeFor[console.ScanTreatment](), "TriggerValue": reflect.TypeFor[console.TriggerValue](), "NextStep": reflect.TypeFor[console.NextStep](),
	"History": reflect.TypeFor[console.History](), "Record": reflect.TypeFor[console.Record](), "Verification": reflect.TypeFor[console.Verification](),
	"Report": reflect.TypeFor[console.Report](), "ReportData": reflect.TypeFor[console.ReportData](), "EvidenceLine": reflect.TypeFor[console.EvidenceLine](),
	"ReportEvent": reflect.TypeFor[console.ReportEvent](), "ReportDisagreements": reflect.TypeFor[console.ReportDisagreements](),
	"ReportDisputeLine": reflect.TypeFor[console.ReportDisputeLine](), "ReportLatency": reflect.TypeFor[console.ReportLatency](), "SideLatency": reflect.TypeFor[console.SideLatency](),
	"State": reflect.TypeFor[rollout.State](), "Position": reflect.TypeFor[rollout.Position](), "Settings": reflect.TypeFor[rollout.Settings](),
	"Versions": reflect.TypeFor[rollout.Versions](), "Override": reflect.TypeFor[rollout.Override](), "Trip": reflect.TypeFor[rollout.Trip](),
	"Before": reflect.TypeFor[rollout.Before](), "Evidences": reflect.TypeFor[rollout.Evidences](), "Count": reflect.TypeFor[rollout.Count](),
	"Entry": reflect.TypeFor[rollout.Entry](), "Progress": reflect.TypeFor[rollout.Progress](), "Health": reflect.TypeFor[rollout.Health](),
	"Gate": reflect.TypeFor[rollout.Gate](), "Criterion": reflect.TypeFor[rollout.Criterion](), "Tally": reflect.TypeFor[rollout.Tally](),
	"Change": reflect.TypeFor[rollout.Change](), "Spoke": reflect.TypeFor[rollout.Spoke](), "Breaker": reflect.TypeFor[breaker.Snapshot](),
}

func TestDocument_HasEveryFieldAndNoOther(t *testing.T) {
	for name, schema := range readDocument(t).Components.Schemas {
		if schema.Enum != nil {
			continue
		}
		kind, ok := written[name]
		if !ok {
			t.Errorf("nothing is written as a %s", name)
			continue
		}
		always, all := fieldsOf(kind)
		described := []string{}
		for property := range schema.Properties {
			described = append(described, property)
		}
		slices.Sort(described)
		slices.Sort(schema.Required)
		if !slices.Equal(described, all) || !slices.Equal(schema.Required, always) {
			t.Errorf("%s has %q, always %q; the document %q, always %q", name, all, always, described, schema.Required)
		}
	}
	for name := range written {
		if _, ok := readDocument(t).Components.Schemas[name]; !ok {
			t.Errorf("the document has no %s", name)
		}
	}
}

// fieldsOf are the members of an object that a struct is written as, and those
// of them that are never left out.
func fieldsOf(kind reflect.Type) (always, all []string) {
	for i := range kind.NumField() {
		field := kind.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			more, moreAll := fieldsOf(field.Type)
			always, all = append(always, more...), append(all, moreAll...)
			continue
		}
		if name == "" {
			name = field.Name
		}
		all = append(all, name)
		if !strings.Contains(options, "omitempty") {
			always = append(always, name)
		}
	}
	slices.Sort(always)
	slices.Sort(all)
	return always, all
}

func TestDocument_ListsTheWordsOfTheMachine(t *testing.T) {
	schemas := readDocument(t).Components.Schemas
	stages := []string{}
	for _, s := range rollout.Stages() {
		stages = append(stages, s.String())
	}
	conditions := []string{""} // before the first record
	for _, c := range rollout.Conditions() {
		conditions = append(conditions, string(c))
	}
	for name, want := range map[string][]string{"Stage": stages, "Condition": conditions} {
		if got := schemas[name].Enum; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// judge holds answers to the document.
type judge struct {
	t        *testing.T
	compiler *jsonschema.Compiler
	paths    map[string]map[string]json.RawMessage
	seen     map[string]bool // operations that were answered with 200
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(console.Document))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("https://understudy/openapi.json", document); err != nil {
		t.Fatal(err)
	}
	return &judge{t, compiler, readDocument(t).Paths, make(map[string]bool)}
}

// operation finds the entry of a request.
func (j *judge) operation(method, path string) (key string) {
	for template := range j.paths {
		pattern := "^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(template), `[^/]+`) + "$"
		if matched, _ := regexp.MatchString(pattern, path); matched {
			if _, ok := j.paths[template][strings.ToLower(method)]; ok {
				return template
			}
		}
	}
	j.t.Fatalf("the document has no %s %s", method, path)
	return ""
}

func (j *judge) check(method, path string, w *httptest.ResponseRecorder) {
	j.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	key := j.operation(method, path)
	escaped := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	var responses struct{ Responses map[string]json.RawMessage }
	if err := json.Unmarshal(j.paths[key][strings.ToLower(method)], &responses); err != nil {
		j.t.Fatal(err)
	}
	if _, ok := responses.Responses[strconv.Itoa(w.Code)]; !ok {
		j.t.Fatalf("the document knows no %d of %s %s: %s", w.Code, method, path, w.Body)
	}
	media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	at := "/paths/" + escaped.Replace(key) + "/" + strings.ToLower(method) + "/responses/" + strconv.Itoa(w.Code) + "/content/" + escaped.Replace(media) + "/schema"
	if w.Code >= http.StatusBadRequest {
		at = "/components/responses/" + strconv.Itoa(w.Code) + "/content/" + escaped.Replace(media) + "/schema"
	} else {
		j.seen[method+" "+key] = true
	}
	schema, err := j.compiler.Compile("https://understudy/openapi.json#" + at)
	if err != nil {
		j.t.Fatalf("%s %s: %v", method, path, err)
	}
	if media == "text/markdown" {
		return
	}
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		j.t.Fatal(err)
	}
	if err := schema.Validate(answer); err != nil {
		j.t.Errorf("%s %s: %d %.200s\n%v", method, path, w.Code, w.Body, err)
	}
}

func TestDocument_RealAnswersFitIt(t *testing.T) {
	p, j := newPilot(t), newJudge(t)
	ask := func(secret, method, path, body string) *httptest.ResponseRecorder {
		w := p.as(secret, method, path, body)
		j.check(method, console.Prefix+path, w)
		return w
	}
	p.driver.happens(t, rollout.Spoke{Trigger: rollout.TriggerErrorRun, Reason: "3 in a row", Exchanges: []string{"e1"}, Tallies: []rollout.Tally{{Trigger: "x"}}})
	defects, err := p.store.Disagreements(t.Context(), store.DisagreementFilter{Verdict: "primary_wrong"})
	if err != nil {
		t.Fatal(err)
	}
	reads := []string{
		"exchanges", "exchanges?limit=no", "exchanges/e2?bodies=true", "exchanges/nobody", "disagreements", "disagreements?state=ajar", "defects", "defects?metric=x",
		"defects/" + defects[0].ID, "defects/nobody", "agreement", "agreement?by=x", "rollout", "rollout?x=1", "rollout/explain?scan=a", "rollout/explain?x=1",
		"rollout/history", "rollout/history?limit=0", "rollout/history/verify", "rollout/history/verify?x=1", "rollout/report", "rollout/report?x=1", "openapi.json", "openapi.json?x=1",
	}
	everything := func() {
		for _, path := range reads {
			ask(viewerSecret, http.MethodGet, path, "")
			ask("", http.MethodGet, path, "")
		}
	}
	everything()
	ask(operatorSecret, http.MethodPost, "rollout/reset", `{"reason": "looked at it"}`)
	ask(operatorSecret, http.MethodPost, "rollout/override", `{"reason": "try", "percent": 5, "for": "1h"}`)
	everything()
	ask(operatorSecret, http.MethodDelete, "rollout/override?reason=enough", "")
	digest := reportDigest(t, ask(operatorSecret, http.MethodPost, "rollout/report", `{}`))
	p.ripen(t)
	ask(operatorSecret, http.MethodPost, "rollout/promote", `{"reason": "read it", "report": "`+digest+`"}`)
	release := p.driver.Status().State.Position.Versions
	release.Candidate = "v2"
	p.driver.happens(t, rollout.Released{Versions: release})
	everything()
	ask(operatorSecret, http.MethodPost, "rollout/carry-over", `{"reason": "the same answers", "compared": 12, "differ": 0}`)
	for _, action := range []string{"hold", "resume", "abort"} {
		ask(operatorSecret, http.MethodPost, "rollout/"+action, `{"reason": "a reason"}`)
	}
	everything()
	for _, action := range []string{"promote", "hold", "resume", "abort", "reset", "override", "carry-over", "report"} {
		for _, who := range []string{"", viewerSecret, operatorSecret} {
			for _, body := range []string{"", "[", `{"x": 1}`, `{"reason": "x", "percent": 1, "for": "1h"}`, `{"reason": "` + strings.Repeat("x", 20_000) + `"}`} {
				ask(who, http.MethodPost, "rollout/"+action, body)
			}
		}
	}
	for key, methods := range j.paths {
		for method := range methods {
			if name := strings.ToUpper(method) + " " + key; !j.seen[name] {
				t.Errorf("%s was never answered with 200", name)
			}
		}
	}
	acceptJSON := httptest.NewRequestWithContext(t.Context(), http.MethodGet, console.Prefix+"rollout/report", nil)
	acceptJSON.Header.Set("Authorization", "Bearer "+viewerSecret)
	acceptJSON.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	p.api.ServeHTTP(w, acceptJSON)
	j.check(http.MethodGet, console.Prefix+"rollout/report", w)
}

func TestDocument_AnswersWithoutAControllerFitIt(t *testing.T) {
	p, j := newPilot(t, func(c *console.Config) { c.Rollout = nil }), newJudge(t)
	for _, path := range []string{"rollout", "rollout/explain", "rollout/history", "rollout/history/verify", "rollout/report"} {
		j.check(http.MethodGet, console.Prefix+path, p.as(viewerSecret, http.MethodGet, path, ""))
	}
	j.check(http.MethodPost, console.Prefix+"rollout/abort", p.as(operatorSecret, http.MethodPost, "rollout/abort", `{"reason": "x"}`))
}

// ripen lets the gate to canary_1 ask for nothing but a person's approval.
func (p *pilot) ripen(t *testing.T) {
	t.Helper()
	p.driver.policy.Approvals, p.driver.policy.SoakShadow = []rollout.Stage{rollout.Canary1}, time.Minute
	p.driver.now = p.driver.now.Add(time.Minute)
	p.driver.happens(t, rollout.Tick{
		Elapsed: time.Minute, Monotonic: time.Minute, Health: rollout.Health{Flags: true, Store: true, Candidate: true},
		Measured: rollout.Measured{Until: p.driver.now, Mirror: rollout.Count{Scans: 80}, Entry: rollout.Entry{Eligible: 34, Compared: 34}},
	})
}
