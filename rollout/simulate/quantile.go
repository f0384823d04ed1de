package simulate

import (
	"encoding/json"
	"math"
	"slices"
)

// Number is a measurement that may not exist: NaN, written as null in JSON.
// Infinity says that it did not happen within the simulated time; it is null too.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON implements json.Unmarshaler; null becomes NaN.
func (n *Number) UnmarshalJSON(data []byte) error {
	value := math.NaN()
	if string(data) != "null" {
		if err := json.Unmarshal(data, &value); err != nil {
			return err
		}
	}
	*n = Number(value)
	return nil
}

// Known reports whether there is a number.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

var inf = math.Inf(1)

// Spread is where the middle and the end of some measurements lie.
type Spread struct {
	Median Number `json:"median"`
	P95    Number `json:"p95"`
	Most   Number `json:"most"`
}

// spread sorts values. What never happened is infinite, and counts as such: a
// median over those runs alone that came far would flatter.
func spread(values []float64) Spread {
	slices.Sort(values)
	return Spread{Median: quantile(values, 0.5), P95: quantile(values, 0.95), Most: quantile(values, 1)}
}

// quantile is the least of the sorted values that a share q of them does not
// exceed (the inverse of the empirical distribution, Hyndman and Fan's type 1):
// a value that was seen, so infinity needs no rule of its own.
func quantile(sorted []float64, q float64) Number {
	if len(sorted) == 0 {
		return Number(math.NaN())
	}
	i := int(math.Ceil(q*float64(len(sorted))-1e-9)) - 1
	return Number(sorted[min(max(i, 0), len(sorted)-1)])
}
