// Package flags says how far the operators allow Understudy to go.
//
// Six OpenFeature flags come from a flag file in flagd's format, from a flagd server over gRPC, or
// from both, with environment variables above them. Each is a ceiling, never a target: raising one
// never makes the candidate serve more than the stage of the rollout allows, lowering one acts on
// the next request.
//
//	flag                                environment variable                      default  meaning
//	understudy.mode                     UNDERSTUDY_FLAG_MODE                      auto     auto; hold: no promotion; dry_run: decide but serve 0; off: serve 0 and mirror 0
//	understudy.enabled                  UNDERSTUDY_FLAG_ENABLED                   true     the kill switch: false serves 0
//	understudy.mirror_percent           UNDERSTUDY_FLAG_MIRROR_PERCENT            100      percent of exchanges the candidate is asked about, 0 to 100
//	understudy.serve_ceiling_percent    UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT     100      the most percent of scans the candidate may answer, 0 to 100
//	understudy.rescue_enabled           UNDERSTUDY_FLAG_RESCUE_ENABLED            false    the candidate may answer what the primary fails
//	understudy.history_critical_enabled UNDERSTUDY_FLAG_HISTORY_CRITICAL_ENABLED  false    the engine answers the analyses that the primary lacks
//
// Flags are taken whole or not at all. Flags that are missing, empty, broken, or say anything
// Understudy does not understand (an unknown understudy.* flag, a variant of the wrong type or out
// of range, a rule naming a variant that is not there) never replace good values: those stay, and
// State turns stale. When a source is configured but nothing from it was ever good, the serve
// ceiling is 0 and the last two flags are false, whatever the environment says, until something is.
// A flag whose state is DISABLED counts as absent and has its default; to throw the kill switch set
// its defaultVariant, not its state.
//
// With a file and a server the file holds until the server has given good flags, and never again
// after. What a server sends must hold one of the six at least: a server that has lost its own
// source sends an empty set, which would undo the kill switch.
//
// Check and Rehearse do to a text what is done to a source, and put nothing into force.
//
// A tiny example:
//
//	f, err := flags.New(ctx, flags.Config{File: "understudy.flagd.json"})
//	...
//	defer f.Close()
//	v := f.Evaluate(ctx, flags.Context{ScanKey: scan, Analysis: "top-tier"}) // for one question of a scan
//	if v.Enabled && v.Mode == flags.ModeAuto { ... }
//	f.Current()                                                             // the values without a scan, a few nanoseconds
//
// Vocabulary: an override is a value from the environment; a rule is flagd targeting (JsonLogic)
// that picks a variant by scan key and attributes; an edition is one good version of the flags: its
// generation and origin travel with it, so that one answer never mixes two.
//
// Read values.go (what a flag is), config.go, flags.go (the door), evaluate.go with memo.go and
// looks.go (when an answer may be given again); source.go with file.go, watch.go, server.go and
// edition.go (how flags come in); check.go with read.go, rules.go, schema.go and rehearse.go (what
// makes them good); state.go, change.go and metrics.go (what others get to know).
//
// The flagd provider keeps one goroutine per Flags for the life of the process (its event loop
// ranges over a channel that nothing closes) and logs a few lines of its own to standard error
// through zap, which cannot be configured.
package flags
