// Package chaos breaks things on purpose and counts what clients notice: it sends
// a mixed load through a running sidecar while a fault is in force, and holds each
// answer to the one that a direct connection to the primary gives.
//
//	questions, err := chaos.Questions(1)
//	primary, err := chaos.StartPrimary(questions, scanner) // answers recorded once
//	run := chaos.Run{Length: time.Second, Primary: primary, Launch: launch}
//	for _, fault := range chaos.Faults() {
//		row, err := run.Row(ctx, fault)
//		row.On.Differences // 0, or row.On.First shows an exchange whole
//	}
//	chaos.Markdown(w, rows)
//
// # What counts as a difference
//
// Status, every header but the two of Understudy, the bytes of the body, trailers,
// and how the connection ended must be those of the direct answer. Three things are
// allowed beside that, each only where the row says so:
//
//	stage full   an answer of the candidate, if comparing it with the primary's says
//	             that the two agree or that the primary's is proven wrong
//	rescue       where the primary failed: an answer of the candidate that agrees
//	             with one that is known to be right
//	refusing     where no descriptor is left: a connection that ends without a byte
//
// A primary that gives no answer at all (refused, or reset before a byte) can't be
// passed on: there Understudy's own 502 stands for it.
//
// # Vocabulary
//
// A Fault is what is broken, and how. A Target is the sidecar it is done to. A fault
// strikes when it has really done something (a process killed, a byte of garbage
// sent): a row whose fault never struck proves nothing, and is an error. A row runs
// the load with the mirror off, then with the fault, then with the mirror off again,
// so that what is added is seen against the same machine at the same time.
//
// Reading order: exchange.go, ask.go, compare.go (what a difference is), questions.go,
// primary.go, load.go, target.go, fault.go, run.go, table.go; then the faults:
// workers_linux.go, answers.go, storage.go, flags.go, scrape.go, clock.go,
// descriptors_linux.go, failing.go; insist.go, which keeps a candidate in service that
// the breaker would take out of it.
package chaos
