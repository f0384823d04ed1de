// Package proxy is the data plane: it answers the backend's requests with the
// primary's answers, shows copies of them to the candidate, and lets the
// candidate answer as far as the dials allow. Whatever becomes of the candidate,
// the client gets what the primary said.
//
//	client                                                     primary
//	  |  any path        .---------------- forward --------------> |
//	  |----------------->|  byte for byte, streaming                |
//	  |                  |<--------------------------------------- '
//	  |  /analyze/NAME   |
//	  |----------------->|  scan key -> dials -> treatment
//	  |                  |     |
//	  |                  |     |  outside the serve share        inside it
//	  |                  |     |  shadow: stream, with a tee     serve: read whole, ask both,
//	  |                  |     |  on request and answer          or (stage complete) the candidate
//	  |<-----------------|     |         |                                |
//	  |  the answer      |     |         v                                v
//	                           |   mirror queue (bounded,          contest: servable, and agrees or
//	                           |   drops and counts)               is proven right, in time? else
//	                           |         |                         the primary's answer goes out
//	                           |         v                                |
//	                           |   mirror worker: ask the candidate       |
//	                           |         |                                |
//	                           |         '------------> job <-------------'
//	                           |                         |  compare, breaker, metrics
//	                           |                         |
//	                           |                         |-- undecided --> arbiter queue (bounded)
//	                           |                         |<--- settled --------'
//	                           |                         v
//	                           |                  record queue (bounded) -> Recorder
//	                           '--- the breaker is one of the dials
//
// Beside it one goroutine does side work, only while nothing is done for a
// client: it asks the candidate again about a sample of families, with all their
// sets (deep), and both sides about variations of the last real network. Both end
// in job, and are no executions for the breaker.
//
// While the breaker is half-open the same goroutine asks the candidate again what
// had opened it, and replays what is stored where no client comes.
//
// A self-test asks the candidate now and then what is known, so that a candidate
// that is gone is noticed without any client.
//
// Every eligible exchange leaves one record: what was not compared is recorded
// with the reason.
//
// # Transparency
//
// Method, path, query, headers, bodies, trailers and 1xx answers pass as they
// came, and the two headers HeaderServedBy and HeaderExchange are added to
// answers under /analyze/. The client's Host is passed on too, because a request
// that meets Understudy on its way must look to the primary as it looked to the
// client; Config.RewriteHost sends the primary's own name instead, for a primary
// behind an ingress that routes by name. No Via and no X-Forwarded-For is added;
// those that the client sent stay. What net/http does to every message remains:
// header names come in canonical spelling and sorted order, headers of one hop
// (Connection and what it lists, Keep-Alive, Te but for trailers) end here, the
// reason phrase is the standard one, and a 304 carries no Content-Length.
//
// Two settings of the server matter: DisableGeneralOptionsHandler, so that
// "OPTIONS *" passes too, and no WriteTimeout shorter than an analysis.
//
// # Vocabulary
//
// A scan is the burst of questions about one network, the unit that is treated
// alike. An exchange is one question with the answers to it. An execution is one
// call of the candidate, which the breaker hears of. Bodies are held while an
// exchange lasts, and Config.HeldBytes bounds them all.
//
// Reading order: proxy.go, call.go, forward.go, tee.go and hold.go (capture),
// scanbook.go and scan.go, queue.go and mirror.go, serve.go and contest.go,
// job.go, candidate.go, breaker.go, selftest.go, arbiter.go, exchange.go,
// strip.go and raw.go (what is kept of a request), omit.go and record.go,
// traffic.go, side.go, deep.go, variation.go, probe.go and replay.go, verdicts.go and metrics.go.
package proxy
