package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/proxy"
	"understudy/rollout"
)

// A proxy in stage shadow: the client gets the primary's answer, and the
// candidate is shown a copy.
func Example() {
	scanner := func(name string) *httptest.Server {
		return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"top_tier":[],"top_tier_size":0,"who":"`+name+`"}`)
		}))
	}
	primary, candidate := scanner("primary"), scanner("candidate")
	defer primary.Close()
	defer candidate.Close()

	config := proxy.DefaultConfig()
	config.Primary, _ = url.Parse(primary.URL)
	base, _ := url.Parse(candidate.URL)
	p, err := proxy.New(config, proxy.Deps{
		Candidate:  base,
		Registerer: prometheus.NewRegistry(),
		Dials: func(context.Context, proxy.ScanContext) rollout.Dials {
			return rollout.Dials{Mode: rollout.ModeAuto, Enabled: true, CeilingPercent: 100, MirrorPercent: 100, Stage: rollout.Shadow}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = p.Close(context.Background()) }()

	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/analyze/top-tier", strings.NewReader(`{"nodes":[]}`)))
	fmt.Println(w.Code, w.Header().Get(proxy.HeaderServedBy), w.Body)
	fmt.Println(p.Effective(context.Background()).Why)
	// Output:
	// 200 primary {"top_tier":[],"top_tier_size":0,"who":"primary"}
	// ceiling 100, stage shadow: serves 0
}
