package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"understudy/console"
)

func TestAccess_ViewersReadAndOperatorsAct(t *testing.T) {
	p := newPilot(t)
	for _, tc := range []struct {
		who, method, path string
		status            int
	}{
		{"", http.MethodGet, "rollout", 401},
		{"", http.MethodGet, "exchanges", 401},
		{"", http.MethodGet, "openapi.json", 401},
		{"", http.MethodPost, "rollout/hold", 401},
		{"wrong", http.MethodGet, "rollout", 401},
		{viewerSecret, http.MethodGet, "rollout", 200},
		{viewerSecret, http.MethodHead, "rollout", 200},
		{viewerSecret, http.MethodGet, "exchanges", 200},
		{viewerSecret, http.MethodPost, "rollout/hold", 403},
		{viewerSecret, http.MethodPost, "rollout/report", 403},
		{viewerSecret, http.MethodDelete, "rollout/override", 403},
		{operatorSecret, http.MethodGet, "rollout", 200},
		{operatorSecret, http.MethodPost, "rollout/hold", 200},
	} {
		w := p.as(tc.who, tc.method, tc.path, `{"reason": "x"}`)
		if w.Code != tc.status {
			t.Errorf("%s %s as %q: %d, want %d", tc.method, tc.path, tc.who, w.Code, tc.status)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); (challenge != "") != (w.Code == 401) {
			t.Errorf("%s %s as %q: WWW-Authenticate %q", tc.method, tc.path, tc.who, challenge)
		}
	}
}

func TestAccess_WithoutTokensReadingIsOpenAndActingSaysHowToConfigureOne(t *testing.T) {
	p := newPilot(t, func(c *console.Config) { c.Tokens = nil })
	if w := p.as("", http.MethodGet, "rollout", ""); w.Code != http.StatusOK {
		t.Errorf("reading: %d", w.Code)
	}
	problem := problemIn(t, p.as("", http.MethodPost, "rollout/abort", `{"reason": "x"}`))
	if problem.Status != 403 || !strings.Contains(problem.Detail, "--tokens FILE") || !strings.Contains(problem.Detail, "UNDERSTUDY_OPERATOR_TOKEN") {
		t.Errorf("acting: %+v", problem)
	}
}

func TestAccess_ATokenWithoutASecretLetsNobodyIn(t *testing.T) {
	p := newPilot(t, func(c *console.Config) {
		c.Tokens = append(c.Tokens, console.Token{Name: "nobody", Role: console.RoleOperator})
	})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, console.Prefix+"rollout", nil)
	r.Header.Set("Authorization", "Bearer ")
	w := httptest.NewRecorder()
	p.api.ServeHTTP(w, r)
	if w.Code != 401 {
		t.Errorf("an empty token: %d", w.Code)
	}
}

func TestAccess_WrongTokensAreLoggedWithoutThemAndBounded(t *testing.T) {
	now := noon
	p := newPilot(t, func(c *console.Config) { c.Now = func() time.Time { return now } })
	ask := func(secret string) *httptest.ResponseRecorder {
		return p.as(secret, http.MethodGet, "rollout", "")
	}
	for i := range 10 {
		if got := ask(fmt.Sprintf("guess-number-%d", i)).Code; got != 401 {
			t.Fatalf("guess %d: %d", i, got)
		}
	}
	if w := ask("guess-number-11"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "60" {
		t.Errorf("one more: %d %v", w.Code, w.Header())
	}
	if got := p.as(operatorSecret, http.MethodPost, "rollout/abort", `{"reason": "x"}`).Code; got != 200 {
		t.Errorf("an operator aborts meanwhile: %d", got)
	}
	now = now.Add(time.Minute)
	if got := ask("guess-number-12").Code; got != 401 {
		t.Errorf("a minute later: %d", got)
	}
	log := p.log.String()
	if strings.Count(log, "wrong token") != 11 || !strings.Contains(log, "192.0.2.1") || strings.Contains(log, "guess-number") || strings.Contains(log, operatorSecret) {
		t.Errorf("log: %s", log)
	}
}

func TestAccess_APageOfAnotherOriginMayNotAct(t *testing.T) {
	p := newPilot(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, console.Prefix+"rollout/abort", strings.NewReader(`{"reason": "x"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+operatorSecret)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	p.api.ServeHTTP(w, r)
	if problem := problemIn(t, w); problem.Status != 403 || !strings.Contains(problem.Detail, "another origin") {
		t.Errorf("got %+v", problem)
	}
}
