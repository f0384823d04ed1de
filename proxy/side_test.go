package proxy_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

// journal writes down which side was asked what.
type journal struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (j *journal) watch(side string, then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		j.note(side + " " + strings.TrimPrefix(r.URL.Path, "/analyze/") + " " + string(body))
		then(w, r)
	}
}

func (j *journal) note(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

func (j *journal) all() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

func bySource(list []proxy.Exchange, source string) (of []proxy.Exchange) {
	for _, e := range list {
		if e.Source == source {
			of = append(of, e)
		}
	}
	return of
}

func deepest(c *proxy.Config) { c.DeepSample = 1 }

func TestDeep_TheCandidateIsAskedAgainForAllSetsAndNobodyElse(t *testing.T) {
	var asked journal
	h := start(t, setup{primary: asked.watch("primary", answering(answer)), candidate: asked.watch("candidate", answering(answer)), config: deepest})
	got := h.ask("blocking-sets", `{"nodes":[],"max_sets":1e1}`)
	list := h.recorded(2)
	want := "primary blocking-sets {\"nodes\":[],\"max_sets\":1e1}\ncandidate blocking-sets {\"nodes\":[],\"max_sets\":1e1}\ncandidate blocking-sets {\"nodes\":[],\"max_sets\":1e1,\"include_sets\":true}"
	if asked.all() != want {
		t.Errorf("asked\n%s\nwant\n%s", asked.all(), want)
	}
	id := got.header.Get(proxy.HeaderExchange)
	if list[0].ID != id || list[0].Source != proxy.SourceLive {
		t.Errorf("recorded first: %+v", list[0])
	}
	deep := list[1]
	if deep.ID != id+"-deep" || deep.Source != proxy.SourceDeep || deep.Scan != list[0].Scan || deep.Verdict != "agree" || deep.ServedBy != "" ||
		!strings.Contains(string(deep.RequestBody), `"include_sets":true`) {
		t.Errorf("recorded second: %+v", deep)
	}
	if of := h.executions(); of != 1 {
		t.Errorf("the breaker has heard of %d executions", of)
	}
	h.counts(1, "side_exchanges_total", "source", "deep", "result", "agree")
	h.counts(1, "verdicts_total", "metric", "top_tier", "verdict", "agree")
	h.counts(0, "held_bytes")
}

func TestDeep_IsForFamiliesThatWereComparedWithoutTheirSets(t *testing.T) {
	h := start(t, setup{config: deepest})
	h.ask("top-tier", "{}")
	h.ask("quorums", `{"include_sets":true}`)
	h.ask("quorums", `[]`)
	h.stop()
	if deep := bySource(h.records.all(), proxy.SourceDeep); len(deep) != 0 {
		t.Errorf("recorded %+v", deep)
	}
	off := start(t, setup{config: func(c *proxy.Config) { c.DeepSample = 0 }})
	off.ask("quorums", "{}")
	off.stop()
	if deep := bySource(off.records.all(), proxy.SourceDeep); len(deep) != 0 {
		t.Errorf("switched off it recorded %+v", deep)
	}
}

func TestDeep_GoesBySettleToo(t *testing.T) {
	entered, gate := make(chan string, 2), make(chan struct{})
	close(gate)
	h := start(t, setup{candidate: answering("{}"), config: deepest, deps: settling(gated(entered, gate))})
	h.ask("quorums", "{}")
	for _, e := range h.recorded(2) {
		if e.Verdict != "primary_wrong" {
			t.Errorf("recorded %+v", e)
		}
	}
	h.counts(1, "side_exchanges_total", "source", "deep", "result", "primary_wrong")
}

// slowOnce blocks at the first request whose body says so until the caller goes away.
func slowOnce(mark string, begun chan<- struct{}, then http.HandlerFunc) http.HandlerFunc {
	var once sync.Once
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), mark) {
			once.Do(func() {
				close(begun)
				<-r.Context().Done()
			})
		}
		then(w, r)
	}
}

