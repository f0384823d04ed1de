package encode_test

import (
	"context"
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/sat"
	"understudy/internal/precondition"
)

// TestBenchmark_AnswersAreThoseOfOtherMethods asks gini about the networks of
// python-fbas's benchmark. A question has two seconds: what a solver needs
// longer for, such as 16 organizations that may all change places, is to claim
// nothing wrong.
func TestBenchmark_AnswersAreThoseOfOtherMethods(t *testing.T) {
	path := precondition.SharedData(t, "benchmark", "prototype-answers.csv")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	decided := 0
	for _, row := range rows[1:] {
		q := benchmarkNetwork(t, row[0])
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		if answerIs(ctx, t, q, row[1], row[2]) {
			decided++
		} else {
			t.Logf("%s %s takes longer", row[0], row[1])
		}
		cancel()
	}
	t.Logf("%d of %d questions decided", decided, len(rows)-1)
}

func benchmarkNetwork(t *testing.T, name string) *class.Quotient {
	t.Helper()
	data, err := os.ReadFile(precondition.SharedData(t, "benchmark", "networks", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	network, err := fbas.Read(data, fbas.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return class.New(fbas.Compile(network))
}

func answerIs(ctx context.Context, t *testing.T, q *class.Quotient, analysis, answer string) (decided bool) {
	t.Helper()
	if analysis == "intersection" {
		_, status, err := encode.Intersection(ctx, q, sat.Gini)
		if wrong := map[string]sat.Status{"true": sat.Sat, "false": sat.Unsat}[answer]; err != nil || status == wrong {
			t.Fatalf("%v (%v), want %s", status, err, answer)
		}
		return status != sat.Unknown
	}
	want, err := strconv.Atoi(answer)
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range questions {
		if !strings.HasPrefix(analysis, ask.name) {
			continue
		}
		got, err := ask.ask(ctx, sample{q: q}, sat.Gini)
		if err != nil || wrongClaim(got, want) {
			t.Fatalf("%s: %+v (%v), want %d", analysis, got, err, want)
		}
		return got.Complete
	}
	t.Fatalf("no question %q", analysis)
	return false
}
