// Package breaker keeps users away from a candidate that fails. Every execution
// is reported to it, mirrored or served, so that a fault which the mirror meets
// opens it before users do.
//
//	b := breaker.New(breaker.Config{Policy: rollout.DefaultPolicy(), Hooks: hooks})
//	run := b.Begin(scanKey, exchangeID)
//	... the candidate answers ...
//	run.End(rollout.Clean, true)
//	b.Closed() // may clients be served? one atomic load
//
// It opens by itself, at once, when a trigger speaks; Hooks.Spoke says which one
// and with what counts. Only Set takes it back: the machine of package rollout
// knows the cooldown, and for how long a trip is remembered.
//
//	closed     every trigger is asked after each thing that speaks against the candidate
//	open       mirroring goes on; nothing that ends now says anything about closing
//	half_open  the mirror probes: Policy.Probes clean executions in a row, and the suspects, which
//	           are the exchanges that opened it, must all go well; a failed or a slow one opens it
//
// An execution that ends in another state than it began in says nothing: a call
// from before the trip is no probe.
//
// # Two writers
//
// The breaker writes open, Set writes all else, and they run side by side. Whoever
// calls Set must have taken up what the hooks have told by then: a Set(Closed)
// that answers something older closes a breaker that has just opened. As Spoke
// always leads to a Set that opens it again, that lasts until its turn comes.
//
// # Vocabulary
//
// A trigger is a rule that opens the breaker; it speaks when its limits are
// reached, and its Tally is what it counted. A success is a clean or slow
// execution or a passed self-test, from which the timer of unavailability runs.
//
// Nothing here waits, starts a goroutine or reads a clock but Config.Now, so the
// same breaker runs in virtual time.
//
// Reading order: breaker.go, run.go, triggers.go, gate.go, probes.go, snapshot.go.
package breaker
