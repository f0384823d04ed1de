package console_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/console"
)

func TestExchanges_AreListedNewestFirstAndFiltered(t *testing.T) {
	a := newAsker(t)
	for _, tc := range []struct{ query, want string }{
		{"", "e4 e3 e2 e1"},
		{"?verdict=candidate_wrong", "e3"},
		{"?verdict=inconclusive", "e4"},
		{"?metric=min_quorum", "e3 e2 e1"},
		{"?metric=min_quorum&verdict=agree", "e1"},
		{"?analysis=top-tier", ""},
		{"?level=whole&scan=s1", "e2 e1"},
		{"?source=live&limit=1", "e4"},
		{"?since=90m", "e4 e3"},
		{"?since=2026-11-24T09:30:00Z&until=2026-11-24T10:30:00Z", "e2"},
		{"?open=true", "e3 e2"},
	} {
		var answer struct{ Exchanges []console.Exchange }
		a.get("/api/v1/exchanges"+tc.query, &answer)
		var ids []string
		for _, e := range answer.Exchanges {
			ids = append(ids, e.ID)
		}
		if got := strings.Join(ids, " "); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.query, got, tc.want)
		}
	}
}

func TestExchanges_NoneIsAnEmptyList(t *testing.T) {
	if body := newAsker(t).do(http.MethodGet, "/api/v1/exchanges?analysis=full").Body.String(); body != `{"exchanges":[]}` {
		t.Errorf("got %s", body)
	}
}

func TestExchange_CarriesTheProofAsCompareWritesIt(t *testing.T) {
	var e console.Exchange
	newAsker(t).get("/api/v1/exchanges/e2", &e)
	ruling := e.Metrics[0].Rulings[0]
	if e.Primary.LatencyMS != 1.5 || e.Source != "live" || ruling.Class != "R5" || ruling.Proof.Kind != compare.ProofWitness ||
		!slices.Equal(ruling.Proof.Sets[0].Members, []string{"a", "b"}) {
		t.Errorf("got %+v", e)
	}
	if e.Bodies != nil {
		t.Error("bodies that nobody asked for")
	}
}

func TestExchange_GivesBodiesWhenAsked(t *testing.T) {
	var e console.Exchange
	a := newAsker(t)
	a.get("/api/v1/exchanges/e2?bodies=true", &e)
	if string(e.Bodies.Request) != `{"nodes":[]}` || string(e.Bodies.Candidate) != `"not JSON"` {
		t.Errorf("got %s", e.Bodies)
	}
	a.get("/api/v1/exchanges/e1?bodies=true", &e)
	if string(e.Bodies.Request) != "null" {
		t.Errorf("bodies of an exchange that agrees: %s", e.Bodies.Request)
	}
}

func TestDefects_AreTheDisagreementsInWhichThePrimaryIsWrong(t *testing.T) {
	a := newAsker(t)
	var all struct{ Disagreements []console.Disagreement }
	a.get("/api/v1/disagreements?state=open", &all)
	var defects struct{ Defects []console.Disagreement }
	a.get("/api/v1/defects", &defects)
	if len(all.Disagreements) != 2 || len(defects.Defects) != 1 || defects.Defects[0].Class != "R5" {
		t.Fatalf("disagreements %+v, defects %+v", all, defects)
	}
	var one console.Disagreement
	a.get("/api/v1/defects/"+defects.Defects[0].ID, &one)
	if one.Proof.Sentence != "{a, b} is a minimal quorum" || one.State != "open" || one.Count != 1 || one.ApprovedAt != nil {
		t.Errorf("got %+v", one)
	}
	for _, d := range all.Disagreements {
		if want := map[bool]int{true: 200, false: 404}[d.Verdict == compare.VerdictPrimaryWrong]; a.do(http.MethodGet, "/api/v1/defects/"+d.ID).Code != want {
			t.Errorf("defect %s with verdict %s: want %d", d.ID, d.Verdict, want)
		}
	}
}

