package proxy

import (
	"fmt"
	"testing"
	"time"

	"understudy/compare"
	"understudy/rollout"
)

func TestJudgeExecution_WhatCountsAndWhatDoesNot(t *testing.T) {
	const slow, deadline = 30 * time.Second, 45 * time.Second
	unservable := fmt.Errorf("a witness fails")
	ok := compare.Reply{Status: 200, Body: []byte(`{}`), Latency: time.Second}
	with := func(change func(*compare.Reply)) compare.Reply { r := ok; change(&r); return r }
	const none = rollout.Result(-1) // no execution
	tests := []struct {
		name     string
		reply    compare.Reply
		primary  int
		servable error
		want     rollout.Result
	}{
		{"clean", ok, 200, nil, rollout.Clean},
		{"clean, and the primary was not asked", ok, 0, nil, rollout.Clean},
		{"unservable", ok, 200, unservable, rollout.Errored},
		{"gave up at its budget: inconclusive", with(func(r *compare.Reply) { r.Body = []byte(`{"complete":false}`) }), 200, unservable, rollout.Clean},
		{"slow", with(func(r *compare.Reply) { r.Latency = slow + 1 }), 200, nil, rollout.Slow},
		{"not yet slow", with(func(r *compare.Reply) { r.Latency = slow }), 200, nil, rollout.Clean},
		{"slow and unservable", with(func(r *compare.Reply) { r.Latency = slow + 1 }), 200, unservable, rollout.Errored},
		{"past the deadline", with(func(r *compare.Reply) { r.Latency = deadline }), 200, nil, rollout.TimedOut},
		{"just in time, and slow", with(func(r *compare.Reply) { r.Latency = deadline - 1 }), 200, nil, rollout.Slow},
		{"its own 504", compare.Reply{Status: 504, Failure: "timeout"}, 200, nil, rollout.TimedOut},
		{"no answer in time", compare.Reply{Failure: "timeout"}, 200, nil, rollout.TimedOut},
		{"saturated", compare.Reply{Status: 503, Failure: "unavailable"}, 200, nil, none},
		{"saturated, after a wait longer than the deadline", compare.Reply{Status: 503, Latency: deadline}, 200, nil, none},
		{"our own room is full", compare.Reply{Failure: "unavailable"}, 200, nil, none},
		{"canceled, by us or a client", compare.Reply{Failure: "canceled", Latency: deadline}, 200, nil, none},
		{"too large an answer", compare.Reply{Failure: "too_large"}, 200, nil, rollout.Errored},
		{"refused", compare.Reply{Failure: "refused"}, 200, nil, rollout.Errored},
		{"reset", compare.Reply{Failure: "reset"}, 500, nil, rollout.Errored},
		{"a crash", compare.Reply{Status: 502}, 200, nil, rollout.Errored},
		{"500", compare.Reply{Status: 500}, 500, nil, rollout.Errored},
		{"a redirect", compare.Reply{Status: 302}, 200, nil, rollout.Errored},
		{"422 where the primary says so too", compare.Reply{Status: 422}, 422, nil, none},
		{"422 where the primary says 500", compare.Reply{Status: 422}, 500, nil, none},
		{"422 where the primary answered", compare.Reply{Status: 422}, 200, nil, rollout.Errored},
		{"422 where the primary was not asked", compare.Reply{Status: 422}, 0, nil, rollout.Errored},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, completed, counts := judgeExecution(test.reply, test.primary, test.servable, slow, deadline)
			if !counts {
				got = none
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			answered := test.reply.Status != 0 && counts && got != rollout.TimedOut
			if completed != answered {
				t.Errorf("completed is %v", completed)
			}
		})
	}
}
