package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"understudy/cmd/understudy/internal/backend"
	"understudy/cmd/understudy/internal/workload"
	"understudy/compare"
	"understudy/engine/fbas"
	"understudy/store"
)

// How long the workload goes on, and which networks it draws.
const (
	workloadTime = "UNDERSTUDY_WORKLOAD"      // default: 60s
	workloadSeed = "UNDERSTUDY_WORKLOAD_SEED" // default: 1
)

// drivers is how many scans are under way: enough to keep both sides busy, few
// enough for the real scanner's queue of 64.
const drivers = 2

func TestWorkload_EveryDifferenceFromTheRealScannerIsProvenToBeItsFault(t *testing.T) {
	length, seed := workloadSettings(t)
	run := startWorkload(t, seed)
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var next atomic.Uint64
	var group sync.WaitGroup
	for range drivers {
		group.Go(func() {
			for ctx.Err() == nil {
				run.scan(t.Context(), next.Add(1)-1)
			}
		})
	}
	group.Go(func() {
		for pause(ctx, time.Minute) == nil {
			t.Logf("%s", run.result())
		}
	})
	group.Wait()
	t.Logf("seed %d, %s\n%s", seed, length, run.result())
	run.verify()
}

func workloadSettings(t *testing.T) (length time.Duration, seed uint64) {
	t.Helper()
	length, seed = time.Minute, 1
	var err error
	if text := os.Getenv(workloadTime); text != "" {
		if length, err = time.ParseDuration(text); err != nil || length <= 0 {
			t.Fatalf("%s=%q: want a time such as 90s or 1h", workloadTime, text)
		}
	}
	if text := os.Getenv(workloadSeed); text != "" {
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s=%q: want a whole number", workloadSeed, text)
		}
	}
	return length, seed
}

// workloadRun is a sidecar before the real scanner, and what became of the scans.
type workloadRun struct {
	t      *testing.T
	seed   uint64
	url    string
	dir    string // networks of failures; -artifacts keeps it
	client backend.Client
	store  *store.Store

	mu    sync.Mutex // guards what follows
	tally workloadTally
	shown int // failures told in full
}

func startWorkload(t *testing.T, seed uint64) *workloadRun {
	t.Helper()
	scanner, err := startScanner(t.Context(), needScanner(t), io.Discard, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = scanner.stop(context.Background()) })
	command, err := built()
	if err != nil {
		t.Fatal(err)
	}
	// Without the race detector, for the sake of the solvers.
	t.Setenv("PATH", filepath.Dir(command)+string(os.PathListSeparator)+os.Getenv("PATH"))
	sidecar := serveFor(t, scanner.url, "--stage", "shadow", "--deep-sample", "0.2")
	from, err := store.Open(t.Context(), sidecar.store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { from.Close() })
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	t.Cleanup(transport.CloseIdleConnections)
	return &workloadRun{
		t: t, seed: seed, url: sidecar.data, dir: t.ArtifactDir(), store: from, tally: newWorkloadTally(),
		client: backend.Client{HTTP: &http.Client{Transport: transport}},
	}
}

// scan asks everything about one network and takes what became of it.
func (w *workloadRun) scan(ctx context.Context, i uint64) {
	drawn := workload.Draw(w.seed, i)
	scan, err := workloadQuestions(drawn, i)
	if err != nil {
		w.fail(drawn, "%v", err)
		return
	}
	scan.ID = fmt.Sprintf("workload-%d-%d", w.seed, i)
	for _, answer := range w.client.Play(ctx, w.url, scan) {
		if answer.Err != nil {
			w.fail(drawn, "%s: %v", answer.Path, answer.Err)
			continue
		}
		wait, cancel := context.WithTimeout(ctx, 2*time.Minute)
		e, err := recorded(wait, w.store, answer.Exchange)
		cancel()
		if err != nil {
			w.fail(drawn, "%s: exchange %s has no record: %v", answer.Path, answer.Exchange, err)
			continue
		}
		w.mu.Lock()
		wrong := w.tally.add(drawn.Kind, e)
		w.mu.Unlock()
		if wrong != "" {
			w.fail(drawn, "%s merged by %s: %s\nrequest   %s\nprimary   %s\ncandidate %s", e.Path, e.MergeBy, wrong, e.RequestBody, e.PrimaryBody, e.CandidateBody)
		}
	}
	w.mu.Lock()
	w.tally.scans++
	w.mu.Unlock()
}