func TestDeep_GivesWayToAClientAndBeginsAgain(t *testing.T) {
	begun := make(chan struct{})
	h := start(t, setup{config: deepest, candidate: slowOnce("include_sets", begun, answering(answer))})
	h.ask("quorums", "{}")
	<-begun
	if got := h.ask("top-tier", "{}"); got.status != http.StatusOK {
		t.Errorf("got %+v", got)
	}
	h.counts(1, "side_exchanges_total", "source", "deep", "result", "interrupted")
	h.counts(1, "side_exchanges_total", "source", "deep", "result", "agree")
}

func TestDeep_CloseDropsWhatIsUnderWay(t *testing.T) {
	begun := make(chan struct{})
	h := start(t, setup{config: deepest, candidate: slowOnce("include_sets", begun, answering(answer))})
	h.ask("quorums", "{}")
	<-begun
	h.stop()
	h.counts(1, "side_exchanges_total", "source", "deep", "result", "dropped")
	h.counts(0, "held_bytes")
}

// validators is a request about a network of n Stellar keys.
func validators(n int) string {
	var nodes []string
	for i := range n {
		nodes = append(nodes, fmt.Sprintf(`{"publicKey":"G%055d"}`, i))
	}
	return `{"nodes":[` + strings.Join(nodes, ",") + `]}`
}

// varying varies a network by the seed alone, when the test says so.
func varying(ticks <-chan time.Time) func(*proxy.Deps) {
	return func(d *proxy.Deps) {
		d.VariationTicks = ticks
		d.Now = func() time.Time { return time.Unix(1_700_000_000, 0) }
		d.Vary = func(body []byte, seed uint64) ([]byte, string, error) {
			if !json.Valid(body) {
				return nil, "", fmt.Errorf("not JSON: %s", body)
			}
			return []byte(fmt.Sprintf(`{"nodes":[],"seed":%d}`, seed)), fmt.Sprintf("varied with %d", seed), nil
		}
	}
}

func TestVariation_BothSidesAreAskedOneAtATimeOnOneLevelAfterTheOther(t *testing.T) {
	var asked journal
	ticks := make(chan time.Time)
	h := start(t, setup{
		primary: asked.watch("primary", answering(answer)), candidate: asked.watch("candidate", answering(answer)), deps: varying(ticks),
	})
	h.ask("top-tier", validators(3))
	h.recorded(1)
	for i := range 5 {
		ticks <- time.Time{}
		h.recorded(1 + 4*(i+1))
	}
	var want []string
	for i, mergeBy := range []string{"none", "organization", "country", "isp", "none"} {
		for _, analysis := range []string{"top-tier", "quorums", "blocking-sets", "splitting-sets"} {
			for _, side := range []string{"primary", "candidate"} {
				want = append(want, fmt.Sprintf(`%s %s {"nodes":[],"seed":%d,"merge_by":"%s"}`, side, analysis, 1_700_000_000+i, mergeBy))
			}
		}
	}
	if _, varied, _ := strings.Cut(asked.all(), "\ncandidate top-tier "+validators(3)+"\n"); varied != strings.Join(want, "\n") {
		t.Errorf("asked\n%s\nwant\n%s", varied, strings.Join(want, "\n"))
	}
	scans := map[string]int{}
	for _, e := range bySource(h.records.all(), proxy.SourceVariation) {
		scans[e.Scan]++
		if e.Verdict != "agree" || e.ServedBy != "" || !strings.HasPrefix(e.Note, "varied with 17") || e.Primary.Status != 200 || e.Candidate.Status != 200 {
			t.Errorf("recorded %+v", e)
		}
	}
	if len(scans) != 5 || scans["variation-000000006553f100"] != 4 {
		t.Errorf("recorded by scan: %v", scans)
	}
	if of := h.executions(); of != 1 {
		t.Errorf("the breaker has heard of %d executions", of)
	}
	h.counts(20, "side_exchanges_total", "source", "variation", "result", "agree")
	h.counts(1, "mirrored_total", "analysis", "top-tier")
}

