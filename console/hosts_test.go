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

func TestKnownHosts_ANameThatSomebodyElsePointsHereIsNotAnsweredWithoutTokens(t *testing.T) {
	keys := console.NewKeys(nil, slog.New(slog.DiscardHandler), time.Now)
	handler := console.KnownHosts(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), keys, "sidecar.internal")
	ask := func(host string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/exchanges", nil)
		r.Host = host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	for host, status := range map[string]int{
		"127.0.0.1:9464": 200, "127.0.0.1": 200, "[::1]:9464": 200, "[::1]": 200, "10.1.2.3:9464": 200, "localhost:9464": 200, "LOCALHOST": 200, "localhost.:9464": 200,
		"sidecar.internal:9464": 200, "Sidecar.Internal": 200, "": 200,
		"rebound.example:9464": 421, "127.0.0.1.rebound.example": 421, "localhost.rebound.example": 421, "sidecar.internal.rebound.example": 421, "rebound.example.": 421,
	} {
		w := ask(host)
		if w.Code != status {
			t.Errorf("%q: %d, want %d", host, w.Code, status)
		}
		if w.Code == 421 && !strings.Contains(problemIn(t, w).Detail, "an IP address or localhost or sidecar.internal") {
			t.Errorf("%q: %s", host, w.Body)
		}
	}
	keys.Replace([]console.Token{{Name: "ana", Role: console.RoleOperator, Secret: operatorSecret}})
	if got := ask("ops.example").Code; got != http.StatusOK {
		t.Errorf("any name, with tokens: %d", got)
	}
}
