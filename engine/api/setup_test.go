package api_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"understudy/engine/api"
)

// newHandler is the API with small limits where a test needs them.
func newHandler() http.Handler {
	return api.Handler(api.Config{Version: "1.2.3", Logger: slog.New(slog.DiscardHandler)})
}

// post asks the handler and decodes the answer.
func post(t *testing.T, h http.Handler, path string, body []byte) (status int, answer map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(body)))
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s: %d %q: %v", path, w.Code, w.Body, err)
	}
	want := "application/json; charset=utf-8"
	if w.Code != http.StatusOK {
		want = "application/problem+json"
		if answer["status"] != float64(w.Code) || answer["title"] != http.StatusText(w.Code) || answer["detail"] == "" {
			t.Fatalf("%s: %d is no problem: %v", path, w.Code, answer)
		}
	}
	if got := w.Header().Get("Content-Type"); got != want {
		t.Fatalf("%s: content type %q, want %q", path, got, want)
	}
	return w.Code, answer
}

// with adds top-level fields to a request.
func with(t *testing.T, request []byte, fields map[string]any) []byte {
	t.Helper()
	var r map[string]any
	if err := json.Unmarshal(request, &r); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		r[name] = value
	}
	return encode(t, r)
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// threeOfFour is the smallest network with something to say.
const threeOfFour = `{"nodes": [
	{"publicKey": "a", "quorumSet": {"threshold": 3, "validators": ["a", "b", "c", "d"], "innerQuorumSets": []}},
	{"publicKey": "b", "quorumSet": {"threshold": 3, "validators": ["a", "b", "c", "d"], "innerQuorumSets": []}},
	{"publicKey": "c", "quorumSet": {"threshold": 3, "validators": ["a", "b", "c", "d"], "innerQuorumSets": []}},
	{"publicKey": "d", "quorumSet": {"threshold": 3, "validators": ["a", "b", "c", "d"], "innerQuorumSets": []}}],
	"organizations": [{"id": "o1", "name": "One", "validators": ["a", "b"]}]}`
