package proxy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"understudy/internal/precondition"
	"understudy/proxy"
	"understudy/rollout"
)

// recordedQuestion is one request of a recorded scan.
type recordedQuestion struct {
	Path, Body string
}

// recordedScan reads what the explorer's own client sent in one scan: no header
// names it, and the quorums request comes last.
func recordedScan(t *testing.T) (scan []recordedQuestion) {
	t.Helper()
	dir := precondition.SharedData(t, "recorded-scan")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(index) {
		var q recordedQuestion
		if err := json.Unmarshal(line, &q); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(dir, q.Body))
		if err != nil {
			t.Fatal(err)
		}
		q.Body = string(body)
		scan = append(scan, q)
	}
	if len(scan) != 17 || scan[16].Path != "/analyze/quorums" {
		t.Fatalf("the recorded scan has %d questions", len(scan))
	}
	return scan
}

// of gives the scan of another network: the same questions with other bytes.
func of(scan []recordedQuestion, network int) (other []recordedQuestion) {
	for _, q := range scan {
		other = append(other, recordedQuestion{q.Path, q.Body + strings.Repeat(" ", network)})
	}
	return other
}

// adapter sends scans as the explorer's client does: four requests at once, the
// quorums request when the others are answered, up to three tries of each.
type adapter struct {
	t     *testing.T
	front string
	drop  func(question, try int) bool // the client gives this try up; nil: none

	given  atomic.Int64
	waited sync.Map // name of a request that will be given up -> closed when it came

	mu      sync.Mutex // guards answers
	answers []reply
}

func (a *adapter) play(scan []recordedQuestion) {
	places := make(chan struct{}, 4)
	var sent sync.WaitGroup
	for i, q := range scan[:len(scan)-1] {
		places <- struct{}{}
		sent.Go(func() { a.ask(i, q); <-places })
	}
	sent.Wait()
	a.ask(len(scan)-1, scan[len(scan)-1])
}

// ask tries three times. A try that is given up has come to the primary whole.
func (a *adapter) ask(i int, q recordedQuestion) {
	for try := range 3 {
		r, _ := http.NewRequest(http.MethodPost, a.front+q.Path, strings.NewReader(q.Body))
		r.Header.Set("Content-Type", "application/json")
		if a.drop != nil && a.drop(i, try) {
			a.giveUp(r)
			continue
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			a.t.Error(err)
			return
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		a.mu.Lock()
		a.answers = append(a.answers, reply{res.StatusCode, res.Header, string(body), res.Header.Get(proxy.HeaderServedBy)})
		a.mu.Unlock()
		if err != nil {
			a.t.Error(err)
		}
		return
	}
}

// giveUp sends a request and leaves when the primary has it whole.
func (a *adapter) giveUp(r *http.Request) {
	ctx, leave := context.WithCancel(r.Context())
	defer leave()
	name := fmt.Sprint(a.given.Add(1))
	came := make(chan struct{})
	a.waited.Store(name, came)
	r.Header.Set("X-Given-Up", name)
	go func() { <-came; leave() }()
	if res, err := http.DefaultClient.Do(r.WithContext(ctx)); err == nil {
		_ = res.Body.Close()
		a.t.Error("answered before it was given up")
	}
}

// patient is a primary that has no answer to what will be given up.
func (a *adapter) patient(w http.ResponseWriter, r *http.Request) {
	if name := r.Header.Get("X-Given-Up"); name != "" {
		_, _ = io.Copy(io.Discard, r.Body)
		if came, ok := a.waited.LoadAndDelete(name); ok {
			close(came.(chan struct{}))
		}
		<-r.Context().Done()
		return
	}
	answering(answer)(w, r)
}

// unlike is a candidate that is wrong about splitting sets, and says the rest in
// other bytes.
func unlike(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "splitting-sets") {
		answering(`{"min_size":0}`)(w, r)
		return
	}
	answering(pretty)(w, r)
}

// allowed holds every answer to what may go out.
func (a *adapter) allowed(n int) {
	a.t.Helper()
	if len(a.answers) != n {
		a.t.Errorf("%d answers, want %d", len(a.answers), n)
	}
	for _, got := range a.answers {
		byCandidate := got.servedBy == "candidate" && got.body == pretty
		if got.status != 200 || !byCandidate && (!strings.HasPrefix(got.servedBy, "primary") || got.body != answer) {
			a.t.Errorf("a client got %+v", got)
		}
	}
}

