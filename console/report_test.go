package console_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/console"
	"understudy/rollout"
)

func reportDigest(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var r console.Report
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	sum := sha256.Sum256([]byte(r.Markdown))
	if r.Digest != hex.EncodeToString(sum[:]) {
		t.Fatal("the digest is not that of the page")
	}
	return r.Digest
}

func TestReport_IsTheSamePageForTheSameData(t *testing.T) {
	p := newPilot(t)
	first, second := p.as(viewerSecret, http.MethodGet, "rollout/report", ""), p.as(viewerSecret, http.MethodGet, "rollout/report", "")
	if first.Body.String() != second.Body.String() || !strings.HasPrefix(first.Header().Get("Content-Type"), "text/markdown") {
		t.Error("two pages of the same data differ")
	}
}

func TestReport_TellsWhatAPersonSigns(t *testing.T) {
	p := newPilot(t)
	p.act("override", `{"reason": "a | try", "percent": 5, "for": "1h"}`)
	p.driver.happens(t, rollout.Spoke{Trigger: rollout.TriggerErrorRun, Reason: "3 errors in a row"})
	page := p.as(viewerSecret, http.MethodGet, "rollout/report", "").Body.String()
	for _, want := range []string{
		"Stage **shadow** since 2026-11-21T12:00:00Z, condition **tripped**.", "The gate to **canary\\_1** is **inconclusive**",
		"candidate v1, primary rust-1", "| mirror | 0 | 0 | 1 | 1 |", "coverage - (of none) of eligible exchanges",
		"| 1 | 2026-11-21T12:00:00Z | start |", "tripped (errors\\_in\\_a\\_row)", "3 errors in a row", "a \\| try", "person:ana",
		"| candidate\\_wrong | min\\_quorum | quorums | 1 | open | {a, b} is a minimal quorum |",
		"| primary\\_wrong (R5) | min\\_quorum | quorums | 1 | open | {a, b} is a minimal quorum |",
		"Of all 4 live exchanges", "| primary | 4 | 1.5 ms | 1.5 ms |", "| candidate | 4 | 1.0 ms | 1.0 ms |", "Signature",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

func TestReport_ItsDigestEntersTheHistoryAndMayBeSigned(t *testing.T) {
	p := newPilot(t)
	digest := reportDigest(t, p.as(operatorSecret, http.MethodPost, "rollout/report", `{"reason": "for canary_1"}`))
	p.ripen(t)
	p.act("promote", `{"reason": "read it", "report": "`+digest+`"}`)
	var history console.History
	p.reads("rollout/history?after=1", &history)
	if len(history.Records) != 2 {
		t.Fatalf("history %+v", history)
	}
	entered, promoted := history.Records[0].Change, history.Records[1].Change
	if entered.Kind != rollout.ChangeReport || entered.Report != digest || entered.Reason != "for canary_1" ||
		promoted.Kind != rollout.ChangePromoted || promoted.Report != digest || promoted.Actor != "person:ana" || promoted.To.Stage != rollout.Canary1 {
		t.Errorf("entered %+v, promoted %+v", entered, promoted)
	}
}
