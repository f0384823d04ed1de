package peers_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/bench/peers"
	"understudy/bench/rows"
	"understudy/examples"
	"understudy/internal/precondition"
)

func TestScanner_IsToldTheLimitAndReadsTheAnswer(t *testing.T) {
	var body struct {
		TimeoutMS int `json:"timeout_ms"`
		Nodes     []any
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Path != "/analyze/quorums" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		_, _ = io.WriteString(w, `{"min_size":12,"quorum_intersection":true,"execution_time_ms":5}`)
	}))
	t.Cleanup(server.Close)
	question := peers.Question{Analysis: rows.Intersection, Request: []byte(`{"nodes":[1,2]}`)}
	outcome := peers.Scanner{URL: server.URL}.Ask(t.Context(), question, 10*time.Second)
	if outcome.Status != peers.Solved || outcome.Answer != "true" || outcome.Solve != 5*time.Millisecond {
		t.Errorf("%+v", outcome)
	}
	if body.TimeoutMS != 10000 || len(body.Nodes) != 2 {
		t.Errorf("it was sent %+v", body)
	}
}

func TestScanner_StatusDecidesBetweenUnsolvedAndFailed(t *testing.T) {
	for status, want := range map[int]peers.Status{504: peers.Unsolved, 500: peers.Failed, 422: peers.Failed} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "reason", status)
		}))
		t.Cleanup(server.Close)
		outcome := peers.Scanner{URL: server.URL}.Ask(t.Context(), peers.Question{Analysis: rows.Blocking, Request: []byte("{}")}, time.Minute)
		if outcome.Status != want {
			t.Errorf("%d: %s (%s), want %s", status, outcome.Status, outcome.Detail, want)
		}
	}
}

func TestService_AnswersAboutASmallNetwork(t *testing.T) {
	folder := filepath.Join("..", "..", "deploy", "rust-scanner")
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		precondition.Missing(t, "skips what needs the Rust scanner: npm ci was not run in deploy/rust-scanner")
	}
	service, err := peers.StartService(t.Context(), folder, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Stop)
	network := examples.AlmostSymmetric(examples.AlmostSymmetricConfig{Seed: 1, Organizations: 4})
	for analysis, want := range map[rows.Analysis]rows.Answer{
		rows.Blocking: "4", rows.Splitting: "2", rows.Quorum: "6", rows.Intersection: "true", rows.AllQuorums: "108",
	} {
		outcome := peers.Scanner{URL: service.URL}.Ask(t.Context(), peers.Question{Analysis: analysis, Request: network.JSON()}, time.Minute)
		if outcome.Status != peers.Solved || outcome.Answer != want {
			t.Errorf("%s: %s %q (%s), want %q", analysis, outcome.Status, outcome.Answer, outcome.Detail, want)
		}
	}
}

func TestStartService_WithoutItsPackagesSaysHowToGetThem(t *testing.T) {
	if _, err := peers.StartService(t.Context(), t.TempDir(), io.Discard); err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("error %v, want one that says npm ci", err)
	}
}

func TestNewQuestion_WritesTheNetworkAndItsNodes(t *testing.T) {
	network := &rows.Network{Name: "X", Request: []byte(`{"nodes": [1, 2], "organizations": []}`)}
	question, err := peers.NewQuestion(t.TempDir(), rows.Row{Network: network, Analysis: rows.Blocking})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{question.File: string(network.Request), question.Nodes: "[1, 2]"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: %s (%v), want %s", path, got, err, want)
		}
	}
}
