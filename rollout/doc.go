// Package rollout decides how far the candidate may go: which share of scans it
// answers and which share it is only shown. It is pure: no clock, no store, no
// network, and nothing of the other packages.
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
// Evidence and Stop are the statistics behind gates and stops, the Wilson bounds
// what a dashboard shows beside a share.
//
// Reading order: stage.go, dials.go, decide.go, evidence.go, wilson.go.
package rollout
