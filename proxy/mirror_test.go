package proxy_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

func TestMirror_AnExchangeIsComparedAndRecorded(t *testing.T) {
	h := start(t, setup{candidate: answering("other")})
	got := h.ask("top-tier", `{"nodes":[]}`, "X-Scan-ID", "scan-1")
	e := h.recorded(1)[0]
	want := proxy.Exchange{
		ID: got.header.Get(proxy.HeaderExchange), Scan: "scan-1", Analysis: "top-tier", Level: "whole",
		ServedBy: "primary", Outcome: "differ", Path: "/analyze/top-tier", ContentType: "application/json",
	}
	if e.ID != want.ID || e.Scan != want.Scan || e.Analysis != want.Analysis || e.Level != want.Level || e.ServedBy != want.ServedBy ||
		e.Reason != "" || e.Outcome != want.Outcome || e.Path != want.Path || e.ContentType != want.ContentType {
		t.Errorf("recorded %+v", e)
	}
	if string(e.RequestBody) != `{"nodes":[]}` || string(e.PrimaryBody) != answer || string(e.CandidateBody) != "other" {
		t.Errorf("bodies are %q, %q, %q", e.RequestBody, e.PrimaryBody, e.CandidateBody)
	}
	if e.Primary.Status != 200 || e.Candidate.Status != 200 || e.Primary.Latency <= 0 || e.Candidate.Latency <= 0 {
		t.Errorf("sides are %+v, %+v", e.Primary, e.Candidate)
	}
	for _, m := range []struct {
		name   string
		labels []string
		want   float64
	}{
		{"requests_total", []string{"analysis", "top-tier", "served_by", "primary", "reason", ""}, 1},
		{"mirrored_total", []string{"analysis", "top-tier"}, 1},
		{"exchanges_total", []string{"outcome", "differ"}, 1},
		{"comparisons_total", []string{"metric", "top_tier", "outcome", "differ"}, 1},
		{"agreement_ratio", []string{"metric", "top_tier"}, 0},
		{"agreement_comparisons", []string{"metric", "top_tier"}, 1},
		{"agreement_lower_bound", []string{"metric", "top_tier"}, 0},
		{"verdicts_total", []string{"metric", "top_tier", "verdict", "undecided"}, 1},
		{"store_failing", nil, 0},
		{"request_duration_seconds", []string{"side", "candidate", "analysis", "top-tier"}, 1},
		{"request_duration_seconds", []string{"side", "primary", "analysis", "top-tier"}, 1},
		{"open_scans", nil, 1},
		{"effective_percent", []string{"dial", "serve"}, 0},
		{"effective_percent", []string{"dial", "mirror"}, 100},
		{"breaker_state", []string{"state", "closed"}, 1},
	} {
		h.counts(m.want, m.name, m.labels...)
	}
	h.counts(0, "held_bytes")
}

func TestMirror_TheCandidateSeesNoHeaderOfTheClientsAndNoQuery(t *testing.T) {
	seen := make(chan *http.Request, 1)
	h := start(t, setup{candidate: func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		seen <- r
	}})
	r, _ := http.NewRequest(http.MethodPost, h.front.URL+"/analyze/quorums?x;y", strings.NewReader("{}"))
	r.Header = http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Authorization": {"Bearer secret"}, "Cookie": {"a=b"},
		"X-Scan-Id": {"scan-1"}, "X-Forwarded-For": {"10.0.0.1"}, "User-Agent": {"node"},
	}
	h.do(r)
	got := <-seen
	if got.Method != http.MethodPost || got.RequestURI != "/analyze/quorums" || got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("the candidate saw %s %s %v", got.Method, got.RequestURI, got.Header)
	}
	for _, name := range []string{"Authorization", "Cookie", "X-Scan-Id", "X-Forwarded-For"} {
		if got.Header.Get(name) != "" {
			t.Errorf("the candidate saw %s", name)
		}
	}
	if got.UserAgent() != "understudy" {
		t.Errorf("the candidate saw agent %q", got.UserAgent())
	}
}

