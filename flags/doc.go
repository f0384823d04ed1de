// Package flags says how far the operators allow Understudy to go.
//
// Four OpenFeature flags are read from a local flag file in flagd's format, with environment
// variables above it. Each is a ceiling, never a target: raising one never makes the candidate
// serve more than the stage of the rollout allows, lowering one acts on the next request.
//
//	flag                             environment variable                   default  meaning
//	understudy.mode                  UNDERSTUDY_FLAG_MODE                   auto     auto; hold: no promotion; dry_run: decide but serve 0; off: serve 0 and mirror 0
//	understudy.enabled               UNDERSTUDY_FLAG_ENABLED                true     the kill switch: false serves 0
//	understudy.mirror_percent        UNDERSTUDY_FLAG_MIRROR_PERCENT         100      percent of exchanges the candidate is asked about, 0 to 100
//	understudy.serve_ceiling_percent UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT  100      the most percent of scans the candidate may answer, 0 to 100
//
// A flag file is taken whole or not at all. A file that is missing, empty, broken, or says anything
// Understudy does not understand (an unknown understudy.* flag, a variant of the wrong type or out
// of range, a rule naming a variant that is not there) never replaces good values: they stay, and
// State turns stale. When a file is configured but none was ever good, the serve ceiling is 0,
// whatever the environment says, until one is. A flag whose state is DISABLED counts as absent and
// has its default; to throw the kill switch set its defaultVariant, not its state.
//
// A tiny example:
//
//	f, err := flags.New(ctx, flags.Config{File: "understudy.flagd.json"})
//	...
//	defer f.Close()
//	v := f.Evaluate(ctx, flags.Context{ScanKey: scan, Analysis: "top-tier"}) // once per scan and question
//	if v.Enabled && v.Mode == flags.ModeAuto { ... }
//	f.Current()                                                             // the values without a scan, a few nanoseconds
//
// Vocabulary: an override is a value from the environment; a rule is flagd targeting (JsonLogic)
// that picks a variant by scan key and attributes; the generation counts the good files so far and
// travels with the flags, so that one answer never mixes two files.
//
// Read values.go (what a flag is), config.go, flags.go (the door), evaluate.go, source.go (the
// file and its watcher), then check.go and rules.go (what makes a file good).
//
// The flagd provider keeps one goroutine per Flags for the life of the process (its event loop
// ranges over a channel that nothing closes) and logs a few lines of its own to standard error
// through zap, which cannot be configured.
package flags
