//go:build race

package simulate

// fewRuns of each scenario: the race detector makes them ten times slower.
const fewRuns = 10
