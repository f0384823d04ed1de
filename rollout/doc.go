// Package rollout decides how far the candidate may go: which share of scans it
// answers and which share it is only shown. It is pure: no clock, no store, no
// network, and nothing of the other packages. What keeps time, files and people
// stands around it, in control, breaker, audit and notify below this folder.
//
// # Dials
//
// Three dials bear on the share, and the safest one wins (Dials.Effective):
//
//	stage    how far the evidence has brought the candidate
//	flags    ceilings and the kill switch, in the hands of operators
//	breaker  closed, or the candidate answers nobody
//
// Decide is the one function that says who answers a scan. It looks at the
// dials and at the bucket of the scan, a stable hash of its key, so the same
// scan is treated the same way by every process that shares the salt, and
// raising a percentage only ever adds scans.
//
//	dials := rollout.Dials{Mode: rollout.ModeAuto, Enabled: true,
//		CeilingPercent: 50, MirrorPercent: 100, Stage: rollout.Shadow, BreakerClosed: true}
//	rollout.Decide(dials, salt, scanKey).Serve // false: "ceiling 50, stage shadow: serves 0"
//
// # The machine
//
// The stage moves by one function: Policy.Step takes a State and an Event and
// gives the next State with its Effects, which are Changes to be audited and
// Notices to be given.
//
//	           gate passed                      gate passed, a person
//	shadow -> canary_1 -> canary_10 -> canary_50 -> full -> complete
//	   ^         |            '- gate failed: one stage lower
//	   |         v
//	   |      tripped -> probing -> one stage lower, never below shadow
//	   |         |  ^--- failed: cooldown doubled
//	   |         '- three from a canary within a week: aborted
//	   '--------- a person resets what is stopped or aborted
//
// A State is a Position, which is audited, and the Progress towards the next
// gate, which ticks move. Replay of all Changes gives the Position again; a
// Change that is missing shows, because each begins where the one before ended.
// The evidence is counted for good, for one set of Versions: trips, demotions and
// restarts take nothing from it, another version takes all.
//
// Evidence and Stop are the statistics behind gates and stops, the Wilson bounds
// what a dashboard shows beside a share. Windows count executions for the
// triggers.
//
// Reading order: stage.go, dials.go, decide.go; policy.go, state.go, event.go,
// effect.go; step.go, tick.go, gate.go, trips.go, released.go, people.go,
// replay.go; execution.go, windows.go; evidence.go, wilson.go.
package rollout
