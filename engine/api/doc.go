// Package api is the scanner API over HTTP, answered by the engine: what the
// backend of a network explorer asks on each scan, and the optional fields that
// Understudy adds.
//
//	handler := api.Handler(api.Config{Version: "1.0.0"})
//	err := worker.Serve(ctx, handler)     // each worker process serves one
//
//	POST /analyze/{top-tier, symmetric-top-tier, quorums, blocking-sets,
//	               splitting-sets, full, network}
//	GET  /health
//
// A body is decoded to a [Question]; its Answer method asks the engine and
// forms the answer; Encode writes it. The handler does nothing else, and a
// command that prints an answer uses the same three.
//
// # Vocabulary
//
// An answer that the time ended says complete: false, with a total of -1 where
// the sets were not counted; an answer that would say nothing at all is
// [ErrNothing], 504 on the wire. Errors are problem details of RFC 9457: 400
// not JSON, 413 too large, 415 a content encoding, 422 with the field that is
// wrong and what is allowed, 501 an analysis that is not built yet, 504.
//
// Read question.go, answer.go, analyze.go, handler.go, problem.go.
package api
