// Package backend plays the explorer's backend in demos and tests: it asks a
// scanner the questions of one scan, as one of the two clients that count would,
// and keeps what came back.
//
//	network, err := fbas.Read(data, fbas.DefaultLimits())
//	scan, err := backend.Facade(network)
//	answers := backend.Client{}.Play(ctx, "http://127.0.0.1:8080", scan)
//
// Vocabulary: a Scan is all the questions about one network; the facade is the
// drop-in client that names its scan and asks for merged sets; the adapter is the
// backend's own HTTP client, which names nothing and builds a small network per
// level itself.
//
// Reading order: scan.go, wire.go, facade.go, adapter.go, group.go, recorded.go,
// play.go.
package backend
