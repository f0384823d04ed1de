package console_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"understudy/console"
	"understudy/rollout"
	"understudy/rollout/control"
)

func TestRollout_StatusSaysWhatTheDialsComeTo(t *testing.T) {
	p := newPilot(t)
	var got console.Status
	p.reads("rollout", &got)
	if got.State.Position.Stage != rollout.Shadow || got.Effective.Why != "ceiling 50, stage shadow: serves 0" || got.Effective.Binding != rollout.DialStage ||
		got.Effective.MirrorPercent != 100 || got.Flags.CeilingPercent != 50 || got.Seq != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestRollout_APersonActsAndTheHistoryNamesHer(t *testing.T) {
	p := newPilot(t)
	p.act("hold", `{"reason": "a release is due"}`)
	p.act("resume", `{"reason": "it is out"}`)
	p.act("override", `{"reason": "try it", "percent": 10, "for": "2h"}`)
	var status console.Status
	p.reads("rollout", &status)
	if status.Effective.ServePercent != 10 || status.Effective.Binding != rollout.DialOverride {
		t.Errorf("with an override: %+v", status.Effective)
	}
	if w := p.as(operatorSecret, http.MethodDelete, "rollout/override?reason=seen+enough", ""); w.Code != http.StatusOK {
		t.Fatalf("end override: %d %s", w.Code, w.Body)
	}
	p.act("abort", `{"reason": "doubts"}`)
	p.act("reset", `{"reason": "none left"}`)
	var history console.History
	p.reads("rollout/history", &history)
	var kinds []string
	for _, r := range history.Records[1:] {
		kinds = append(kinds, string(r.Change.Kind))
		if r.Change.Actor != "person:ana" || r.Change.Reason == "" {
			t.Errorf("record %d: %+v", r.Seq, r.Change)
		}
	}
	if got := strings.Join(kinds, " "); got != "held resumed override override_ended aborted reset" {
		t.Errorf("history: %s", got)
	}
}

func TestRollout_ARefusalIsTheSentenceOfTheMachine(t *testing.T) {
	p := newPilot(t)
	for _, tc := range []struct{ name, body, want string }{
		{"promote", `{"reason": "please"}`, "the gate is not passed: soak is"},
		{"resume", `{"reason": "please"}`, "resume: the rollout is not held"},
		{"carry-over", `{"reason": "please", "compared": 12, "differ": 0}`, "no higher stage of a release before"},
		{"promote", `{"reason": "please", "report": "` + strings.Repeat("ab", 32) + `"}`, "no report with this digest"},
	} {
		w := p.as(operatorSecret, http.MethodPost, "rollout/"+tc.name, tc.body)
		if problem := problemIn(t, w); w.Code != http.StatusConflict || !strings.Contains(problem.Detail, tc.want) {
			t.Errorf("%s: %d %s, want %q", tc.name, w.Code, problem.Detail, tc.want)
		}
	}
	if w := p.as(operatorSecret, http.MethodDelete, "rollout/override?reason=x", ""); w.Code != http.StatusConflict {
		t.Errorf("end of no override: %d %s", w.Code, w.Body)
	}
	if p.driver.Status().Seq != 1 {
		t.Error("a refusal is in the history")
	}
}

func TestRollout_BadInputNamesTheFieldAndWhatIsAllowed(t *testing.T) {
	p := newPilot(t)
	for _, tc := range []struct {
		name, body string
		status     int
		field      string
		want       string
	}{
		{"hold", `{}`, 422, "reason", "1 to 500 characters"},
		{"abort", `{"reason": "  "}`, 422, "reason", "is missing"},
		{"reset", `{"reason": "` + strings.Repeat("x", 501) + `"}`, 422, "reason", "has 501 characters"},
		{"hold", `{"reason": "a\u001b[31m"}`, 422, "reason", "can't be printed"},
		{"hold", `{"reason": "x", "percent": 3}`, 422, "percent", "is not a field here"},
		{"hold", `{"reason": 7}`, 422, "reason", "is a number: want a string"},
		{"override", `{"reason": "x", "for": "1h"}`, 422, "percent", "0 to 100"},
		{"override", `{"reason": "x", "for": "1h", "percent": 100.5}`, 422, "percent", "0 to 100"},
		{"override", `{"reason": "x", "for": "1h", "percent": -1}`, 422, "percent", "0 to 100"},
		{"override", `{"reason": "x", "for": "1h", "percent": "5"}`, 422, "percent", "is a string: want a number"},
		{"carry-over", `{"reason": "x", "compared": 1.5}`, 422, "compared", "is a number 1.5: want a whole number"},
		{"override", `{"reason": "x", "percent": 5}`, 422, "for", "at most 168h0m0s"},
		{"override", `{"reason": "x", "percent": 5, "for": "8d"}`, 422, "for", "at most 168h0m0s"},
		{"override", `{"reason": "x", "percent": 5, "for": "0s"}`, 422, "for", "above 0"},
		{"carry-over", `{"reason": "x", "compared": 5}`, 422, "differ", "0 or more"},
		{"carry-over", `{"reason": "x", "compared": 1, "differ": 2}`, 422, "differ", "more than compared"},
		{"promote", `{"reason": "x", "report": "ABC"}`, 422, "report", "64 hexadecimal digits"},
		{"hold", `{"reason": "x"} {}`, 400, "", "goes on"},
		{"hold", `[`, 400, "", "no JSON object"},
		{"hold", `{"reason": "` + strings.Repeat("x", 20_000) + `"}`, 413, "", "16384 bytes"},
		{"hold", ``, 415, "", "application/json"},
	} {
		w := p.as(operatorSecret, http.MethodPost, "rollout/"+tc.name, tc.body)
		if problem := problemIn(t, w); w.Code != tc.status || problem.Field != tc.field || !strings.Contains(problem.Detail, tc.want) {
			t.Errorf("%s %.60s: %+v, want %d %s %q", tc.name, tc.body, problem, tc.status, tc.field, tc.want)
		}
	}
	for _, path := range []string{"override", "override?reason=", "override?reason=a&reason=b"} {
		if problem := problemIn(t, p.as(operatorSecret, http.MethodDelete, "rollout/"+path, "")); problem.Status != 422 || problem.Field != "reason" {
			t.Errorf("DELETE %s: %+v", path, problem)
		}
	}
	if problem := problemIn(t, p.as(operatorSecret, http.MethodPost, "rollout/hold?force=true", `{"reason": "x"}`)); problem.Parameter != "force" {
		t.Errorf("a parameter: %+v", problem)
	}
}

func TestRollout_WhatCouldNotBeStoredIsSaidWithoutItsReasons(t *testing.T) {
	for _, tc := range []struct {
		err    error
		status int
		want   string
	}{
		{errDisk, 503, "could not be confirmed"},
		{fmt.Errorf("%w: %w", control.ErrNotDone, errDisk), 503, "it was not done"},
		{control.ErrClosed, 503, "has ended"},
		{context.DeadlineExceeded, 503, "could not be confirmed"},
		{fmt.Errorf("%w: %w", control.ErrUnsaved, errDisk), 202, `"effective"`},
	} {
		p := newPilot(t)
		p.driver.broken = tc.err
		w := p.as(operatorSecret, http.MethodPost, "rollout/abort", `{"reason": "doubts"}`)
		if body := w.Body.String(); w.Code != tc.status || !strings.Contains(body, tc.want) || strings.Contains(body, "disk I/O") || !strings.Contains(p.log.String(), tc.err.Error()) {
			t.Errorf("%v: %d %s, log %s", tc.err, w.Code, body, p.log)
		}
		newJudge(t).check(http.MethodPost, console.Prefix+"rollout/abort", w)
	}
}

func TestRollout_WithoutAControllerIsNotImplemented(t *testing.T) {
	p := newPilot(t, func(c *console.Config) { c.Rollout = nil })
	for _, path := range []string{"rollout", "rollout/explain", "rollout/history", "rollout/history/verify", "rollout/report"} {
		if w := p.as(viewerSecret, http.MethodGet, path, ""); w.Code != http.StatusNotImplemented {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := p.as(operatorSecret, http.MethodPost, "rollout/hold", `{"reason": "x"}`); w.Code != http.StatusNotImplemented {
		t.Errorf("hold: %d", w.Code)
	}
}

func TestExplain_NamesEachDialAndTheOneThatBinds(t *testing.T) {
	p := newPilot(t)
	var got console.Explanation
	p.reads("rollout/explain?scan=scan-1", &got)
	if len(got.Dials) != 7 {
		t.Fatalf("dials %+v", got.Dials)
	}
	for _, d := range got.Dials {
		if d.Binds != (d.Dial == rollout.DialStage) || d.Position == "" {
			t.Errorf("dial %+v", d)
		}
	}
	if s := got.Scan; s == nil || s.Bucket != rollout.Bucket("salt", "scan-1") || s.Serve || !s.Mirror || !strings.Contains(s.Why, "shown a copy") {
		t.Errorf("scan %+v", got.Scan)
	}
	if len(got.Triggers) != len(rollout.Triggers()) || len(got.Gate.Criteria) == 0 {
		t.Errorf("triggers %+v, gate %+v", got.Triggers, got.Gate)
	}
	if got.Next[0].What != "promotion" || !got.Next[0].At.Equal(noon.Add(48*time.Hour)) || got.Next[1].What != "unavailable" || !got.Next[1].At.Equal(noon.Add(290*time.Second)) {
		t.Errorf("next %+v", got.Next)
	}
}

func TestExplain_SaysWhatEndsWhat(t *testing.T) {
	p := newPilot(t)
	for _, tc := range []struct {
		name  string
		event rollout.Event
		what  string
		want  string
		at    time.Duration // after noon; 0: no time is known
	}{
		{"held", rollout.Hold{By: rollout.By{Actor: "person:ana", Reason: "x"}}, "promotion", "a person holds it", 0},
		{"a trip", rollout.Spoke{Trigger: rollout.TriggerErrorRun, Reason: "3 in a row"}, "probing", "the cooldown ends", 30 * time.Minute},
		{"abort", rollout.Abort{By: rollout.By{Actor: "person:ana", Reason: "x"}}, "reset", "only a person's reset", 0},
	} {
		p.driver.happens(t, tc.event)
		var got console.Explanation
		p.reads("rollout/explain", &got)
		next := got.Next[0]
		if next.What != tc.what || !strings.Contains(next.Text, tc.want) || (next.At != nil) != (tc.at != 0) || next.At != nil && !next.At.Equal(noon.Add(tc.at)) {
			t.Errorf("%s: %+v", tc.name, next)
		}
		if len(got.Freezes) == 0 || got.Effective.ServePercent != 0 {
			t.Errorf("%s: freezes %q, effective %+v", tc.name, got.Freezes, got.Effective)
		}
	}
}

func TestExplain_AsksTheDialsOfTheDataPlaneForTheScan(t *testing.T) {
	p := newPilot(t, func(c *console.Config) {
		c.Dials = func(_ context.Context, scan string) rollout.Dials {
			d := rollout.Dials{Mode: rollout.ModeAuto, Enabled: true, CeilingPercent: 100, MirrorPercent: 100, Stage: rollout.Full, BreakerClosed: true}
			if scan == "singled-out" {
				d.CeilingPercent = 0
			}
			return d
		}
	})
	for scan, serve := range map[string]bool{"singled-out": false, "another": true} {
		var got console.Explanation
		p.reads("rollout/explain?scan="+scan, &got)
		if got.Scan.Serve != serve {
			t.Errorf("%s: %+v", scan, got.Scan)
		}
	}
}
