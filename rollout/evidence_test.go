package rollout_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"understudy/rollout"
)

func TestEvidence_PassesAtTheNumbersOfScansTheDesignNames(t *testing.T) {
	tests := []struct {
		q                    float64
		disagreements, scans int
	}{{0.05, 0, 65}, {0.05, 1, 126}, {0.01, 0, 328}, {0.01, 1, 640}}
	for _, test := range tests {
		first := test.disagreements
		for rollout.Evidence(test.disagreements, first, test.q) < rollout.Enough {
			first++
		}
		if first != test.scans {
			t.Errorf("q %v with %d disagreements passes first at %d scans, want %d", test.q, test.disagreements, first, test.scans)
		}
	}
}

func TestStop_SpeaksAfterAFewDisagreementsAndNeverOnCleanScans(t *testing.T) {
	if d := rollout.Stop(0, 100_000); d >= 1 {
		t.Errorf("clean scans give %v, want below 1", d)
	}
	if d := rollout.Stop(2, 400); d >= rollout.Enough {
		t.Errorf("2 of 400, the rate of the null, give %v", d)
	}
	if d := rollout.Stop(4, 100); d < rollout.Enough {
		t.Errorf("4 of 100 give %v, want a stop", d)
	}
}

// exact evaluates the formula as it is printed, with 200 bits.
func exact(k, n int, null float64, rates []float64) float64 {
	power := func(base *big.Float, exponent int) *big.Float {
		result := precise(1)
		for range exponent {
			result.Mul(result, base)
		}
		return result
	}
	sum := precise(0)
	for _, t := range rates {
		odds := new(big.Float).Quo(precise(t), precise(null))
		rest := new(big.Float).Quo(new(big.Float).Sub(precise(1), precise(t)), new(big.Float).Sub(precise(1), precise(null)))
		sum.Add(sum, new(big.Float).Mul(power(odds, k), power(rest, n-k)))
	}
	value, _ := sum.Quo(sum, precise(float64(len(rates)))).Float64()
	return value
}

func precise(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }

func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*math.Max(a, b) || math.Max(a, b) < 1e-300
}

func TestEvidence_AndStop_AreTheFormulaAsPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 2000).Draw(t, "n")
		k := rapid.IntRange(0, min(n, 60)).Draw(t, "k")
		q := rapid.Float64Range(0.0001, 0.9).Draw(t, "q")
		if got, want := rollout.Evidence(k, n, q), exact(k, n, q, []float64{0.01 * q, 0.03 * q, 0.1 * q, 0.3 * q}); !near(got, want) {
			t.Fatalf("evidence is %v, want %v", got, want)
		}
		if got, want := rollout.Stop(k, n), exact(k, n, 0.005, []float64{0.01, 0.02, 0.05, 0.1}); !near(got, want) {
			t.Fatalf("stop is %v, want %v", got, want)
		}
	})
}

func TestEvidence_GrowsWithCleanScansAndShrinksWithDisagreements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5000).Draw(t, "n")
		k := rapid.IntRange(0, min(n-1, 300)).Draw(t, "k")
		q := rapid.Float64Range(0.001, 0.5).Draw(t, "q")
		here := rollout.Evidence(k, n, q)
		if more := rollout.Evidence(k, n+1, q); more < here {
			t.Fatalf("one more clean scan lowers %v to %v", here, more)
		}
		if worse := rollout.Evidence(k+1, n, q); worse > here {
			t.Fatalf("one more disagreement raises %v to %v", here, worse)
		}
		stop := rollout.Stop(k, n)
		if better := rollout.Stop(k, n+1); better > stop {
			t.Fatalf("one more clean scan raises the stop from %v to %v", stop, better)
		}
		if worse := rollout.Stop(k+1, n); worse < stop {
			t.Fatalf("one more disagreement lowers the stop from %v to %v", stop, worse)
		}
	})
}

// reaches is the share of runs in which the statistic is Enough after any of
// the first scans, when each scan disagrees at the rate.
func reaches(rate float64, statistic func(k, n int) float64) float64 {
	const runs, scans = 2000, 1500
	random := rand.New(rand.NewPCG(1, 2))
	reached := 0
	for range runs {
		k := 0
		for n := 1; n <= scans; n++ {
			if random.Float64() < rate {
				k++
			}
			if statistic(k, n) >= rollout.Enough {
				reached++
				break
			}
		}
	}
	return float64(reached) / runs
}

func TestEvidence_AndStop_SeldomSpeakUnderTheirNullHoweverOftenOneLooks(t *testing.T) {
	t.Parallel()
	const most = 1.0/20 + 0.015 // three standard deviations of 2,000 runs
	for _, q := range []float64{0.05, 0.01} {
		statistic := func(k, n int) float64 { return rollout.Evidence(k, n, q) }
		if got := reaches(q, statistic); got > most {
			t.Errorf("at rate %v a gate of %v passes in %v of runs", q, q, got)
		}
		if got := reaches(q/10, statistic); got < 0.9 {
			t.Errorf("at rate %v a gate of %v passes in %v of runs only", q/10, q, got)
		}
	}
	if got := reaches(0.005, rollout.Stop); got > most {
		t.Errorf("at the rate of its null the stop comes in %v of runs", got)
	}
	if got := reaches(0.06, rollout.Stop); got < 0.99 {
		t.Errorf("at 6 %% the stop comes in %v of runs only", got)
	}
}

func TestEvidence_SaysNothingWhereTheArgumentsMakeNoSense(t *testing.T) {
	for _, args := range []struct {
		k, n int
		q    float64
	}{{-1, 10, 0.05}, {0, -1, 0.05}, {11, 10, 0.05}, {0, 10, 0}, {0, 10, 1}, {0, 10, -1}, {0, 10, math.NaN()}, {0, 10, math.Inf(1)}, {0, 0, 0.05}} {
		if got := rollout.Evidence(args.k, args.n, args.q); got != 1 {
			t.Errorf("%+v gives %v, want 1", args, got)
		}
	}
}

func FuzzEvidence(f *testing.F) {
	f.Add(0, 65, 0.05)
	f.Add(math.MaxInt, math.MaxInt, 0.999)
	f.Add(0, math.MaxInt, math.SmallestNonzeroFloat64)
	f.Add(1, math.MaxInt, math.NaN())
	f.Fuzz(func(t *testing.T, k, n int, q float64) {
		for name, got := range map[string]float64{
			"evidence": rollout.Evidence(k, n, q), "stop": rollout.Stop(k, n),
			"lower": rollout.WilsonLower(k, n), "upper": rollout.WilsonUpper(k, n),
		} {
			if math.IsNaN(got) || math.IsInf(got, 0) || got < 0 {
				t.Errorf("%s of %d, %d, %v is %v", name, k, n, q, got)
			}
		}
	})
}

func ExampleEvidence() {
	fmt.Println(rollout.Evidence(0, 64, 0.05) >= rollout.Enough)
	fmt.Println(rollout.Evidence(0, 65, 0.05) >= rollout.Enough)
	// Output:
	// false
	// true
}