func TestMirror_AFullQueueDropsTheOldestCopyAndStillAnswersTheClient(t *testing.T) {
	for _, test := range []struct {
		name   string
		limit  func(*proxy.Config)
		size   int
		queued float64
	}{
		{"by count", func(c *proxy.Config) { c.MirrorQueue = 2 }, 10, 2},
		{"by bytes", func(c *proxy.Config) { c.MirrorQueueBytes = 2500 }, 1000 - len(answer), 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			release, seen := make(chan struct{}), make(chan string, 20)
			h := start(t, setup{
				candidate: func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					seen <- strings.TrimSpace(string(body))
					<-release
					answering(answer)(w, r)
				},
				config: func(c *proxy.Config) { c.MirrorWorkers = 1; test.limit(c) },
			})
			ask := func(i int) {
				if got := h.ask("top-tier", fmt.Sprintf("%*d", test.size, i)); got.status != 200 || got.body != answer {
					t.Fatalf("got %d %q", got.status, got.body)
				}
			}
			ask(0)
			h.counts(1, "mirrored_total", "analysis", "top-tier") // it holds the one worker
			for i := 1; i < 20; i++ {
				ask(i)
			}
			h.counts(17, "mirror_dropped_total", "reason", "queue_full")
			h.counts(test.queued, "mirror_queue_length")
			h.counts(2*float64(test.size+len(answer)), "mirror_queue_bytes")
			close(release)
			h.recorded(20)
			if first, second, third := <-seen, <-seen, <-seen; first != "0" || second != "18" || third != "19" {
				t.Errorf("the candidate saw %s, %s and %s, want 0, and the last two", first, second, third)
			}
			h.counts(0, "held_bytes")
		})
	}
}

func TestMirror_ACopyLargerThanTheQueueIsDroppedAlone(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	h := start(t, setup{
		candidate: func(http.ResponseWriter, *http.Request) { <-release },
		config:    func(c *proxy.Config) { c.MirrorWorkers, c.MirrorQueueBytes = 1, 1000 },
	})
	h.ask("top-tier", "1")
	h.counts(1, "mirrored_total", "analysis", "top-tier")
	h.ask("top-tier", "2")
	h.counts(1, "mirror_queue_length")
	h.ask("top-tier", strings.Repeat("3", 1000))
	h.counts(1, "mirror_dropped_total", "reason", "queue_full")
	h.counts(1, "mirror_queue_length")
}

func TestMirror_NoRoomForBodiesIsSkippedAndAnswered(t *testing.T) {
	h := start(t, setup{config: func(c *proxy.Config) { c.HeldBytes = 100 }})
	if got := h.ask("top-tier", strings.Repeat("x", 1000)); got.body != answer {
		t.Fatalf("got %q", got.body)
	}
	h.counts(1, "mirror_skipped_total", "reason", "memory")
	h.counts(0, "held_bytes")
}

func TestMirror_ALargeBodyStreamsAndIsSkipped(t *testing.T) {
	const size = 40 << 20
	for _, chunked := range []bool{false, true} {
		for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full, rollout.Complete} {
			t.Run(fmt.Sprintf("chunked %v/%s", chunked, stage), func(t *testing.T) {
				h := start(t, setup{stage: stage, primary: func(w http.ResponseWriter, r *http.Request) {
					n, err := io.Copy(io.Discard, r.Body)
					_, _ = fmt.Fprint(w, n, " ", err)
				}})
				r, _ := http.NewRequest(http.MethodPost, h.front.URL+"/analyze/full", io.LimitReader(zeros{}, size))
				if !chunked {
					r.ContentLength = size
				}
				if got := h.do(r); got.body != fmt.Sprint(int64(size), " ", error(nil)) {
					t.Errorf("the primary read %s", got.body)
				}
				h.counts(1, "mirror_skipped_total", "reason", "too_large")
				h.counts(0, "held_bytes")
			})
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestMirror_ALargeAnswerReachesTheClientAndIsSkipped(t *testing.T) {
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full, rollout.Complete} {
		t.Run(stage.String(), func(t *testing.T) {
			large := strings.Repeat("x", 9<<20)
			h := start(t, setup{stage: stage, primary: answering(large), candidate: answering("unservable")})
			if got := h.ask("full", "{}"); got.body != large {
				t.Errorf("the client got %d bytes", len(got.body))
			}
			h.counts(1, "mirror_skipped_total", "reason", "answer_too_large")
			h.counts(0, "held_bytes")
		})
	}
}

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.String()
}