// bursts sorts records by scan and holds each scan to one treatment.
func bursts(t *testing.T, records []proxy.Exchange) map[string][]proxy.Exchange {
	t.Helper()
	scans := map[string][]proxy.Exchange{}
	for _, e := range records {
		scans[e.Scan] = append(scans[e.Scan], e)
	}
	for key, list := range scans {
		inside, gone := 0, 0
		for _, e := range list {
			if e.ServedBy == proxy.ServedByCandidate || e.Reason != "" {
				inside++ // the serve share
			}
			if e.Skip == proxy.ReasonIncomplete {
				gone++ // given up: nobody was served
			}
			if e.Mixed || e.Overlong {
				t.Errorf("scan %s: %+v", key, e)
			}
		}
		if inside != 0 && inside != len(list)-gone {
			t.Errorf("scan %s: %d of %d requests are inside the serve share", key, inside, len(list))
		}
	}
	return scans
}

func fresh(list []proxy.Exchange) (n int) {
	for _, e := range list {
		if !e.Repeat {
			n++
		}
	}
	return n
}

func TestRecordedScan_RetriesJoinTheirScanAndCountOnce(t *testing.T) {
	scan := recordedScan(t)
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full} {
		t.Run(stage.String(), func(t *testing.T) {
			a := &adapter{t: t, drop: func(question, try int) bool {
				return question%5 == 0 && try == 0 || question == 16 && try < 2
			}}
			h := start(t, setup{stage: stage, primary: a.patient, candidate: unlike, config: light})
			a.front = h.front.URL
			a.play(scan)
			a.allowed(17)
			given := int(a.given.Load())
			scans := bursts(t, h.recorded(17+given))
			if h.stop(); len(scans) != 1 || len(h.records.all()) != 17+given {
				t.Errorf("%d scans, %d records", len(scans), len(h.records.all()))
			}
			if n := fresh(h.records.all()); n != 16 { // two questions are the same
				t.Errorf("%d questions count", n)
			}
		})
	}
}

// light keeps no bodies: a recorded scan has 2 MB of them.
func light(c *proxy.Config) { c.KeepBodies = false }

// movable is a clock for scans.
type movable struct {
	mu sync.Mutex // guards at
	at time.Time
}

func (m *movable) now() time.Time { m.mu.Lock(); defer m.mu.Unlock(); return m.at }

func (m *movable) advance(d time.Duration) { m.mu.Lock(); defer m.mu.Unlock(); m.at = m.at.Add(d) }

func TestRecordedScan_TwoBackendsBehindOneAddress(t *testing.T) {
	scan := recordedScan(t)
	for _, test := range []struct {
		name   string
		pause  time.Duration
		atOnce bool
		sizes  []int // of the bursts, where they are certain
	}{
		{name: "at the same time", atOnce: true},
		{name: "one right after the other", sizes: []int{33, 1}},
		{name: "one a pause after the other", pause: 20 * time.Second, sizes: []int{17, 17}},
	} {
		for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Canary50} {
			t.Run(test.name+" in "+stage.String(), func(t *testing.T) {
				clock := &movable{at: time.Unix(1_700_000_000, 0)}
				h := start(t, setup{stage: stage, primary: answering(answer), candidate: unlike, config: light, deps: func(d *proxy.Deps) { d.Now = clock.now }})
				one, two := &adapter{t: t, front: h.front.URL}, &adapter{t: t, front: h.front.URL}
				if test.atOnce {
					var sent sync.WaitGroup
					sent.Go(func() { one.play(scan) })
					sent.Go(func() { two.play(of(scan, 1)) })
					sent.Wait()
				} else {
					one.play(scan)
					h.eventually("the last request has left its scan", func() bool { return h.total("requests_total") == 17 })
					clock.advance(test.pause)
					two.play(of(scan, 1))
				}
				one.allowed(17)
				two.allowed(17)
				scans := bursts(t, h.recorded(34))
				if len(scans) != 2 || fresh(h.records.all()) != 32 {
					t.Errorf("%d scans with %d questions", len(scans), fresh(h.records.all()))
				}
				for _, list := range scans {
					if test.sizes != nil && len(list) != test.sizes[0] && len(list) != test.sizes[1] {
						t.Errorf("a scan of %d requests, want %v", len(list), test.sizes)
					}
				}
			})
		}
	}
}

