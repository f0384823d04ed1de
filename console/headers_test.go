package console_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/console"
)

func TestSecureHeaders_AreOnEveryAnswerOfTheAPI(t *testing.T) {
	p := newPilot(t)
	foreign := httptest.NewRequestWithContext(t.Context(), http.MethodPost, console.Prefix+"rollout/abort", nil)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	refused := httptest.NewRecorder()
	p.api.ServeHTTP(refused, foreign)
	for name, w := range map[string]*httptest.ResponseRecorder{
		"an answer": p.as(viewerSecret, http.MethodGet, "rollout", ""),
		"a 401":     p.as("", http.MethodGet, "rollout", ""),
		"a 404":     p.as(viewerSecret, http.MethodGet, "nowhere", ""),
		"a 405":     p.as(viewerSecret, http.MethodPut, "rollout", ""),
		"a 422":     p.as(operatorSecret, http.MethodPost, "rollout/hold", `{}`),
		"a refused": refused,
	} {
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := w.Header().Get(header); !strings.Contains(got, want) {
				t.Errorf("%s (%d): %s is %q, want %q", name, w.Code, header, got, want)
			}
		}
	}
}

func TestSecureHeaders_APageFurtherInMayLoadWhatIsItsOwnAndNothingElse(t *testing.T) {
	page := console.SecureHeaders(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), console.PolicySelf)
	w := httptest.NewRecorder()
	console.SecureHeaders(page, console.PolicyNone).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/console", nil))
	policy := w.Header().Values("Content-Security-Policy")
	if len(policy) != 1 || !strings.Contains(policy[0], "default-src 'self'") || strings.Contains(policy[0], "unsafe") {
		t.Errorf("got %q", policy)
	}
}

func TestSecureHeaders_HoldBrowsersToTLSWhereItIsAndNotOnLocalhost(t *testing.T) {
	for _, tc := range []struct {
		host string
		tls  bool
		want bool
	}{
		{"ops.example:9464", true, true},
		{"ops.example:9464", false, false},
		{"localhost:9464", true, false},
		{"127.0.0.1:9464", true, false},
		{"[::1]:9464", true, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		r.Host = tc.host
		if tc.tls {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		console.SecureHeaders(http.NotFoundHandler(), console.PolicyNone).ServeHTTP(w, r)
		if got := w.Header().Get("Strict-Transport-Security") != ""; got != tc.want {
			t.Errorf("%s, TLS %t: HSTS %t", tc.host, tc.tls, got)
		}
	}
}
