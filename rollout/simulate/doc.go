// Package simulate plays a rollout in virtual time: the machine, the windows and
// the breaker of production against a candidate that is described in a few
// numbers. People plan with it, and tests prove with it what the numbers of the
// policy are worth.
//
//	report, err := simulate.Run(ctx, simulate.Config{
//		Policy: rollout.DefaultPolicy(), Candidate: simulate.DefaultCandidate(),
//		Days: 30, Runs: 1000, Seed: 1,
//	}, nil)
//	report.Stage(rollout.Full).Days.Median // 9.1
//
// What is simulated is the candidate and the clock, nothing else. Scans come at
// even distances, their calls one second after the other. A candidate that is up
// passes its self-tests; one that is down fails them and answers nobody. Each run
// has its own random numbers, so the result depends on the seed and not on how many
// cores there are.
//
// Everything but a clean execution is played, each at its time. Clean ones, passed
// self-tests and idle ticks are left out where nothing can depend on them, and a
// test compares all outcomes with those of runs in which none is left out.
//
// Words: a run is one rollout from its beginning to the end of Config.Days, or
// until it is stopped or aborted, for then it waits for a person. A trip by chance
// is one at a time at which no described rate is above the limit of its trigger.
//
// Reading order: candidate.go, simulate.go, run.go, scan.go, call.go, quiet.go,
// down.go, probe.go, evidence.go, outcome.go, report.go, quantile.go, text.go,
// plot.go.
package simulate
