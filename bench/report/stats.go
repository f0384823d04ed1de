package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"understudy/bench/peers"
)

// median of values, which may not be empty; of an even number the mean of the two in the middle.
func median[T time.Duration | float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// Median of the times of several runs, at least one.
func Median(times []time.Duration) time.Duration { return median(times) }

func geometricMean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += math.Log(v)
	}
	return math.Exp(sum / float64(len(values)))
}

// ratio is how many times as long as ours somebody needed for a row.
type ratio struct {
	row   string
	value float64
}

// ratios compares rows that both have solved. seconds gives the other's time and whether it has solved the row.
func ratios(results []Result, seconds func(Result) (float64, bool)) []ratio {
	var all []ratio
	for _, r := range results {
		theirs, solved := seconds(r)
		if ours := r.Outcomes[peers.Ours]; solved && r.Verdict(peers.Ours).Solved() && ours.Wall > 0 {
			all = append(all, ratio{r.Row.String(), theirs / ours.Wall.Seconds()})
		}
	}
	slices.SortStableFunc(all, func(a, b ratio) int { return cmp.Compare(a.value, b.value) })
	return all
}

func values(all []ratio) []float64 {
	numbers := make([]float64, len(all))
	for i, r := range all {
		numbers[i] = r.value
	}
	return numbers
}

// wallOf gives the time of a peer that was measured in this run.
func wallOf(name peers.Name) func(Result) (float64, bool) {
	return func(r Result) (float64, bool) {
		return r.Outcomes[name].Wall.Seconds(), r.Verdict(name).Solved()
	}
}

// times are those of one peer's solved rows, ascending.
func times(results []Result, seconds func(Result) (float64, bool)) []float64 {
	var all []float64
	for _, r := range results {
		if t, solved := seconds(r); solved {
			all = append(all, t)
		}
	}
	slices.Sort(all)
	return all
}

// worst is the row that took ours longest, by time outside; nil of nothing.
func worst(results []Result) *Result {
	var longest *Result
	for i := range results {
		if longest == nil || results[i].Outcomes[peers.Ours].Wall > longest.Outcomes[peers.Ours].Wall {
			longest = &results[i]
		}
	}
	return longest
}

func sumOfWalls(results []Result) time.Duration {
	var sum time.Duration
	for _, r := range results {
		sum += r.Outcomes[peers.Ours].Wall
	}
	return sum
}
