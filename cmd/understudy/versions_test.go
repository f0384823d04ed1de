package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"understudy/rollout"
)

// healthServer answers /health with what says holds.
func healthServer(t *testing.T, says *atomic.Value) *url.URL {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/base/health" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, says.Load())
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL + "/base")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestVersions_AreWhatHealthSaysAndStayWhenItSaysNothing(t *testing.T) {
	var primary, candidate atomic.Value
	primary.Store(`{"status":"healthy","version":"0.8.0"}`)
	candidate.Store(`{"version":"2"}`)
	v := newVersions(healthServer(t, &primary), healthServer(t, &candidate), rollout.DefaultPolicy(), slog.New(slog.DiscardHandler))
	ask := func() rollout.Versions {
		for _, side := range v.sides {
			v.ask(context.Background(), side)
		}
		return v.at(context.Background())
	}
	if was := v.at(context.Background()); was.Primary != "" || was.Candidate != "" || was.Comparer == "" || was.Policy == "" {
		t.Errorf("before anybody was asked: %+v", was)
	}
	if got := ask(); got.Primary != "0.8.0" || got.Candidate != "2" {
		t.Errorf("got %+v", got)
	}
	for _, nothing := range []string{"", "<html>", `{}`, `{"version":1}`, `{"version":"` + strings.Repeat("x", mostVersion+1) + `"}`} {
		primary.Store(nothing)
		if got := ask(); got.Primary != "0.8.0" {
			t.Errorf("%q makes it %q", nothing, got.Primary)
		}
	}
	primary.Store(`{"version":"0.9.0"}`)
	if got := ask(); got.Primary != "0.9.0" {
		t.Errorf("got %+v", got)
	}
}

func TestVersions_TheEmbeddedEngineIsOfTheBinarysReleaseAndAnUnnamedOneOfItsDigest(t *testing.T) {
	var primary atomic.Value
	primary.Store("{}")
	v := newVersions(healthServer(t, &primary), nil, rollout.DefaultPolicy(), slog.New(slog.DiscardHandler))
	got := v.at(context.Background()).Candidate
	if !strings.HasPrefix(got, version()) || len(v.sides) != 1 {
		t.Errorf("candidate is %q, %d sides are asked", got, len(v.sides))
	}
	if unnamed := strings.Contains(version(), "devel") || version() == "unknown"; unnamed != strings.Contains(got, " sha256:") {
		t.Errorf("the version is %q and the release %q", version(), got)
	}
}