func TestAgreement_IsCountedAndWeighed(t *testing.T) {
	var got console.Agreement
	newAsker(t).get("/api/v1/agreement?by=analysis", &got)
	row := got.Rows[0]
	if len(got.Rows) != 1 || row.Metric != "min_quorum" || row.Analysis != "quorums" || row.Counted != 2 || *row.Agreement != 0.5 || !row.Core || !row.Below {
		t.Errorf("rows %+v", got.Rows)
	}
	if got.Coverage.Eligible != 4 || got.Coverage.Compared != 3 || got.Coverage.Skipped["encoding"] != 1 {
		t.Errorf("coverage %+v", got.Coverage)
	}
	if got.Scans.Distinct != 2 || got.Scans.Disagreed != 1 || got.Scans.E5 >= 1 {
		t.Errorf("scans %+v", got.Scans)
	}
}

func TestParameters_AWrongOneIsAProblemThatNamesIt(t *testing.T) {
	a := newAsker(t)
	for _, tc := range []struct{ path, parameter, allowed string }{
		{"exchanges?verdict=wrong", "verdict", "agree, primary_wrong"},
		{"exchanges?metric=colour", "metric", "quorum_intersection"},
		{"exchanges?source=dead", "source", "live, deep, variation"},
		{"exchanges?since=yesterday", "since", "RFC 3339"},
		{"exchanges?since=-3h", "since", "RFC 3339"},
		{"exchanges?open=yes", "open", "true or false"},
		{"exchanges?limit=0", "limit", "1 to 1000"},
		{"exchanges?limit=1001", "limit", "1 to 1000"},
		{"exchanges?limit=1&limit=2", "limit", "want it once"},
		{"exchanges?verdct=agree", "verdct", "not a parameter"},
		{"exchanges?scan=" + strings.Repeat("x", 300), "scan", "200 bytes"},
		{"exchanges/e1?bodies=1", "bodies", "true or false"},
		{"disagreements?state=ajar", "state", "open, closed"},
		{"defects?verdict=undecided", "verdict", "not a parameter"},
		{"defects/e1?bodies=true", "bodies", "not a parameter"},
		{"agreement?by=colour", "by", "metric, analysis, level, size"},
		{"agreement?threshold=95", "threshold", "at most 1"},
		{"agreement?threshold=NaN", "threshold", "at most 1"},
	} {
		w := a.do(http.MethodGet, "/api/v1/"+tc.path)
		var p console.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != http.StatusBadRequest || w.Header().Get("Content-Type") != "application/problem+json" || p.Status != w.Code ||
			p.Parameter != tc.parameter || !strings.Contains(p.Detail, tc.parameter) || !strings.Contains(p.Detail, tc.allowed) {
			t.Errorf("%s: %d %+v, want %s with %q", tc.path, w.Code, p, tc.parameter, tc.allowed)
		}
	}
}

func TestAPI_AnswersNothingElse(t *testing.T) {
	a := newAsker(t)
	for _, tc := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/api/v1/exchanges/nobody", 404},
		{http.MethodGet, "/api/v1/defects/nobody", 404},
		{http.MethodGet, "/api/v1/everything", 404},
		{http.MethodGet, "/api/v1/exchanges/", 404},
		{http.MethodPost, "/api/v1/exchanges", 405},
		{http.MethodDelete, "/api/v1/defects/d", 405},
	} {
		w := a.do(tc.method, tc.path)
		if w.Code != tc.status || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %d %s, want %d", tc.method, tc.path, w.Code, w.Body, tc.status)
		}
	}
}

func TestAPI_KeepsAnswersOutOfCaches(t *testing.T) {
	a := newAsker(t)
	for _, path := range []string{"/api/v1/exchanges", "/api/v1/exchanges/nobody", "/elsewhere"} {
		header := a.do(http.MethodGet, path).Header()
		if header.Get("Cache-Control") != "no-store" || header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: headers %v", path, header)
		}
	}
}

func TestAPI_AStoreThatFailsIsA500WithoutItsReasons(t *testing.T) {
	s := filled(t)
	api := console.API(s, console.Config{Logger: slog.New(slog.DiscardHandler)})
	s.Close()
	w := asker{t, api}.do(http.MethodGet, "/api/v1/agreement")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "sql") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
