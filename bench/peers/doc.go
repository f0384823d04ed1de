// Package peers asks programs about networks and takes the time: this project's own binary, the Rust scanner's service, and the native
// fbas_analyzer. It takes each of them as it is, from outside.
//
//	understudy := peers.Understudy{Binary: "bin/understudy", Engine: "auto", Semantics: "raw"}
//	outcome := understudy.Ask(ctx, question, 10*time.Second)
//
// An outcome is solved when the whole answer was there within the limit; what takes longer is ended, by the number of its process group, and
// counts as unsolved. Whether the answer is right is not asked here (report).
//
// Read peer.go for questions and outcomes, process.go for running a command against the clock, then understudy.go, native.go, and scanner.go with
// service.go.
package peers
