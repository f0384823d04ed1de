//go:build !race

package simulate

// fewRuns of each scenario are enough to see a bound that is not kept, in half a
// minute; make simulate plays a thousand.
const fewRuns = 60
