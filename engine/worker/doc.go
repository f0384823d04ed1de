// Package worker runs analyses in child processes and looks after those
// processes, so that an analysis that runs out of memory, crashes or does not
// end takes nothing with it but itself.
//
//	pool, err := worker.New(worker.Config{Command: []string{exe, "engine-worker"}})
//	err = pool.Start(ctx)                         // children are up
//	client := &http.Client{Transport: pool}       // the sidecar's embedded candidate
//	err = http.Serve(listener, pool)              // or an engine of its own
//	err = pool.Close(ctx)
//
// and in the child, before anything else starts:
//
//	err := worker.Serve(context.Background(), handler)
//
// # One request
//
//	caller --admit--> queue (64) --a free slot--> child --> answer --> caller
//	          |         |                           |
//	        full: 503   waited too long: 503        ended: 502, overran: 504
//	        poisonous: 422
//
// A slot is one place for a child: it starts the child, hands it one request
// at a time, notices its end and starts the next one. A slot without a living
// child takes none. Who says by the header Priority of RFC 9218 that nobody
// waits for the answer (urgency 4 to 7; 3 is meant where nothing is said) goes
// when nobody else is waiting; among equals whoever waited longest goes first.
// The places of the queue are the same for all.
//
// A worker that holds more memory than it may is killed (memory.go), and so is
// one that overruns its deadline or gives no answer of HTTP. A network that two
// workers died of is poisonous: what is asked about it is refused without a
// worker, with the header [RefusedHeader], for an hour (poison.go).
//
// Whatever happens to a worker, the caller gets an HTTP response, problem
// details of RFC 9457 with the pool's own word for it; only a caller that
// goes away gets an error, its own. The answer is read whole before it is
// handed on: a child that dies in the middle of it is a 502, never a
// truncated 200.
//
// # How parent and child hold on to each other
//
// Each child inherits one end of a socket pair, the control socket, and
// nothing else. For each request the parent makes another socket pair and
// sends one end of it through the control socket (SCM_RIGHTS); HTTP/1.1 is
// spoken over the other. So no file name is involved, there is no path that
// could be too long or left behind, and nobody else can connect. When the
// parent is gone, however it went, the control socket reads EOF and the child
// ends; on Linux it has been killed by its parent-death signal by then.
//
// # Vocabulary
//
// alive: the child has said that it is ready, and has not ended. busy: it
// holds a request. waiting: the slot has no child and backs off. ended because:
// see [Reason]. A request is untouched when no byte of it reached a child; it
// goes to the next free one.
//
// Read config.go, pool.go, transport.go and priority.go (the caller's side),
// slot.go and backoff.go (the life of a slot), child.go, exchange.go, control.go,
// serve.go (in the child), memory.go and supervise.go (what it may hold),
// poison.go and network.go (what it is not asked).
package worker
