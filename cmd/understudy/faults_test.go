package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"understudy/compare"
	"understudy/engine/api"
)

// answeringTransport is a candidate without a network between.
type answeringTransport struct {
	handler http.Handler
	asked   atomic.Int64
}

func (a *answeringTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked.Add(1)
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// faulty is a faults file before a candidate.
type faulty struct {
	t      *testing.T
	file   string
	faults *faults
	next   *answeringTransport
	log    bytes.Buffer
}

func newFaulty(t *testing.T, text string, candidate http.Handler) *faulty {
	t.Helper()
	r := &faulty{t: t, file: filepath.Join(t.TempDir(), "faults.txt"), next: &answeringTransport{handler: candidate}}
	r.write(text)
	var err error
	if r.faults, err = newFaults(r.file, r.next, slog.New(slog.NewTextHandler(&r.log, nil))); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *faulty) write(text string) {
	r.t.Helper()
	if err := os.WriteFile(r.file, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *faulty) ask(ctx context.Context, analysis, body string) (int, string, error) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://engine/analyze/"+analysis, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	response, err := r.faults.RoundTrip(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || int64(len(answer)) != response.ContentLength && response.ContentLength >= 0 {
		r.t.Fatalf("%d bytes announced, %d came: %v", response.ContentLength, len(answer), err)
	}
	return response.StatusCode, string(answer), nil
}

// saying answers the same to everything.
func saying(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
}

func TestFaults_EachKindDoesWhatItSays(t *testing.T) {
	for text, want := range map[string]struct {
		status int
		asked  int64
	}{
		"":                                 {200, 1},
		"# nothing\n\n":                    {200, 1},
		"error 1":                          {500, 0},
		"error 0":                          {200, 1},
		"error 1 analysis=full":            {200, 1},
		"error analysis=quorums":           {500, 0},
		"timeout 1ms":                      {504, 0},
		"error\ngone":                      {500, 0},
		"slow 1ms\nerror # late, too":      {500, 0},
		"wrong 1\nunservable 1 \n\tseed 9": {200, 1},
	} {
		r := newFaulty(t, text, saying("{}"))
		if status, _, err := r.ask(t.Context(), "quorums", "{}"); status != want.status || err != nil || r.next.asked.Load() != want.asked {
			t.Errorf("%q: got %d, %v; the candidate was asked %d times", text, status, err, r.next.asked.Load())
		}
	}
	if _, _, err := newFaulty(t, "gone", saying("{}")).ask(t.Context(), "quorums", "{}"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("gone: got %v", err)
	}
}

func TestFaults_SlowAndHangingCallsEndWithTheirContext(t *testing.T) {
	for _, text := range []string{"timeout 1", "slow 1h"} {
		r := newFaulty(t, text, saying("{}"))
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if _, _, err := r.ask(ctx, "quorums", "{}"); !errors.Is(err, context.DeadlineExceeded) || r.next.asked.Load() != 0 {
				t.Errorf("%s: got %v", text, err)
			}
		})
	}
	r := newFaulty(t, "slow 35s\nslow 5s", saying("{}"))
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if status, _, err := r.ask(t.Context(), "quorums", "{}"); status != 200 || err != nil || time.Since(start) != 40*time.Second {
			t.Errorf("got %d, %v after %s", status, err, time.Since(start))
		}
	})
}

func TestFaults_AShareIsDrawnFromTheSeed(t *testing.T) {
	draw := func(seed string) (hit string) {
		r := newFaulty(t, "error 0.3\n"+seed, saying("{}"))
		for range 200 {
			status, _, _ := r.ask(t.Context(), "quorums", "{}")
			hit += string(rune('0' + status/500))
		}
		return hit
	}
	one, again, two := draw("seed 1"), draw("seed 1"), draw("seed 2")
	if n := strings.Count(one, "1"); one != again || one == two || n < 40 || n > 80 {
		t.Errorf("%d of 200 failed, the same again: %v, with another seed: %v", n, one == again, one == two)
	}
}

