package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"understudy/proxy"
	"understudy/rollout"
)

func TestReverse_ThePrimaryIsAskedBehindTheClientsBackAndCompared(t *testing.T) {
	release := make(chan struct{})
	h := start(t, setup{
		stage: rollout.Complete, config: func(c *proxy.Config) { c.ReverseShadow = 1 },
		primary: func(w http.ResponseWriter, r *http.Request) { <-release; answering(answer)(w, r) },
	})
	if got := h.ask("top-tier", "{}"); got.servedBy != "candidate" || got.body != answer {
		t.Errorf("got %+v", got)
	}
	close(release) // the client had its answer before the primary was heard
	e := h.recorded(1)[0]
	if e.Source != proxy.SourceLive || e.Outcome != "agree" || e.ServedBy != "candidate" || e.Reason != "" || e.Primary.Status != 200 {
		t.Errorf("recorded %+v", e)
	}
}

func TestReverse_WhatBecomesOfThePrimaryIsRecorded(t *testing.T) {
	tests := []struct {
		name          string
		primary       http.HandlerFunc
		outcome, skip string
	}{
		{"it differs", answering(`{}`), "differ", ""},
		{"it fails", status(500, ""), "primary_failed", ""},
		{"it breaks off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "primary_failed", ""},
		{"its answer is too large", answering(strings.Repeat("x", 2000)), proxy.OutcomeSkipped, "answer_too_large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, setup{stage: rollout.Complete, primary: test.primary, config: func(c *proxy.Config) { c.ReverseShadow, c.AnswerBytes = 1, 1000 }})
			h.ask("top-tier", "{}")
			if e := h.recorded(1)[0]; e.Outcome != test.outcome || e.Skip != test.skip || e.ServedBy != "candidate" {
				t.Errorf("recorded %+v", e)
			}
			h.counts(0, "held_bytes")
		})
	}
}

func TestReverse_TheSampleIsOfWholeScansAndOnlyInComplete(t *testing.T) {
	var asked atomic.Int64
	h := start(t, setup{
		stage: rollout.Complete, config: func(c *proxy.Config) { c.ReverseShadow = 0.3 },
		primary: func(w http.ResponseWriter, r *http.Request) { asked.Add(1); answering(answer)(w, r) },
	})
	const scans, each = 60, 3
	for i := range scans * each {
		h.ask("top-tier", fmt.Sprint(i), "X-Scan-ID", fmt.Sprint(i/each))
	}
	compared := map[string]int{}
	for _, e := range h.recorded(scans * each) {
		if e.Outcome == "agree" {
			compared[e.Scan]++
		}
	}
	for scan, n := range compared {
		if n != each {
			t.Errorf("%d of %d exchanges of scan %s are compared", n, each, scan)
		}
		if !rollout.InShare("understudy/reverse", scan, 30) {
			t.Errorf("scan %s is not in the sample", scan)
		}
	}
	if len(compared) == 0 || len(compared) == scans || asked.Load() != int64(each*len(compared)) {
		t.Errorf("%d of %d scans compared, the primary was asked %d times", len(compared), scans, asked.Load())
	}
}

func TestReverse_CloseWaitsForNobodyForEver(t *testing.T) {
	begun := make(chan struct{})
	h := start(t, setup{
		stage: rollout.Complete, config: func(c *proxy.Config) { c.ReverseShadow = 1 },
		primary: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or its end would not be seen
			close(begun)
			<-r.Context().Done()
		},
	})
	h.ask("top-tier", "{}")
	<-begun
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = h.proxy.Close(ctx) // its time is over already
	if e := h.recorded(1)[0]; e.Outcome != proxy.OutcomeUncompared || e.ServedBy != "candidate" || e.Primary.Status != 0 {
		t.Errorf("recorded %+v", e)
	}
}
