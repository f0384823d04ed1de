// Package examples makes the sample networks of this folder and holds the large one for programs that need a network at hand.
//
//	network := examples.Network(examples.DefaultConfig())
//	os.Stdout.Write(network.JSON())
//
// The vocabulary is that of the engine. A top-tier validator is one that quorums need; a watcher listens to the top tier and no
// quorum needs it; a profile is one way in which a watcher chooses whom it listens to. All names, domains and keys are invented:
// the domains end in .example, and nobody holds the secret key of any public key here.
//
// Read network.go for the shape of the data, sample.go for the large network and its top tier, watchers.go for the rest of it, small.go for
// the networks that fit on a page, almost.go for the family of networks that engines are timed on. The JSON files are written by `go run ./examples/generate` and a test holds them to that.
package examples
