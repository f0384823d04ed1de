package rollout

import "math"

// z95 is the 97.5 % quantile of the normal distribution, for 95 % of it between
// -z95 and z95.
const z95 = 1.959963984540054

// WilsonLower is the lower end of Wilson's 95 % interval for a share of which
// `successes` of n were seen (Wilson 1927; without continuity correction, the
// method 3 of Newcombe 1998). It is for people to read on a dashboard: looked at
// again and again it is no test, which is what Evidence is for.
//
// It is in 0 to 1, and 0 when nothing was seen or the counts make no sense.
func WilsonLower(successes, n int) float64 {
	lower, _ := wilson(successes, n)
	return lower
}

// WilsonUpper is the upper end of the interval of WilsonLower: in 0 to 1, and 1
// when nothing was seen or the counts make no sense.
func WilsonUpper(successes, n int) float64 {
	_, upper := wilson(successes, n)
	return upper
}

// wilson is (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
func wilson(successes, n int) (lower, upper float64) {
	if n <= 0 || successes < 0 || successes > n {
		return 0, 1
	}
	count := float64(n)
	p, zz := float64(successes)/count, z95*z95/count
	center, half := p+zz/2, z95*math.Sqrt(p*(1-p)/count+zz/(4*count))
	lower, upper = (center-half)/(1+zz), (center+half)/(1+zz)
	// The ends at p = 0 and p = 1 are exact; rounding would leave a trace there.
	if successes == 0 {
		lower = 0
	}
	if successes == n {
		upper = 1
	}
	return lower, upper
}
