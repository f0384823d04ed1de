package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"understudy/examples"
)

// What BenchmarkMirror plays to each sidecar in turn.
const (
	costRate   = 100              // requests a second, each at its time, whether or not those before it have ended
	costLength = 10 * time.Second // of one turn
	costHard   = 20               // every so often, beside them, a network that keeps a worker busy until its deadline
)

// BenchmarkMirror measures what the mirror costs a client: the same requests go
// through sidecars that mirror nothing, or everything, to workers that keep up,
// hang, or are busy on every core; in turns, so that what else the machine does
// meets all of them. The primary answers at once: what is measured is the sidecar.
// One iteration is one turn of each.
func BenchmarkMirror(b *testing.B) {
	primary := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, topTierAnswer)
	}))
	b.Cleanup(primary.Close)
	shadow := []string{"--stage", "shadow", "--variations-per-hour", "0", "--deep-sample", "0", "--workers", "2"}
	turns := []*costTurns{
		{name: "off", at: serveFor(b, primary.URL, "--stage", "off")},
		{name: "workers keep up", at: serveFor(b, primary.URL, shadow...)},
		{name: "workers hang", at: serveFor(b, primary.URL, shadow...)},
		{name: "workers at 100 % CPU", at: serveFor(b, primary.URL, shadow...), hard: true},
	}
	for _, pid := range childrenOf(b, turns[2].at.cmd.Process.Pid) {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			b.Fatal(err)
		}
	}
	load := newCostLoad(b)
	for b.Loop() {
		for _, turn := range turns {
			turn.took = append(turn.took, load.play(b, turn))
			if is := turn.at.readyz().Workers; turn.hard && is.Busy < is.Wanted {
				b.Fatalf("%d of %d workers were busy at the end of a turn", is.Busy, is.Wanted)
			}
		}
	}
	b.Logf("%d turns of each, %s at %d requests a second\n%s", len(turns[0].took), costLength, costRate, costTable(turns))
	for _, turn := range turns[1:] {
		name := strings.NewReplacer(" ", "-", "-%", "%").Replace(turn.name)
		b.ReportMetric(turn.quantile(0.99)/turns[0].quantile(0.99), name+"-p99/off")
	}
}

// costTurns are the turns of one sidecar.
type costTurns struct {
	name string
	at   *served
	hard bool              // hard networks are mirrored beside the requests that are timed
	took [][]time.Duration // of each turn, sorted
}

// quantile is the median over the turns of a quantile of the times of each, in
// milliseconds.
func (c *costTurns) quantile(q float64) float64 {
	var of []float64
	for _, turn := range c.took {
		of = append(of, turn[int(q*float64(len(turn)-1))].Seconds()*1000)
	}
	slices.Sort(of)
	return of[len(of)/2]
}

func costTable(turns []*costTurns) string {
	var b strings.Builder
	b.WriteString("| mirror | p50 ms | p99 ms | p50 / off | p99 / off |\n|---|--:|--:|--:|--:|\n")
	for _, turn := range turns {
		p50, p99 := turn.quantile(0.5), turn.quantile(0.99)
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %.2f | %.2f |\n", turn.name, p50, p99, p50/turns[0].quantile(0.5), p99/turns[0].quantile(0.99))
	}
	return b.String()
}

// costLoad is what the requests are.
type costLoad struct {
	client *http.Client
	bodies [][]byte
	r      *rand.Rand
}

func newCostLoad(tb testing.TB) *costLoad {
	transport := &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 3 * time.Second}
	tb.Cleanup(transport.CloseIdleConnections)
	return &costLoad{
		client: &http.Client{Transport: transport, Timeout: time.Minute},
		bodies: [][]byte{[]byte(threeOfFour), examples.SampleNetwork},
		r:      rand.New(rand.NewPCG(1, 1)),
	}
}

// play sends the requests of one turn and gives the times from when each was due
// until its answer was complete.
func (l *costLoad) play(tb testing.TB, to *costTurns) []time.Duration {
	tb.Helper()
	var mu sync.Mutex // guards took
	var took []time.Duration
	var group sync.WaitGroup
	start := time.Now()
	for i := range int(costLength.Seconds() * costRate) {
		due := start.Add(time.Duration(i) * time.Second / costRate)
		time.Sleep(time.Until(due))
		if to.hard && i%costHard == 0 {
			body := l.hard(tb)
			group.Go(func() { l.post(tb, to.at.data+"/analyze/quorums", body) })
		}
		group.Go(func() {
			l.post(tb, to.at.data+"/analyze/top-tier", l.bodies[i%len(l.bodies)])
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(due))
		})
	}
	group.Wait()
	slices.Sort(took)
	return took
}

func (l *costLoad) post(tb testing.TB, url string, body []byte) {
	response, err := l.client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		tb.Error(err)
		return
	}
	defer response.Body.Close()
	if got, err := io.ReadAll(response.Body); err != nil || string(got) != topTierAnswer {
		tb.Errorf("got %d %q (%v)", response.StatusCode, got, err)
	}
}

// hard is a network, another one each time, whose quorums no engine lists within
// its deadline: no two quorum sets are the same, so that no symmetry helps.
func (l *costLoad) hard(tb testing.TB) []byte {
	const nodes, members, threshold = 60, 30, 18
	names := make([]string, nodes)
	for i := range names {
		names[i] = fmt.Sprintf("node-%02d", i)
	}
	type object = map[string]any
	var list []object
	among := slices.Clone(names)
	for _, name := range names {
		l.r.Shuffle(nodes, func(i, j int) { among[i], among[j] = among[j], among[i] })
		list = append(list, object{"publicKey": name, "quorumSet": object{"threshold": threshold, "validators": slices.Clone(among[:members])}})
	}
	body, err := json.Marshal(object{"nodes": list})
	if err != nil {
		tb.Fatal(err)
	}
	return body
}
