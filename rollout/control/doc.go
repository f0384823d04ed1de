// Package control keeps a rollout going: it is the one goroutine that steps the
// machine of package rollout, and all that the machine must not know stands
// here, which is clocks, the store, metrics and people.
//
//	inbox := control.NewInbox()
//	b := breaker.New(breaker.Config{Policy: policy, Hooks: inbox.Hooks()})
//	c, err := control.Start(ctx, control.Config{Policy: policy, Inbox: inbox, Breaker: b, Store: store, ...})
//	...
//	c.Position().Dials(now)   // for each scan: one atomic load
//	c.Do(ctx, rollout.Hold{}) // what a person asks for
//	c.Close(ctx)
//
// The breaker is made first and needs its hooks then, so they lead to an Inbox,
// which the controller reads from.
//
// # What comes in
//
// Everything comes over bounded channels: what the breaker says, what people ask
// for, that flags have changed, and ticks. Whoever sends never waits, but people
// do, for their answer. A hook that finds no room is lost, and the next tick sees
// by the breaker's snapshot what it has become. A tick asks for what came in
// since the last one, in the background; a timer makes a cooldown and an override
// end on the second.
//
// # What is in force, and what is stored
//
// A step raises when a greater share, a higher stage or the normal condition
// comes of it. What raises is saved first and is in force after. All else is in
// force at once and saved after, and tried again at each tick until it is, so a
// trip waits for nobody. As long as the last save or the last measure failed,
// nothing is promoted and no time counts as soak.
//
// A save is one transaction of the state and the sealed records of its changes.
// When somebody else was there first, theirs stands, and what was not saved yet
// is stepped again on it; of a tick nothing is, because the next one measures
// from there. A save that answers an error though it was done is known by its
// records when the next one meets them.
//
// Between a raise that is being saved and its end lowering events go on: they are
// in force at once, and are stepped again on top of the raise.
//
// # Vocabulary
//
// An event is pending until its changes are stored. The journal is what is on its
// way into the store. To steer is to set the breaker by the position.
//
// Reading order: config.go, inbox.go, control.go, take.go, journal.go,
// conflict.go, saved.go, tick.go, heal.go, status.go, tell.go, metrics.go.
package control
