// Package api is the scanner API over HTTP, answered by the engine: what the
// backend of a network explorer asks on each scan, and the optional fields that
// Understudy adds.
//
//	handler := api.Handler(api.Config{Version: "1.0.0"})
//	err := worker.Serve(ctx, handler)     // each worker process serves one
//
//	POST /analyze/{top-tier, symmetric-top-tier, quorums, blocking-sets,
//	               splitting-sets, history-critical, full, network,
//	               data-quality}
//	GET  /health
//
// A body is decoded to a [Question]; its Answer method asks the engine and
// forms the answer; Encode writes it. The handler does nothing else, and a
// command that prints an answer uses the same three.
//
// # Vocabulary
//
// Beside nodes and organizations a request may say
//
//	merge_by      none (default), organization, country, isp, or field:NAME
//	faulty_nodes  public keys; only blocking-sets and network look at them
//	include_sets, max_sets     list whole families in the answer
//	semantics     rust (default), python or raw: see [engine.AllSemantics]
//	clean         true: clean the network first and say what was done (cleaning)
//	minimum       true: a least set alone; the family is not counted, total -1
//	engine        auto (default), bnb or gophersat: how a least set is found
//	timeout_ms    at most the deadline of Config
//
// field:NAME merges nodes whose attribute NAME, as sent, is the same string,
// number or boolean. A node where it is absent, null, empty, an object or an
// array is in no group and stands for itself; names are not cleaned.
//
// An answer that ended early says complete: false and why (stopped_by), with a
// total of -1 where the sets were not counted. Its least size is exact where
// lower_bound is equal to it, and a yes or no that was not decided is null. Even
// the trivial best, the set of everything that blocks, is an answer; one that would
// say nothing at all is [ErrNothing], 504 on the wire, or [ErrTooLarge], 413, which
// more time would not mend. Other errors are problem details of RFC 9457 too: 400
// not JSON, 413 too large, 415 a content encoding, 422 with the field that is wrong
// and what is allowed.
//
// Read question.go, answer.go, analyze.go with family.go, whole.go and quality.go
// (one method for each answer), handler.go, problem.go.
package api
