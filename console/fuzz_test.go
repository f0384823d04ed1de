package console_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"understudy/console"
)

// Whatever is sent to an action, it is done, refused, or bad input: never an
// error of ours.
func FuzzActions(f *testing.F) {
	f.Add("override", `{"reason": "x", "percent": 5, "for": "1h"}`)
	f.Add("carry-over", `{"reason": "x", "compared": 1, "differ": 0}`)
	f.Add("promote", `{"reason": "\u0000", "report": null}`)
	f.Add("report", `{}`)
	f.Add("abort", `{"reason": 1e999}`)
	f.Fuzz(func(t *testing.T, name, body string) {
		if !slices.Contains([]string{"promote", "hold", "resume", "abort", "reset", "override", "carry-over", "report"}, name) {
			return
		}
		p := newPilot(t)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, console.Prefix+"rollout/"+name, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+operatorSecret)
		w := httptest.NewRecorder()
		p.api.ServeHTTP(w, r)
		if !slices.Contains([]int{200, 400, 409, 413, 422}, w.Code) {
			t.Errorf("%s %q: %d %s", name, body, w.Code, w.Body)
		}
	})
}
