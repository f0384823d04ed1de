package console_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"understudy/console"
)

func TestKeys_AreReplacedForAllRequestsThatComeAfter(t *testing.T) {
	const other = "the-secret-of-eve-1234"
	keys := console.NewKeys([]console.Token{{Name: "ana", Role: console.RoleOperator, Secret: operatorSecret}}, slog.New(slog.DiscardHandler), time.Now)
	p := newPilot(t, func(c *console.Config) { c.Keys = keys })
	if w := p.as(operatorSecret, http.MethodPost, "rollout/hold", `{"reason": "x"}`); w.Code != http.StatusOK {
		t.Fatalf("before: %d %s", w.Code, w.Body)
	}
	keys.Replace([]console.Token{{Name: "eve", Role: console.RoleViewer, Secret: other}})
	if got := p.as(operatorSecret, http.MethodPost, "rollout/resume", `{"reason": "x"}`).Code; got != 401 {
		t.Errorf("a token that was taken away: %d", got)
	}
	if got := p.as(other, http.MethodGet, "rollout", "").Code; got != 200 {
		t.Errorf("the new one: %d", got)
	}
}

func TestKeys_AdmitLogsAWrongTokenWithoutIt(t *testing.T) {
	var log strings.Builder
	keys := console.NewKeys([]console.Token{{Name: "vic", Role: console.RoleViewer, Secret: viewerSecret}}, slog.New(slog.NewTextHandler(&log, nil)), time.Now)
	for secret, want := range map[string]bool{viewerSecret: true, "a-wrong-one-indeed": false, "": false} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil)
		r.Header.Set("Authorization", "Bearer "+secret)
		if got := keys.Admit(r); got != want {
			t.Errorf("%q: %t", secret, got)
		}
	}
	if strings.Count(log.String(), "wrong token") != 1 || strings.Contains(log.String(), "a-wrong-one") {
		t.Errorf("log: %s", &log)
	}
}
