package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// direct launches nothing: a client meets the primary itself.
func direct(_ context.Context, t *Target) (func() error, error) {
	t.Data = t.Primary.URL
	return func() error { return nil }, nil
}

func tried(t *testing.T, launch Launch, f Fault) (Row, error) {
	t.Helper()
	run := Run{Length: 60 * time.Millisecond, Primary: startRecorded(t), Launch: launch, Dir: t.TempDir(), Measure: true}
	if err := run.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	return run.Row(t.Context(), f)
}

func TestRow_AFaultThatNeverStruckIsAnErrorAndOneThatDidIsNone(t *testing.T) {
	idle := func(context.Context, *Target) (func(), error) { return func() {}, nil }
	if _, err := tried(t, direct, Fault{Name: "idle", Stage: shadow, Start: idle}); err == nil || !strings.Contains(err.Error(), "idle: the fault never struck") {
		t.Errorf("got %v", err)
	}
	row, err := tried(t, direct, Fault{Name: "busy", Stage: shadow, Start: primaryBroken})
	if err != nil || row.Strikes != 1 || row.On.Requests == 0 || row.Off.Requests == 0 || row.Differences() != 0 {
		t.Errorf("got %+v, %v", row, err)
	}
}

func TestRow_WhatTheMachineDoesNotAllowIsNoError(t *testing.T) {
	row, err := tried(t, direct, Fault{Stage: shadow, Prepare: func(context.Context, *Target) error {
		return fmt.Errorf("%w: no disk", ErrNotHere)
	}})
	if err != nil || !strings.Contains(row.Missing, "no disk") {
		t.Errorf("got %q, %v", row.Missing, err)
	}
}

func TestRow_ASidecarThatEndsBadlyIsAnError(t *testing.T) {
	broken := errors.New("it panicked")
	_, err := tried(t, func(ctx context.Context, target *Target) (func() error, error) {
		end, err := direct(ctx, target)
		if target.Stage == shadow {
			end = func() error { return broken }
		}
		return end, err
	}, Fault{Stage: shadow})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestRow_ShowsTheFirstExchangeThatDiffersWhole(t *testing.T) {
	row, err := tried(t, func(_ context.Context, target *Target) (func() error, error) {
		server := httptest.NewServer(http.HandlerFunc(with(target.Primary, meddler{header: func(h http.Header) { h.Set("Via", "1.1 proxy") }})))
		target.Data = server.URL
		return func() error { server.Close(); return nil }, nil
	}, Fault{Stage: shadow})
	if err != nil || row.Differences() == 0 {
		t.Fatalf("got %+v, %v", row, err)
	}
	text := row.First().String()
	for _, part := range []string{`header Via is ["1.1 proxy"], directly it is not there`, "--- request\nPOST /analyze/", "--- direct answer\nstatus 200", "--- answer through Understudy\nstatus 200", `"execution_time_ms"`} {
		if !strings.Contains(text, part) {
			t.Errorf("without %q:\n%s", part, text)
		}
	}
}

func TestFaults_HaveANameAReasonAndAStageEach(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range Faults() {
		key := f.Name + " " + f.Stage
		if f.Name == "" || f.Why == "" || f.Stage != shadow && f.Stage != full || seen[key] {
			t.Errorf("%+v", f)
		}
		seen[key] = true
	}
}

func TestQuestions_AreOfAllSizesAndKindsAndAlwaysTheSame(t *testing.T) {
	first, err := Questions(1)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Questions(1)
	least, most, named, unnamed, rest := 1<<30, 0, 0, 0, 0
	for i, q := range first {
		if q.String() != again[i].String() {
			t.Fatalf("number %d changes", i)
		}
		switch {
		case q.Scan == 0:
			rest++
			continue
		case q.Named:
			named++
		default:
			unnamed++
		}
		least, most = min(least, len(q.Body)), max(most, len(q.Body))
	}
	if least > 2<<10 || most < 300<<10 || most > 500<<10 || named < 20 || unnamed < 20 || rest < 20 {
		t.Errorf("%d to %d bytes; %d named, %d unnamed, %d others", least, most, named, unnamed, rest)
	}
}

func TestMarkdown_IsPutBetweenTheMarkersOfAGuide(t *testing.T) {
	took := func(ms ...int) (list []time.Duration) {
		for _, n := range ms {
			list = append(list, time.Duration(n)*time.Millisecond)
		}
		return list
	}
	var table strings.Builder
	Markdown(&table, []Row{
		{Fault: Fault{Name: "none", Stage: shadow}, Strikes: 1, On: Tally{Requests: 3, Candidate: 1, Took: took(1, 2, 3)}, Off: Tally{Took: took(1, 1, 5)}},
		{Fault: Fault{Name: "one", Stage: full}, On: Tally{Requests: 2, Took: took(1, 2)}},
		{Fault: Fault{Name: "disk full", Stage: shadow}, Missing: "not possible here"},
	})
	want := `| fault | stage | requests | by the candidate | differences | p50 | added | p99 | added |
|---|---|--:|--:|--:|--:|--:|--:|--:|
| none | shadow | 3 | 1 | 0 | 2.0 ms | +1.0 ms | 3.0 ms | -2.0 ms |
| one | full | 2 | 0 | 0 | 2.0 ms | | 2.0 ms | |
| disk full | shadow | not possible here ||||||
`
	if table.String() != want {
		t.Errorf("got\n%s", table.String())
	}
	guide := filepath.Join(t.TempDir(), "guide.md")
	if err := Replace(guide, []byte(want)); err == nil {
		t.Error("there is no guide")
	}
	for text, after := range map[string]string{
		"a\n" + begin + "\nold\n" + end + "\nb\n": "a\n" + begin + "\n" + want + end + "\nb\n",
		"no markers\n": "",
	} {
		if err := os.WriteFile(guide, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Replace(guide, []byte(want))
		if got, _ := os.ReadFile(guide); after != "" && string(got) != after || (err == nil) != (after != "") {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
}
