package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/console"
)

// ctl runs a command in this process.
func ctl(t *testing.T, url string, args ...string) (out, problems string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), append([]string{"ctl", args[0], "--ops", url}, args[1:]...), streams{in: strings.NewReader(""), out: &stdout, err: &stderr})
	return stdout.String(), stderr.String(), code
}

// changed is an operations plane whose answers to one path are changed on their way.
func changed(t *testing.T, o *opsFixture, path string, change func(string) string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorded := httptest.NewRecorder()
		o.api.ServeHTTP(recorded, r)
		body := recorded.Body.String()
		if r.URL.Path == console.Prefix+path {
			body = change(body)
		}
		w.Header().Set("Content-Type", recorded.Header().Get("Content-Type"))
		w.WriteHeader(recorded.Code)
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestCtlHistory_ComputesTheChainItself(t *testing.T) {
	t.Setenv("UNDERSTUDY_TOKEN", ctlOperator)
	o := newOps(t)
	for _, args := range [][]string{{"hold", "--reason", "a release is due"}, {"resume", "--reason", "it is out"}} {
		if _, problems, code := ctl(t, o.url, args...); code != 0 {
			t.Fatalf("%v: %d %s", args, code, problems)
		}
	}
	for _, tc := range []struct {
		name, path string
		change     func(string) string
		want       string // "": all is well
	}{
		{"nothing", "rollout/history", func(s string) string { return s }, ""},
		{"another person", "rollout/history", func(s string) string { return strings.ReplaceAll(s, `person:ana`, `person:bob`) }, "record 2"},
		{"another reason", "rollout/history", func(s string) string { return strings.ReplaceAll(s, `a release is due`, `I felt like it`) }, "record 2"},
		{"no records", "rollout/history", func(string) string { return `{"records": [], "seq": 0, "head": ""}` }, "record 1"},
		{"another head", "rollout/history/verify", func(s string) string {
			return strings.Replace(s, `"head":"`, `"head":"0`, 1)
		}, "record 3"},
		{"a server that has found something", "rollout/history/verify", func(s string) string {
			return strings.Replace(s, `"ok":true`, `"ok":false,"problem":"audit record 2: its contents were changed"`, 1)
		}, "record 2"},
	} {
		out, problems, code := ctl(t, changed(t, o, tc.path, tc.change), "history", "--verify")
		if (code == 0) != (tc.want == "") || !strings.Contains(problems, tc.want) {
			t.Errorf("%s: %d\n%s%s", tc.name, code, out, problems)
		}
	}
}

func TestCtlReport_IsNotBelievedWithAnotherDigest(t *testing.T) {
	t.Setenv("UNDERSTUDY_TOKEN", ctlOperator)
	o := newOps(t)
	url := changed(t, o, "rollout/report", func(s string) string { return strings.Replace(s, "Rollout report", "Rollout Report", 1) })
	if _, problems, code := ctl(t, url, "report", "--draft"); code != exitFailed || !strings.Contains(problems, "has the digest") {
		t.Errorf("%d %s", code, problems)
	}
}

func TestCtl_PrintsWhatTheAPIAnswersAsJSON(t *testing.T) {
	t.Setenv("UNDERSTUDY_TOKEN", ctlOperator)
	o := newOps(t)
	for _, args := range [][]string{{"status"}, {"explain", "scan-1"}, {"history"}, {"report"}, {"hold", "--reason", "x"}} {
		out, problems, code := ctl(t, o.url, append(args, "--json")...)
		if code != 0 || !json.Valid([]byte(out)) {
			t.Errorf("%v: %d %s%s", args, code, out, problems)
		}
	}
}

func TestCtl_ATokenGoesNowhereElse(t *testing.T) {
	t.Setenv("UNDERSTUDY_TOKEN", ctlOperator)
	asked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	if _, problems, code := ctl(t, server.URL, "status"); code != exitFailed || asked || strings.Contains(problems, ctlOperator) {
		t.Errorf("%d, asked elsewhere: %v, %s", code, asked, problems)
	}
}

func TestReadCheck_CountsWhatSpeaksForTheSameAnswers(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       releaseCheck
		problem    string
	}{
		{"agreement and a proven defect", `{"candidate": "exec:", "verdicts": {"agree": 10, "primary_wrong": 2}, "results": [{"problem": "x"}]}`, releaseCheck{12, 0, 1}, ""},
		{"doubts", `{"candidate": "exec:", "verdicts": {"agree": 1, "undecided": 1, "candidate_wrong": 1, "input_skew": 1, "candidate_failed": 1, "both_failed": 1}}`, releaseCheck{6, 5, 0}, ""},
		{"nothing to compare", `{"candidate": "exec:", "verdicts": {"inconclusive": 3, "primary_failed": 1}}`, releaseCheck{0, 0, 4}, ""},
		{"stored answers", `{"candidate": "stored answers", "verdicts": {}}`, releaseCheck{}, "asked nobody"},
		{"noise", `{"candidate": "http://a", "noise": {}, "verdicts": {}}`, releaseCheck{}, "against itself"},
		{"something else", `{"exchanges": []}`, releaseCheck{}, "no JSON of understudy compare"},
		{"no JSON", `agree`, releaseCheck{}, "no JSON of understudy compare"},
	} {
		file := filepath.Join(t.TempDir(), "check.json")
		if err := os.WriteFile(file, []byte(tc.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readCheck(file, nil)
		if tc.problem == "" && (err != nil || got != tc.want) || tc.problem != "" && (err == nil || !strings.Contains(err.Error(), tc.problem)) {
			t.Errorf("%s: %+v, %v", tc.name, got, err)
		}
	}
}
