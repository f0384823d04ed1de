package proxy_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/proxy"
	"understudy/rollout"
)

// burst is what the explorer's own client sends in one scan: 17 questions, no
// header that names the scan, the quorums request last. In capitals: the whole
// network; two questions are the same on purpose.
var burst = strings.Fields(`
	top-tier:ALL top-tier:org blocking-sets:org blocking-sets:org-validating splitting-sets:org top-tier:country
	blocking-sets:country blocking-sets:ALL blocking-sets:VALIDATING splitting-sets:ALL blocking-sets:country
	splitting-sets:country top-tier:isp blocking-sets:isp blocking-sets:isp-validating splitting-sets:isp quorums:ALL`)

// play sends a burst, several requests at once, and the last one last.
func (h *harness) play(network string) (servedBy map[string]int) {
	servedBy = map[string]int{}
	var mu sync.Mutex // guards servedBy
	one := func(question string) {
		analysis, body, _ := strings.Cut(question, ":")
		got := h.ask(analysis, fmt.Sprintf(`{"nodes":[],"of":%q}`, network+body))
		mu.Lock()
		defer mu.Unlock()
		servedBy[got.servedBy]++
	}
	places := make(chan struct{}, 4)
	var sent sync.WaitGroup
	for _, question := range burst[:len(burst)-1] {
		places <- struct{}{}
		sent.Go(func() { one(question); <-places })
	}
	sent.Wait()
	one(burst[len(burst)-1])
	return servedBy
}

func TestBurst_IsOneScanOf17Comparisons(t *testing.T) {
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full, rollout.Complete} {
		t.Run(stage.String(), func(t *testing.T) {
			h := start(t, setup{stage: stage})
			by := h.play("")
			want, outcome := "primary", "agree"
			if stage != rollout.Shadow {
				want = "candidate"
			}
			if stage == rollout.Complete {
				outcome = proxy.OutcomeUncompared
			}
			if by[want] != 17 {
				t.Errorf("served by %v", by)
			}
			scans, repeats := map[string]bool{}, 0
			for _, e := range h.recorded(17) {
				scans[e.Scan] = true
				if e.Repeat {
					repeats++
				}
				if e.Outcome != outcome || e.Mixed || e.Overlong {
					t.Errorf("recorded %+v", e)
				}
			}
			if len(scans) != 1 || repeats != 1 {
				t.Errorf("%d scans, %d repeats", len(scans), repeats)
			}
		})
	}
}

func TestBurst_AShareServesWholeScans(t *testing.T) {
	var mu sync.Mutex // guards now
	now := time.Now()
	h := start(t, setup{stage: rollout.Canary50, deps: func(d *proxy.Deps) {
		d.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	}})
	served, scans := 0, 20
	for i := range scans {
		by := h.play(fmt.Sprint(i))
		if by["candidate"] != 0 && by["candidate"] != 17 {
			t.Fatalf("scan %d was served by %v", i, by)
		}
		served += by["candidate"] / 17
		h.eventually("the last request has left its scan", func() bool { return h.total("requests_total") == float64(17*(i+1)) })
		mu.Lock()
		now = now.Add(20 * time.Second)
		mu.Unlock()
	}
	if served == 0 || served == scans { // one in a million
		t.Errorf("%d of %d scans were served", served, scans)
	}
}

// The question bodies of a real scan are not ours to copy; UNDERSTUDY_BODY may
// name one to measure with.
func BenchmarkProxy(b *testing.B) {
	body := strings.Repeat("x", 337_000)
	if name := os.Getenv("UNDERSTUDY_BODY"); name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		body = string(data)
	}
	h := start(b, setup{config: func(c *proxy.Config) { c.MirrorQueue = 1 << 20 }})
	for name, url := range map[string]string{"direct": h.primary.URL, "proxied": h.front.URL} {
		for _, path := range []string{"/health", "/analyze/top-tier"} {
			b.Run(name+path, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r, _ := http.NewRequest(http.MethodPost, url+path, strings.NewReader(body))
					h.do(r)
				}
			})
		}
	}
}
