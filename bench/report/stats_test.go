package report

import (
	"math"
	"testing"
	"time"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

func TestMedian_IsTheMiddleOrTheMeanOfTheTwoInTheMiddle(t *testing.T) {
	for want, values := range map[float64][]float64{3: {9, 1, 3}, 2.5: {4, 1, 2, 3}, 7: {7}} {
		if got := median(values); got != want {
			t.Errorf("median of %v: %v, want %v", values, got, want)
		}
	}
	if got := Median([]time.Duration{4, 2}); got != 3 {
		t.Errorf("median of two durations: %d, want 3", got)
	}
}

func TestGeometricMean_OfAFactorAndItsInverseIsOne(t *testing.T) {
	if got := geometricMean([]float64{8, 0.125}); math.Abs(got-1) > 1e-12 {
		t.Errorf("%v, want 1", got)
	}
}

func TestRatios_AreOverRowsThatBothHaveSolvedRight(t *testing.T) {
	row := func(ours, theirs peers.Outcome) Result {
		return Result{
			Row:      rows.Row{Network: &rows.Network{Name: "X"}, Analysis: rows.Blocking, Want: "2"},
			Outcomes: map[peers.Name]peers.Outcome{peers.Ours: ours, peers.RustScanner: theirs},
		}
	}
	solved := func(answer rows.Answer, wall time.Duration) peers.Outcome {
		return peers.Outcome{Status: peers.Solved, Answer: answer, Wall: wall}
	}
	late := peers.Outcome{Status: peers.Unsolved, Wall: time.Minute}
	got := values(ratios([]Result{
		row(solved("2", 2), solved("2", 20)),
		row(solved("2", 2), solved("2", 4)),
		row(solved("2", 2), solved("3", 4)), // a wrong answer is no time to compare with
		row(solved("2", 2), late),
		row(late, solved("2", 2)),
	}, wallOf(peers.RustScanner)))
	if len(got) != 2 || got[0] != 2 || got[1] != 10 {
		t.Errorf("ratios %v, want 2 and 10", got)
	}
}

func TestSecondsText_HasThreeDigitsOrOneDecimal(t *testing.T) {
	for seconds, want := range map[float64]string{0.0134: "13.4 ms", 0.25: "0.25 s", 9.876: "9.88 s", 10.01: "10.0 s"} {
		if got := secondsText(seconds); got != want {
			t.Errorf("%v: %s, want %s", seconds, got, want)
		}
	}
}