// workloadQuestions are the scan of one of the two clients, in turns, the facade's now
// and then with whole families, and two questions about all nodes: those that a
// client leaves out too.
func workloadQuestions(drawn workload.Network, i uint64) (scan backend.Scan, err error) {
	network, err := fbas.Read(drawn.Request, fbas.DefaultLimits())
	if err != nil {
		return scan, err
	}
	play := []func(*fbas.Network) (backend.Scan, error){backend.Facade, backend.Facade, backend.Adapter}[i%3]
	if scan, err = play(network); err != nil {
		scan = backend.Scan{} // nobody has anything to ask, a client would not
	}
	if i%3 == 1 && !drawn.Large {
		for j, q := range scan.Questions {
			if scan.Questions[j].Body, err = withFields(q.Body, map[string]any{"include_sets": true}); err != nil {
				return scan, err
			}
		}
	}
	faulty := []string{}
	for _, n := range network.Nodes {
		if n.IsValidating != nil && !*n.IsValidating {
			faulty = append(faulty, n.PublicKey)
		}
	}
	for path, fields := range map[string]map[string]any{
		"/analyze/full":    {"merge_by": []string{"none", "organization", "country", "isp"}[i%4]},
		"/analyze/network": {"faulty_nodes": faulty},
	} {
		body, err := withFields(drawn.Request, fields)
		if err != nil {
			return scan, err
		}
		scan.Last = append(scan.Last, backend.Question{Path: path, Body: body})
	}
	return scan, nil
}

// withFields adds fields to a request.
func withFields(body []byte, more map[string]any) ([]byte, error) {
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, err
	}
	maps.Copy(fields, more)
	return json.Marshal(fields)
}

// fail tells the first failures in full and keeps their networks.
func (w *workloadRun) fail(drawn workload.Network, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tally.failures++
	const most = 20
	if w.shown++; w.shown > most {
		w.t.Fail()
		return
	}
	file := filepath.Join(w.dir, fmt.Sprintf("network-%d.json", w.shown))
	if err := os.WriteFile(file, drawn.Request, 0o600); err != nil {
		file = err.Error()
	}
	w.t.Errorf("%s (%s)\n%s\n%s", drawn.Kind, file, fmt.Sprintf(format, args...), drawn.Request)
}

func (w *workloadRun) result() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tally.String()
}

// verify holds the store to what was counted, and looks into what the sidecar
// asked on its own.
func (w *workloadRun) verify() {
	coverage, err := w.store.Coverage(w.t.Context(), time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	if coverage.Compared < w.tally.exchanges || coverage.Compared != coverage.Eligible {
		w.t.Errorf("coverage is %+v, %d exchanges were seen", coverage, w.tally.exchanges)
	}
	for _, verdict := range []compare.Verdict{compare.VerdictCandidateWrong, compare.VerdictUndecided} {
		open, err := w.store.Disagreements(w.t.Context(), store.DisagreementFilter{Verdict: string(verdict)})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, d := range open { // of deep comparisons and variations too
			w.t.Errorf("%s %s %s in exchange %s (%s): %s", d.Verdict, d.Analysis, d.Metric, d.LastExchange, d.Source, d.Sentence)
		}
	}
	if len(w.tally.classes) == 0 {
		w.t.Errorf("%d scans without a defect of the real scanner say little", w.tally.scans)
	}
}