func TestMirror_EncodedBodiesAreDecodedOffThePath(t *testing.T) {
	var deflated bytes.Buffer
	z := zlib.NewWriter(&deflated)
	_, _ = io.WriteString(z, answer)
	_ = z.Close()
	tests := []struct{ name, encoding, answerEncoding, request, answer, skip string }{
		{"gzip both ways", "gzip", "gzip", gzipped("{}"), gzipped(answer), ""},
		{"deflate answer", "identity", "deflate", "{}", deflated.String(), ""},
		{"unknown request encoding", "br", "", "{}", answer, "encoding"},
		{"unknown answer encoding", "", "zstd", "{}", answer, "encoding"},
		{"not gzip at all", "gzip", "", "{}", answer, "encoding"},
		{"a bomb", "gzip", "", gzipped(strings.Repeat(" ", 1<<20)), answer, "too_large"},
		{"a bomb of an answer", "", "gzip", "{}", gzipped(strings.Repeat(" ", 1<<20)), "answer_too_large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, setup{primary: func(w http.ResponseWriter, r *http.Request) {
				if body, _ := io.ReadAll(r.Body); string(body) != test.request {
					w.WriteHeader(http.StatusBadRequest)
				}
				w.Header().Set("Content-Encoding", test.answerEncoding)
				_, _ = io.WriteString(w, test.answer)
			}})
			r, _ := http.NewRequest(http.MethodPost, h.front.URL+"/analyze/top-tier", strings.NewReader(test.request))
			r.Header.Set("Content-Encoding", test.encoding)
			r.Header.Set("Accept-Encoding", "gzip") // keeps the client from decoding
			if got := h.do(r); got.body != test.answer || got.status != 200 {
				t.Fatalf("the client got %d %q", got.status, got.body)
			}
			if test.skip != "" {
				h.counts(1, "mirror_skipped_total", "reason", test.skip)
				if e := h.recorded(1)[0]; e.Outcome != "skipped" || e.Skip != test.skip {
					t.Errorf("recorded %+v", e)
				}
				return
			}
			if e := h.recorded(1)[0]; e.Outcome != "agree" || string(e.RequestBody) != "{}" || string(e.PrimaryBody) != answer {
				t.Errorf("recorded %+v", e)
			}
		})
	}
}

func TestMirror_WhateverTheCandidateDoesTheClientNeverNotices(t *testing.T) {
	hung := make(chan struct{})
	tests := []struct {
		name      string
		candidate http.HandlerFunc
		deps      func(*proxy.Deps)
		want      string // reason of a drop, or outcome
	}{
		{"it dies mid-answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "{")
			panic(http.ErrAbortHandler)
		}, nil, "candidate_failed"},
		{"it dies at once", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, "candidate_failed"},
		{"it hangs", func(http.ResponseWriter, *http.Request) { <-hung }, nil, ""},
		{"comparing panics", answering(answer), judging(judge{compare: func(_, _ compare.Reply) compare.Result { panic("boom") }}), "panic"},
		{"checking panics", answering(answer), judging(judge{servable: func(compare.Reply) error { panic("boom") }}), "panic"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, setup{candidate: test.candidate, deps: test.deps})
			for range 3 {
				if got := h.ask("top-tier", "{}"); got.status != 200 || got.body != answer || got.servedBy != "primary" {
					t.Fatalf("got %+v", got)
				}
			}
			switch test.want {
			case "":
				close(hung)
			case "panic":
				h.counts(3, "mirror_dropped_total", "reason", "panic")
			default:
				if e := h.recorded(3)[0]; e.Outcome != test.want {
					t.Errorf("recorded %+v", e)
				}
			}
		})
	}
}

func TestMirror_AnUnreachableCandidateIsRecordedAsFailed(t *testing.T) {
	h := start(t, setup{})
	h.candidate.Close()
	if got := h.ask("top-tier", "{}"); got.body != answer {
		t.Fatalf("got %+v", got)
	}
	if e := h.recorded(1)[0]; e.Outcome != "candidate_failed" || e.Candidate.Failure != "refused" {
		t.Errorf("recorded %+v", e)
	}
}

func TestMirror_ShareOfNoneAsksNobody(t *testing.T) {
	var asked atomic.Int64
	h := start(t, setup{candidate: func(http.ResponseWriter, *http.Request) { asked.Add(1) }})
	h.set(func(d *rollout.Dials) { d.MirrorPercent = 0 })
	h.ask("top-tier", "{}")
	h.ask("data-quality", "{}") // is never mirrored
	h.stop()
	if asked.Load() != 0 || h.metric("mirrored_total", "analysis", "top-tier") != 0 {
		t.Error("the candidate was asked")
	}
}

func TestMirror_ARuleMayTakeSingleRequests(t *testing.T) {
	h := start(t, setup{rule: func(scan proxy.ScanContext, d *rollout.Dials) {
		if scan.MergeBy == "isp" && scan.NodeCount == 2 {
			d.MirrorPercent = 0
		}
	}})
	h.ask("top-tier", `{"merge_by":"isp","nodes":[{},{}]}`)
	h.ask("top-tier", `{"merge_by":"isp","nodes":[{}]}`)
	h.recorded(1)
	h.counts(1, "mirror_skipped_total", "reason", "rule")
}

