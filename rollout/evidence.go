package rollout

import "math"

// Enough is where a statistic of this file speaks: a gate passes at Evidence of
// Enough or more, the candidate is stopped at Stop of Enough or more. By Ville's
// inequality a process that starts at 1 and whose expectation never grows under
// the null reaches 20 with probability 1/20 at most, however often one looks.
const Enough = 20

// Evidence is how strongly k disagreeing scans of n speak against "the candidate
// disagrees at a rate of q or more", as a likelihood ratio:
//
//	E(k, n, q) = mean over t in {0.01q, 0.03q, 0.1q, 0.3q} of
//	             (t/q)^k * ((1-t)/(1-q))^(n-k)
//
// Each term is the likelihood of the data at a small rate t over that at rate q,
// so it is a martingale at rate q and a supermartingale above it, and so is the
// mean: a test by betting (Ville 1939; Shafer 2021, "Testing by betting"; Wald
// 1945 for one t). It may therefore be read after every scan, always at its
// current value.
//
// The result is in 0 to math.MaxFloat64 and never NaN. It is 1, which says
// nothing either way, when no scan was seen and when the arguments make no sense:
// a count below 0, more disagreements than scans, q not between 0 and 1.
func Evidence(disagreements, scans int, q float64) float64 {
	return mixture(disagreements, scans, q, [...]float64{0.01 * q, 0.03 * q, 0.1 * q, 0.3 * q})
}

// Stop is how strongly k disagreeing scans of n speak against "the candidate
// disagrees at a rate of 0.5 % or less":
//
//	D(k, n) = mean over t in {1 %, 2 %, 5 %, 10 %} of
//	          (t/0.005)^k * ((1-t)/0.995)^(n-k)
//
// It is the test of Evidence with the other side as its null, and treats
// arguments that make no sense in the same way.
func Stop(disagreements, scans int) float64 {
	return mixture(disagreements, scans, 0.005, [...]float64{0.01, 0.02, 0.05, 0.1})
}

// mixture is the mean, over the rates, of the likelihood at that rate over the
// likelihood at the null. It adds in logarithms, since a term alone leaves the
// range of a float64 after some 14,000 scans.
func mixture(disagreements, scans int, null float64, rates [4]float64) float64 {
	if disagreements < 0 || scans < disagreements || !(null > 0 && null < 1) {
		return 1
	}
	k, rest := float64(disagreements), float64(scans-disagreements)
	var logs [len(rates)]float64
	greatest := math.Inf(-1)
	for i, t := range rates {
		// Log1p keeps the digits of 1-t where t is tiny.
		logs[i] = rest * (math.Log1p(-t) - math.Log1p(-null))
		if k > 0 { // a null next to 0 makes t = 0, and 0^0 is 1
			logs[i] += k * (math.Log(t) - math.Log(null))
		}
		greatest = max(greatest, logs[i])
	}
	if math.IsInf(greatest, -1) { // 0^k
		return 0
	}
	sum := 0.0
	for _, l := range logs {
		sum += math.Exp(l - greatest)
	}
	return min(math.Exp(greatest+math.Log(sum/float64(len(rates)))), math.MaxFloat64)
}
