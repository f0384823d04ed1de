package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/bench/peers"
	"understudy/bench/report"
	"understudy/bench/rows"
)

// fakeAnswer makes this test program play bin/understudy; its value is what it prints.
const fakeAnswer = "UNDERSTUDY_BENCH_FAKE"

func TestMain(m *testing.M) {
	if answer := os.Getenv(fakeAnswer); answer != "" {
		fmt.Print(answer)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// scripted gives one outcome after another, the last one for ever.
type scripted struct {
	outcomes []peers.Outcome
	asked    int
	limit    time.Duration // of the last question
}

func (s *scripted) Ask(_ context.Context, _ peers.Question, limit time.Duration) peers.Outcome {
	s.limit = limit
	outcome := s.outcomes[min(s.asked, len(s.outcomes)-1)]
	s.asked++
	return outcome
}

func after(wall time.Duration, answer rows.Answer) peers.Outcome {
	return peers.Outcome{Status: peers.Solved, Answer: answer, Wall: wall, Best: wall, Solve: wall / 2, Runs: 1, Algorithm: "bnb"}
}

func row(want rows.Answer) rows.Row {
	network := &rows.Network{Name: "X", Set: rows.Family, Request: []byte(`{"nodes":[]}`)}
	return rows.Row{Network: network, Analysis: rows.Splitting, Want: want, Compared: true}
}

func TestAsk_RepeatsShortQuestionsAndTakesTheMedian(t *testing.T) {
	peer := &scripted{outcomes: []peers.Outcome{after(30*time.Millisecond, "2"), after(10*time.Millisecond, "2"), after(20*time.Millisecond, "2")}}
	got := (&runner{repeat: 3}).ask(t.Context(), peer, peers.Question{}, time.Minute)
	if got.Wall != 20*time.Millisecond || got.Best != 10*time.Millisecond || got.Solve != 5*time.Millisecond || got.Runs != 3 {
		t.Errorf("%+v", got)
	}
}

func TestAsk_AsksOnceWhatTakesLongOrIsNotSolved(t *testing.T) {
	for _, outcome := range []peers.Outcome{after(2*time.Second, "2"), {Status: peers.Unsolved, Wall: time.Millisecond}} {
		peer := &scripted{outcomes: []peers.Outcome{outcome}}
		if got := (&runner{repeat: 3}).ask(t.Context(), peer, peers.Question{}, time.Minute); peer.asked != 1 || got.Runs != 1 {
			t.Errorf("%s: asked %d times", outcome.Status, peer.asked)
		}
	}
}

func TestAsk_AnswersThatChangeAreAFailure(t *testing.T) {
	peer := &scripted{outcomes: []peers.Outcome{after(time.Millisecond, "2"), after(time.Millisecond, "3")}}
	got := (&runner{repeat: 3}).ask(t.Context(), peer, peers.Question{}, time.Minute)
	if got.Status != peers.Failed || !strings.Contains(got.Detail, "2 first and 3 then") {
		t.Errorf("%+v", got)
	}
}

func TestMeasure_AsksTheEngineThatDidNotAnswerAndTheCoreWhereTheScannerDiffers(t *testing.T) {
	var other string
	second := &scripted{outcomes: []peers.Outcome{after(1, "2")}}
	core := &scripted{outcomes: []peers.Outcome{after(1, "4")}}
	r := &runner{
		field: &field{
			ours:    &scripted{outcomes: []peers.Outcome{after(1, "2")}},
			other:   func(algorithm string) peer { other = algorithm; return second },
			scanner: &scripted{outcomes: []peers.Outcome{after(1, "4")}},
			core:    core,
		},
		repeat: 1, folder: t.TempDir(), log: t.Output(),
	}
	results, err := r.measure(t.Context(), []rows.Row{row("")})
	if err != nil {
		t.Fatal(err)
	}
	got := results[0]
	if other != "bnb" || got.Verdict(peers.Ours) != report.Right || got.Verdict(peers.RustScanner) != report.OfCore || core.asked != 1 {
		t.Errorf("other engine than %q; ours %s, scanner %s", other, got.Verdict(peers.Ours), got.Verdict(peers.RustScanner))
	}
	if got.Verdict(peers.FBASAnalyzer) != report.NotAsked {
		t.Errorf("a peer that is not there was %s", got.Verdict(peers.FBASAnalyzer))
	}
}

func TestMeasure_AsksAboutAFamilyWithALimitOfItsOwnAndNotTheSecondEngine(t *testing.T) {
	ours, native := &scripted{outcomes: []peers.Outcome{after(1, "270")}}, &scripted{outcomes: []peers.Outcome{after(1, "270")}}
	scanner := &scripted{outcomes: []peers.Outcome{after(1, "129")}}
	core := &scripted{outcomes: []peers.Outcome{{Status: peers.Unsolved}}}
	r := &runner{
		field: &field{
			ours: ours, native: native, scanner: scanner, core: core,
			other: func(string) peer { t.Error("the second engine was asked"); return ours },
		},
		limit: time.Second, familyLimit: time.Minute, repeat: 1, folder: t.TempDir(), log: t.Output(),
	}
	question := row("")
	question.Analysis = rows.AllSplitting
	results, err := r.measure(t.Context(), []rows.Row{question})
	if err != nil {
		t.Fatal(err)
	}
	if ours.limit != time.Minute || core.limit != time.Minute || native.limit != time.Second || scanner.limit != time.Second {
		t.Errorf("limits: ours %s, core %s, native %s, scanner %s", ours.limit, core.limit, native.limit, scanner.limit)
	}
	if got := results[0]; got.Verdict(peers.Ours) != report.Right || got.Verdict(peers.RustScanner) != report.Unchecked {
		t.Errorf("ours %s, scanner %s; it answers about a core that ours did not finish", got.Verdict(peers.Ours), got.Verdict(peers.RustScanner))
	}
}

func TestMeasure_EndsWithItsContextAndKeepsWhatIsMeasured(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ours := &scripted{outcomes: []peers.Outcome{after(1, "2")}}
	r := &runner{field: &field{ours: ours}, repeat: 1, folder: t.TempDir(), log: writerFunc(func() { cancel() })}
	results, err := r.measure(ctx, []rows.Row{row("2"), row("2"), row("2")})
	if err == nil || len(results) != 1 {
		t.Errorf("%d results (%v), want the first one and an error", len(results), err)
	}
}

// writerFunc is called at each line.
type writerFunc func()

func (f writerFunc) Write(line []byte) (int, error) { f(); return len(line), nil }

func TestOtherEngine_IsBranchAndBoundOnlyWhereSATAnswered(t *testing.T) {
	for algorithm, want := range map[string]string{"gophersat": "bnb", "sat+branching": "bnb", "bnb": "gophersat", "": "gophersat"} {
		if got := otherEngine(peers.Understudy{}, algorithm).(peers.Understudy).Engine; got != want {
			t.Errorf("after %q: %s, want %s", algorithm, got, want)
		}
	}
}

func TestParse_FlagsBeatTheEnvironment(t *testing.T) {
	env := map[string]string{"BENCH_LIMIT": "2s", "BENCH_FAMILY_LIMIT": "1m", "BENCH_COMPARE": "published", "BENCH_PEERS": "native", "BENCH_ROWS": "family", "UNDERSTUDY_SHARED_DATA": "data"}
	c, err := parse([]string{"-date", "2026-11-23", "-limit", "3s"}, func(name string) string { return env[name] }, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if c.familyLimit != time.Minute || c.compare != "published" {
		t.Errorf("%+v", c)
	}
	if c.limit != 3*time.Second || !slices.Equal(c.peers, []peers.Name{peers.FBASAnalyzer}) || c.rows != "family" || c.shared != "data" || c.repeat != 3 {
		t.Errorf("%+v", c)
	}
}

func TestParse_NamesTheFlagThatIsOutOfRange(t *testing.T) {
	for flag, value := range map[string]string{"limit": "soon", "family-limit": "2h", "repeat": "0", "peers": "python", "date": "today"} {
		args := []string{"-date", "2026-11-23", "-" + flag, value}
		if _, err := parse(args, func(string) string { return "" }, t.Output()); err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("-%s %s: error %v, want one that names it", flag, value, err)
		}
	}
}

// benchIn runs the whole program on some generated rows with this test program in the place of ours.
func benchIn(t *testing.T, folder, answer string, args ...string) int {
	t.Helper()
	t.Setenv(fakeAnswer, answer)
	t.Setenv("GORACE", "atexit_sleep_ms=0") // else the race detector keeps each process for a second
	args = append([]string{"-date", "2026-11-23", "-binary", os.Args[0], "-out", folder, "-peers", "none", "-rows", "G14F1/splitting"}, args...)
	return bench(t.Context(), args, func(string) string { return "" }, t.Output())
}

func TestBench_WritesTheReportAndRendersItAgain(t *testing.T) {
	folder := t.TempDir()
	if code := benchIn(t, folder, `{"min_size":8,"execution_time_ms":1}`); code != exitOK {
		t.Fatalf("exit code %d, want %d", code, exitOK)
	}
	first := read(t, filepath.Join(folder, "report.md"))
	for _, want := range []string{"G14F1/splitting", "published networks are left out", "scanner was not asked", "1 of 1 rows"} {
		if !strings.Contains(first, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if code := benchIn(t, folder, "not asked", "-render", filepath.Join(folder, resultsFile)); code != exitOK {
		t.Fatalf("render: exit code %d, want %d", code, exitOK)
	}
	if second := read(t, filepath.Join(folder, "report.md")); second != first {
		t.Error("rendered again it is another report")
	}
}

func TestBench_ExitsWith1WhenARowOfTheBenchmarkIsNotSolved(t *testing.T) {
	if code := benchIn(t, t.TempDir(), `{"min_size":8,"complete":false}`); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
}

func TestBench_ReportsAnUnfinishedFamilyAndExitsWith0(t *testing.T) {
	folder := t.TempDir()
	code := benchIn(t, folder, `{"min_size":8,"total_sets":-1,"complete":false}`, "-rows", "G13F1/splitting-sets", "-compare", "published")
	if code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
	got := read(t, filepath.Join(folder, "report.md"))
	for _, want := range []string{"0 of 1 families", "Not finished: G13F1/splitting-sets", "these rows only: published"} {
		if !strings.Contains(got, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

func TestBench_ExitsWith2ForAFlagItDoesNotKnow(t *testing.T) {
	if code := benchIn(t, t.TempDir(), "{}", "-fast"); code != exitUsage {
		t.Errorf("exit code %d, want %d", code, exitUsage)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
