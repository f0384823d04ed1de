package simulate

import (
	"math"
	"math/rand/v2"
)

// What a run draws numbers for: each has its own, so that it makes no difference
// to one when the others draw.
const (
	ofTraffic = iota
	ofVariations
	uses
)

// stream gives a run its own random numbers.
func stream(seed uint64, run, use int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, scatter(uint64(run*uses+use)+1)))
}

// scatter is the finalizer of SplitMix64 (Steele, Lea, Flood 2014): numbers that
// differ in one bit come to lie far apart, and no two together.
func scatter(x uint64) uint64 {
	x *= 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// until draws how many trials go well before one of probability p does not: the
// geometric distribution by inversion. Drawing the gap and not each trial is the
// same in law, and makes a run without faults nearly free.
func until(rng *rand.Rand, p float64) int {
	switch {
	case p <= 0:
		return math.MaxInt
	case p >= 1:
		return 0
	}
	gap := math.Floor(math.Log1p(-rng.Float64()) / math.Log1p(-p))
	if gap > 1e15 {
		return math.MaxInt
	}
	return int(gap)
}

// chance is true with probability p. It draws a number whatever p is, so that
// descriptions that differ in one rate see the same traffic.
func chance(rng *rand.Rand, p float64) bool { return rng.Float64() < p }