func TestClose_FinishesWhatTheCandidateHasAndDropsWhatWaits(t *testing.T) {
	release := make(chan struct{})
	h := start(t, setup{
		candidate: func(w http.ResponseWriter, _ *http.Request) { <-release; _, _ = io.WriteString(w, answer) },
		config:    func(c *proxy.Config) { c.MirrorWorkers = 1 },
	})
	for range 5 {
		h.ask("top-tier", "{}")
	}
	h.counts(1, "mirrored_total", "analysis", "top-tier")
	h.counts(4, "mirror_queue_length")
	var closed sync.WaitGroup
	closed.Go(func() {
		if err := h.proxy.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	h.counts(4, "mirror_dropped_total", "reason", "shutdown")
	close(release)
	closed.Wait()
	skipped := map[string]int{}
	for _, e := range h.records.all() {
		skipped[e.Skip]++
	}
	if len(skipped) != 2 || skipped[""] != 1 || skipped["shutdown"] != 4 {
		t.Errorf("recorded %v, want one compared and four dropped", skipped)
	}
	if got := h.ask("top-tier", "{}"); got.body != answer {
		t.Errorf("after Close the client got %+v", got)
	}
	h.counts(5, "mirror_dropped_total", "reason", "shutdown") // offered after Close
}

func TestClose_DropsAndCountsWhenItsTimeIsOver(t *testing.T) {
	release := make(chan struct{})
	h := start(t, setup{
		candidate: func(http.ResponseWriter, *http.Request) { <-release },
		config:    func(c *proxy.Config) { c.MirrorWorkers = 1 },
	})
	for range 5 {
		h.ask("top-tier", "{}")
	}
	h.counts(1, "mirrored_total", "analysis", "top-tier")
	h.counts(4, "mirror_queue_length")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = h.proxy.Close(ctx)
	if dropped := h.metric("mirror_dropped_total", "reason", "shutdown"); dropped != 4 {
		t.Errorf("%v dropped, want 4", dropped)
	}
	close(release)
}

// careful is a recorder that writes nothing once its context has ended.
type careful struct{ *memory }

func (c careful) RecordBatch(ctx context.Context, batch []proxy.Exchange) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.memory.RecordBatch(ctx, batch)
}

func TestClose_RecordsWhatItDropsWhenItsTimeIsOver(t *testing.T) {
	release := make(chan struct{})
	records := careful{&memory{}}
	h := start(t, setup{
		candidate: func(http.ResponseWriter, *http.Request) { <-release },
		config:    func(c *proxy.Config) { c.MirrorWorkers = 1 },
		deps:      func(d *proxy.Deps) { d.Recorder = records },
	})
	defer close(release)
	for range 50 {
		h.ask("top-tier", "{}")
	}
	h.counts(1, "mirrored_total", "analysis", "top-tier")
	h.counts(49, "mirror_queue_length")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = h.proxy.Close(ctx) // says that its time was over
	if n := len(records.all()); n != 50 {
		t.Errorf("%d of 50 exchanges recorded", n)
	}
}

// stuck is a recorder that waits for its context.
type stuck struct{ entered chan struct{} }

func (s stuck) RecordBatch(ctx context.Context, _ []proxy.Exchange) error {
	s.entered <- struct{}{}
	<-ctx.Done()
	return ctx.Err()
}

func TestRecord_ASlowStoreNeverBlocksTheMirror(t *testing.T) {
	store := stuck{entered: make(chan struct{}, 100)}
	h := start(t, setup{
		deps:   func(d *proxy.Deps) { d.Recorder = store },
		config: func(c *proxy.Config) { c.RecordQueue, c.RecordTimeout = 2, time.Hour },
	})
	h.ask("top-tier", "{}")
	<-store.entered
	for range 10 {
		h.ask("top-tier", "{}")
	}
	h.counts(11, "exchanges_total", "outcome", "agree")
	h.counts(8, "records_dropped_total")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = h.proxy.Close(ctx)
}

// refusing is a recorder that fails as long as it is full.
type refusing struct{ full *atomic.Bool }

func (r refusing) RecordBatch(context.Context, []proxy.Exchange) error {
	if r.full.Load() {
		return errors.New("store is full")
	}
	return nil
}

func TestRecord_AStoreThatFailsIsToldOfUntilItWorksAgain(t *testing.T) {
	var full atomic.Bool
	h := start(t, setup{deps: func(d *proxy.Deps) { d.Recorder = refusing{&full} }})
	if err := h.proxy.RecordError(); err != nil {
		t.Errorf("%v before anything was recorded", err)
	}
	full.Store(true)
	h.ask("top-tier", "{}")
	h.eventually("the failure is told", func() bool {
		err := h.proxy.RecordError()
		return err != nil && err.Error() == "store is full"
	})
	if h.metric("store_failing") != 1 {
		t.Error("the gauge does not rise")
	}
	full.Store(false)
	h.ask("top-tier", "{}")
	h.eventually("the failure is over", func() bool { return h.proxy.RecordError() == nil })
	if h.metric("store_failing") != 0 {
		t.Error("the gauge does not fall")
	}
}
