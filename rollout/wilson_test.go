package rollout_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"understudy/rollout"
)

func TestWilson_GivesThePublishedIntervals(t *testing.T) {
	// Newcombe 1998, "Two-sided confidence intervals for the single proportion",
	// table I, method 3.
	tests := []struct {
		successes, n int
		lower, upper float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}}
	for _, test := range tests {
		lower, upper := rollout.WilsonLower(test.successes, test.n), rollout.WilsonUpper(test.successes, test.n)
		if math.Abs(lower-test.lower) > 5e-5 || math.Abs(upper-test.upper) > 5e-5 {
			t.Errorf("%d of %d is %.4f to %.4f, want %.4f to %.4f", test.successes, test.n, lower, upper, test.lower, test.upper)
		}
	}
}

func TestWilson_HoldsTheShareAndIsItsOwnMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1_000_000).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		lower, upper, share := rollout.WilsonLower(k, n), rollout.WilsonUpper(k, n), float64(k)/float64(n)
		if !(0 <= lower && lower <= share && share <= upper && upper <= 1) {
			t.Fatalf("%d of %d is %v to %v", k, n, lower, upper)
		}
		if mirrored := 1 - rollout.WilsonUpper(n-k, n); math.Abs(lower-mirrored) > 1e-12 {
			t.Fatalf("%d of %d: lower %v, from the failures %v", k, n, lower, mirrored)
		}
	})
}

func TestWilson_AllIsPossibleWhereNothingIsKnown(t *testing.T) {
	for _, counts := range [][2]int{{0, 0}, {1, 0}, {-1, 5}, {6, 5}, {0, -1}} {
		if lower, upper := rollout.WilsonLower(counts[0], counts[1]), rollout.WilsonUpper(counts[0], counts[1]); lower != 0 || upper != 1 {
			t.Errorf("%v is %v to %v, want 0 to 1", counts, lower, upper)
		}
	}
}