func TestVariation_WaitsUntilNoClientIsServed(t *testing.T) {
	var asked journal
	ticks, arrived, release := make(chan time.Time), make(chan struct{}), make(chan struct{})
	h := start(t, setup{
		primary: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				close(arrived)
				<-release
				asked.note("client served")
				return
			}
			asked.watch("primary", answering(answer))(w, r)
		},
		deps: varying(ticks),
	})
	h.ask("top-tier", validators(3))
	h.recorded(1)
	served := make(chan struct{})
	go func() {
		defer close(served)
		r, _ := http.NewRequest(http.MethodGet, h.front.URL+"/slow", http.NoBody)
		h.do(r)
	}()
	<-arrived
	ticks <- time.Time{}
	close(release)
	<-served
	h.recorded(5)
	if before, _, over := strings.Cut(asked.all(), "client served"); !over || strings.Contains(before, "seed") {
		t.Errorf("asked while a client was served:\n%s", asked.all())
	}
}

func TestVariation_GivesWayToAClientInTheMiddleOfACall(t *testing.T) {
	ticks, begun := make(chan time.Time), make(chan struct{})
	h := start(t, setup{primary: slowOnce("seed", begun, answering(answer)), deps: varying(ticks)})
	h.ask("top-tier", validators(3))
	h.recorded(1)
	ticks <- time.Time{}
	<-begun
	if got := h.ask("top-tier", "{}"); got.body != answer {
		t.Errorf("got %+v", got)
	}
	h.counts(1, "side_exchanges_total", "source", "variation", "result", "interrupted")
	ticks <- time.Time{}
	h.counts(4, "side_exchanges_total", "source", "variation", "result", "agree")
}

func TestVariation_NeedsANetworkOfStellarKeysAndAMirror(t *testing.T) {
	tests := map[string]struct {
		request string
		change  func(*rollout.Dials)
		config  func(*proxy.Config)
	}{
		"no network yet":        {},
		"another kind of keys":  {request: `{"nodes":[{"publicKey":"a"}]}`},
		"the mirror is shut":    {request: validators(3), change: func(d *rollout.Dials) { d.MirrorPercent = 0 }},
		"the mode is off":       {request: validators(3), change: func(d *rollout.Dials) { d.Mode = rollout.ModeOff }},
		"its request is broken": {request: `{"nodes":`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var asked journal
			ticks := make(chan time.Time)
			h := start(t, setup{primary: asked.watch("primary", answering(answer)), deps: varying(ticks)})
			if test.request != "" {
				h.ask("top-tier", test.request)
				h.recorded(1)
			}
			if test.change != nil {
				h.set(test.change)
			}
			ticks <- time.Time{}
			ticks <- time.Time{} // the first one is over
			if strings.Contains(asked.all(), "seed") {
				t.Errorf("asked\n%s", asked.all())
			}
		})
	}
}

func TestVariation_ThePythonServiceKnowsNoMergedNetworks(t *testing.T) {
	var asked journal
	ticks := make(chan time.Time)
	h := start(t, setup{
		primary: asked.watch("primary", answering(answer)), deps: varying(ticks),
		config: func(c *proxy.Config) { c.PrimaryKind = compare.KindPython },
	})
	h.ask("top-tier", validators(3))
	h.recorded(1)
	ticks <- time.Time{}
	ticks <- time.Time{}
	h.recorded(9)
	if all := asked.all(); strings.Count(all, `"merge_by":"none"`) != 8 {
		t.Errorf("asked\n%s", all)
	}
}

func TestVariation_CloseEndsItInTheMiddleOfACall(t *testing.T) {
	ticks, begun := make(chan time.Time), make(chan struct{})
	h := start(t, setup{primary: slowOnce("seed", begun, answering(answer)), deps: varying(ticks)})
	h.ask("top-tier", validators(3))
	h.recorded(1)
	ticks <- time.Time{}
	<-begun
	h.stop()
	h.counts(1, "side_exchanges_total", "source", "variation", "result", "dropped")
	h.counts(0, "held_bytes")
}
