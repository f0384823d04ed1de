package engine

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/engine/fbas"
	"understudy/internal/precondition"
)

// TestBenchmark_AnswersAreThoseOfOthersByEveryMethod asks for the rows of
// python-fbas's benchmark whose networks are at hand. The solver can't be
// stopped, so that it gets the smaller networks only.
func TestBenchmark_AnswersAreThoseOfOthersByEveryMethod(t *testing.T) {
	t.Parallel()
	file, err := os.Open(precondition.SharedData(t, "benchmark", "prototype-answers.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const nodesForTheSolver = 24
	answers := map[Method]int{}
	var spent time.Duration
	for _, row := range rows[1:] {
		network := benchmarkNetwork(t, row[0])
		for _, method := range Methods {
			if method == MethodGophersat && len(network.Nodes) > nodesForTheSolver {
				continue
			}
			start := time.Now()
			if got := benchmarkAnswer(t, network, row[1], method); got != row[2] {
				t.Errorf("%s %s by %s: %s, want %s", row[0], row[1], method, got, row[2])
			}
			if method == MethodAuto {
				spent += time.Since(start)
			}
			answers[method]++
		}
	}
	if answers[MethodAuto] < 147 {
		t.Errorf("only %d rows", answers[MethodAuto])
	}
	t.Logf("rows answered: %v; by auto in %v", answers, spent.Round(time.Millisecond))
}

func benchmarkNetwork(t *testing.T, name string) *fbas.Network {
	t.Helper()
	data, err := os.ReadFile(precondition.SharedData(t, "benchmark", "networks", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return readNetwork(t, string(data))
}

// benchmarkAnswer is an answer as the table has it.
func benchmarkAnswer(t *testing.T, network *fbas.Network, analysis string, method Method) string {
	t.Helper()
	s, err := Prepare(network, SemanticsRaw)
	if err != nil {
		t.Fatal(err)
	}
	var r Family
	o := Options{Minimum: true, Method: method}
	switch {
	case analysis == "intersection":
		r, err := s.Intersection(t.Context(), o)
		if err != nil || !r.Complete {
			t.Fatalf("%+v (%v)", r, err)
		}
		return strconv.FormatBool(r.Intersects)
	case strings.HasPrefix(analysis, "blocking"):
		r, err = s.MinimalBlockingSets(t.Context(), o)
	default:
		var splitting SplittingResult
		splitting, err = s.MinimalSplittingSets(t.Context(), o)
		r = splitting.Family
	}
	if err != nil || !r.Complete {
		t.Fatalf("%s by %s: %+v (%v)", analysis, method, r, err)
	}
	if r.Outcome == NoSet {
		return "none"
	}
	return strconv.Itoa(r.MinSize)
}