func TestRecordedScan_ATripInItsMiddleSendsTheRestToThePrimaryAndMarksIt(t *testing.T) {
	scan := recordedScan(t)
	for _, change := range []struct {
		name  string
		dials func(*rollout.Dials)
	}{
		{"kill switch", func(d *rollout.Dials) { d.Enabled = false }},
		{"ceiling", func(d *rollout.Dials) { d.CeilingPercent = 0 }},
		{"demotion", func(d *rollout.Dials) { d.Stage = rollout.Shadow }},
		{"tripped", func(d *rollout.Dials) { d.Condition = rollout.Tripped }},
		{"dry run", func(d *rollout.Dials) { d.Mode = rollout.ModeDryRun }},
		{"mode off", func(d *rollout.Dials) { d.Mode = rollout.ModeOff }},
	} {
		t.Run(change.name, func(t *testing.T) {
			h := start(t, setup{stage: rollout.Full, primary: answering(answer), candidate: answering(pretty), config: light})
			first, then, last := &adapter{t: t, front: h.front.URL}, &adapter{t: t, front: h.front.URL}, &adapter{t: t, front: h.front.URL}
			first.play(scan[:8])
			before := h.dials
			h.set(change.dials)
			then.play(scan[8:12])
			h.set(func(d *rollout.Dials) { *d = before }) // raised again: the scan stays where it is
			last.play(scan[12:])
			for _, got := range first.answers {
				if got.servedBy != "candidate" {
					t.Errorf("before: %+v", got)
				}
			}
			for _, got := range then.answers {
				if got.body != answer || strings.HasPrefix(got.servedBy, "candidate") {
					t.Errorf("then: %+v", got)
				}
			}
			for _, got := range last.answers {
				if got.servedBy != "primary; reason=mixed" || got.body != answer {
					t.Errorf("raised again: %+v", got)
				}
			}
			h.stop()
			late := 0
			for _, e := range h.records.all() {
				if e.ServedBy == proxy.ServedByPrimary {
					late++
					if !e.Mixed {
						t.Errorf("not marked: %+v", e)
					}
				}
			}
			if late < 5 {
				t.Errorf("%d exchanges of the rest are recorded", late)
			}
		})
	}
}

func TestRecordedScan_RaisingADialInItsMiddleServesNothingOfIt(t *testing.T) {
	scan := recordedScan(t)
	for _, from := range []func(*rollout.Dials){
		func(d *rollout.Dials) { d.Stage = rollout.Shadow },
		func(d *rollout.Dials) { d.Stage = rollout.Off },
		func(d *rollout.Dials) { d.Mode = rollout.ModeOff },
		func(d *rollout.Dials) { d.Mode = rollout.ModeDryRun },
		func(d *rollout.Dials) { d.CeilingPercent = 0 },
		func(d *rollout.Dials) { d.Condition = rollout.Probing },
	} {
		h := start(t, setup{stage: rollout.Complete, primary: answering(answer), candidate: answering(pretty), config: light})
		full := h.dials
		h.set(from)
		a := &adapter{t: t, front: h.front.URL}
		a.play(scan[:5])
		h.set(func(d *rollout.Dials) { *d = full })
		a.play(scan[5:])
		for _, got := range a.answers {
			if got.body != answer {
				t.Errorf("got %+v", got)
			}
		}
		h.stop()
	}
}

func TestRecordedScan_AsMuchAsEightMiBOfAnAnswerIsHeldBack(t *testing.T) {
	const limit = 8 << 20
	for _, size := range []int{limit, limit + 1} {
		large := fmt.Sprintf("%q", strings.Repeat("x", size-2))
		h := start(t, setup{stage: rollout.Full, primary: answering(large), candidate: answering(large)})
		got := h.ask("blocking-sets", "{}")
		e := h.recorded(1)[0]
		switch {
		case got.status != 200 || len(got.body) != size:
			t.Errorf("%d bytes became %d", size, len(got.body))
		case size == limit && (got.servedBy != "candidate" || e.Outcome != "agree"):
			t.Errorf("%d bytes: served by %s, recorded %+v", size, got.servedBy, e)
		case size > limit && (got.servedBy != "primary; reason=answer_too_large" || e.Skip != "answer_too_large"):
			t.Errorf("%d bytes: served by %s, recorded %+v", size, got.servedBy, e)
		}
		h.stop()
	}
}