func TestFaults_AnEditActsOnTheNextCallAndABrokenFileInjectsNothing(t *testing.T) {
	r := newFaulty(t, "error", saying("{}"))
	expect := func(what string, want int) {
		t.Helper()
		if status, _, _ := r.ask(t.Context(), "quorums", "{}"); status != want {
			t.Errorf("%s: got %d, want %d", what, status, want)
		}
	}
	expect("as it was", 500)
	r.write("error 0\n")
	expect("edited", 200)
	r.write("errrr")
	for range 3 {
		expect("broken", 200)
	}
	if n := strings.Count(r.log.String(), `line 1: \"errrr\"`); n != 1 {
		t.Errorf("the log names it %d times:\n%s", n, r.log.String())
	}
	r.write("error")
	expect("mended", 500)
	if err := os.Remove(r.file); err != nil {
		t.Fatal(err)
	}
	expect("removed", 200)
	r.write("error")
	expect("back", 500)
	r.write(strings.Repeat("#", mostFaultBytes+1))
	expect("too large", 200)
}

func TestFaults_WhatCannotBeReadIsNamedWithItsLineAndWhatIsAllowed(t *testing.T) {
	for text, want := range map[string]string{
		"eror 1":                   `line 1: "eror": want seed or one of slow, error, timeout, gone, wrong, unservable`,
		"\n# x\nerror 2":           `line 3: "2": want a share from 0 to 1`,
		"error NaN":                `line 1: "NaN": want a share from 0 to 1`,
		"error -0.1":               `"-0.1": want a share from 0 to 1`,
		"error 35s":                `"35s": want a share from 0 to 1, or analysis=NAME`,
		"error 1 1":                `"1": the share is given twice`,
		"slow 0.5":                 `"slow" without a duration: want one such as 35s`,
		"slow 2h":                  `"2h": want a duration above 0s, to 1h0m0s`,
		"slow -1s 1":               `"-1s": want a duration above 0s`,
		"slow soon":                `"soon": want a duration above 0s`,
		"gone analysis=everything": `"analysis=everything": want analysis= and one of top-tier, symmetric-top-tier`,
		"seed":                     `line 1: seed with 0 words behind it: want one`,
		"seed -1":                  `seed "-1": want a whole number, 0 to 18446744073709551615`,
	} {
		_, _, err := readFaults(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if _, err := newFaults(filepath.Join(t.TempDir(), "none"), nil, slog.New(slog.DiscardHandler)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestFaults_TheExampleFileReadsWithEachOfItsLinesTakenIn(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "examples", "faults.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if list, _, err := readFaults(string(data)); err != nil || len(list) != 0 {
		t.Errorf("as it stands: %+v, %v", list, err)
	}
	list, _, err := readFaults(regexp.MustCompile(`(?m)^#([a-z])`).ReplaceAllString(string(data), "$1"))
	if err != nil || len(list) != len(faultKinds) {
		t.Errorf("with all lines taken in: %+v, %v", list, err)
	}
}

// ring is three of four, and has a quorum, blocking and splitting sets.
const ring = `{"nodes":[
	{"publicKey":"a","quorumSet":{"threshold":3,"validators":["a","b","c","d"],"innerQuorumSets":[]}},
	{"publicKey":"b","quorumSet":{"threshold":3,"validators":["a","b","c","d"],"innerQuorumSets":[]}},
	{"publicKey":"c","quorumSet":{"threshold":3,"validators":["a","b","c","d"],"innerQuorumSets":[]}},
	{"publicKey":"d","quorumSet":{"threshold":3,"validators":["a","b","c","d"],"innerQuorumSets":[]}}],"organizations":[]}`

func TestFaults_WrongAnswersHaveTheRightShapeAndAreNotServable(t *testing.T) {
	engine := api.Handler(api.Config{})
	for _, analysis := range []string{"top-tier", "symmetric-top-tier", "blocking-sets", "splitting-sets", "quorums", "full", "network", "history-critical"} {
		for _, body := range []string{ring, strings.Replace(ring, "{", `{"include_sets":true,`, 1)} {
			_, right, _ := newFaulty(t, "", engine).ask(t.Context(), analysis, body)
			status, wrong, err := newFaulty(t, "wrong", engine).ask(t.Context(), analysis, body)
			if status != 200 || err != nil || !json.Valid([]byte(wrong)) {
				t.Fatalf("%s: got %d %s, %v", analysis, status, wrong, err)
			}
			if numbers(right) == numbers(wrong) {
				t.Errorf("%s: nothing is wrong with %s", analysis, wrong)
			}
			if analysis == "history-critical" { // no other scanner answers it
				continue
			}
			a, err := compare.ParseAnswer(analysis, []byte(wrong))
			if err != nil || a.Incomplete {
				t.Errorf("%s has another shape: %v\n%s", analysis, err, wrong)
			}
			question := compare.Prepare(compare.Question{Analysis: analysis, Body: []byte(body)})
			result := question.Compare(
				compare.Reply{Status: 200, Body: []byte(right)}, compare.Reply{Status: 200, Body: []byte(wrong)}, compare.KindRust)
			if result.Verdict == compare.VerdictAgree || result.Serves() {
				t.Errorf("%s: verdict %s on\n%s", analysis, result.Verdict, wrong)
			}
			_, unservable, _ := newFaulty(t, "unservable", engine).ask(t.Context(), analysis, body)
			if question.Servable(compare.Reply{Status: 200, Body: []byte(unservable)}) == nil {
				t.Errorf("%s: servable is\n%s", analysis, unservable)
			}
		}
	}
}

func TestFaults_AWrongLeastSetIsProvenWrong(t *testing.T) {
	engine := api.Handler(api.Config{})
	for _, analysis := range []string{"blocking-sets", "quorums"} { // that a set does not split takes a search to prove
		_, right, _ := newFaulty(t, "", engine).ask(t.Context(), analysis, ring)
		_, wrong, _ := newFaulty(t, "wrong", engine).ask(t.Context(), analysis, ring)
		result := compare.Prepare(compare.Question{Analysis: analysis, Body: []byte(ring)}).Compare(
			compare.Reply{Status: 200, Body: []byte(right)}, compare.Reply{Status: 200, Body: []byte(wrong)}, compare.KindRust)
		if result.Verdict != compare.VerdictCandidateWrong {
			t.Errorf("%s: verdict %s on\n%s", analysis, result.Verdict, wrong)
		}
	}
}

// numbers is an answer without what differs from call to call.
func numbers(answer string) string {
	var fields map[string]any
	_ = json.Unmarshal([]byte(answer), &fields)
	for name, value := range fields {
		if part, is := value.(map[string]any); is {
			delete(part, "execution_time_ms")
			delete(part, "engine")
		}
		if strings.HasSuffix(name, "_time_ms") || name == "engine" {
			delete(fields, name)
		}
	}
	text, _ := json.Marshal(fields)
	return string(text)
}

func FuzzReadFaults(f *testing.F) {
	f.Add("slow 35s 0.2\nerror 0.1 # x\ntimeout 1 analysis=quorums\ngone\nwrong 1\nunservable 0.5\nseed 7\n")
	f.Add("timeout 1m 1e-3 analysis=")
	f.Add("seed \x00\nslow")
	f.Fuzz(func(t *testing.T, text string) {
		list, _, err := readFaults(text)
		if err != nil && (!strings.HasPrefix(err.Error(), "line ") || !strings.Contains(err.Error(), "want") && !strings.Contains(err.Error(), "twice")) {
			t.Fatalf("an error that does not help: %v", err)
		}
		for _, one := range list {
			if !(one.share >= 0 && one.share <= 1) || one.after < 0 || one.after > longestFault || one.kind == faultSlow && one.after == 0 {
				t.Fatalf("read %+v", one)
			}
		}
	})
}

func FuzzAlteredJSON(f *testing.F) {
	f.Add([]byte(`{"min_size":1,"example_set":["a"],"node":{"topTierSize":3},"symmetric_top_tier":null}`))
	f.Add([]byte(`{"top_tier":[],"top_tier_size":1e999,"sets":3}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for kind, change := range faultChanges {
			if out := alteredJSON(body, change); json.Valid(body) && !json.Valid(out) {
				t.Fatalf("%s made %q of %q", kind, out, body)
			}
		}
	})
}
