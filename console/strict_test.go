package console_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestBodies_WhatTwoReadersCouldReadDifferentlyIsRefused(t *testing.T) {
	p := newPilot(t)
	for _, tc := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"reason": "shown", "reason": "done"}`, 422, "reason: is there twice"},
		{`{"reason": "shown", "rea\u0073on": "done"}`, 422, "reason: is there twice"},
		{`{"reason": "shown", "REASON": "done"}`, 422, "REASON: is not a field here"},
		{`{"reason": "shown", "rea` + "\u017f" + `on": "done"}`, 422, "is not a field here"},
		{`{"Reason": "x"}`, 422, "Reason: is not a field here"},
		{`{"reason": "x", "colour": "red"}`, 422, "colour: is not a field here"},
		{`{"reason": ` + strings.Repeat("[", 5) + strings.Repeat("]", 5) + `}`, 400, "nested deeper than 4"},
		{`{"reason": ` + strings.Repeat(`{"a":`, 2000) + `1` + strings.Repeat("}", 2000) + `}`, 400, "nested deeper than 4"},
		{`{"reason": {"a": 1}}`, 422, "reason: is a object: want a string"},
		{`{"reason": "x"} {"reason": "y"}`, 400, "goes on"},
		{`{"reason": "` + strings.Repeat("x", 20<<10) + `"}`, 413, "larger than 16384 bytes"},
	} {
		problem := problemIn(t, p.as(operatorSecret, http.MethodPost, "rollout/hold", tc.body))
		if problem.Status != tc.status || !strings.Contains(problem.Detail, tc.says) {
			t.Errorf("%.60s: %d %s, want %d %s", tc.body, problem.Status, problem.Detail, tc.status, tc.says)
		}
	}
	if held := p.driver.Status().State.Position.Held; held {
		t.Error("one of them held")
	}
}
