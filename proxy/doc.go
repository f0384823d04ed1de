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
//	                           |   drops the oldest)                 is proven right, in time? else
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
// # What the candidate answers beyond its share
//
// Two flags let it, whatever the stage from shadow on; in mode off, in dry_run and
// with the kill switch thrown neither acts, and the ceiling, which bounds the
// share, has no say.
//
// Candidate-only (Allowed.CandidateOnly): what the primary lacks goes to the
// candidate directly, with reason candidate_only. That is history-critical and
// data-quality, and network beside a Python primary; it is known from
// Config.PrimaryKind and not learned from a 404. Nothing is compared or recorded,
// the breaker neither hears of it nor stands in its way, and a failure is a problem
// document: 502, 503 with Retry-After, or 504; refusals of the candidate pass.
//
// Rescue (Allowed.Rescue): where the primary fails before a byte of its answer
// went out (5xx, refused, reset, or not begun after Config.RescueAfter), a servable
// answer of the candidate goes out with reason rescue, while the breaker is closed.
// Else the client gets what the primary did. It is a contest that begins late: an
// execution for the breaker, and recorded as primary_failed.
//
// In stage complete the primary is asked only where the candidate's answer is not
// servable, and behind the client's back about Config.ReverseShadow of the scans
// (reverse.go); what comes of that is compared and recorded like a mirrored
// exchange.
//
// # Who goes first
//
// A call of the candidate carries the header Priority of RFC 9218: u=0 where a
// client waits for the answer, u=7 where none does (mirror, side work, probes,
// self-tests). The engine's queue honours it. It is in no answer and no record, and
// the primary never gets one of ours.
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
// allowed.go, rescue.go and candidateonly.go, reverse.go, job.go, candidate.go,
// breaker.go, selftest.go, arbiter.go, exchange.go, strip.go and raw.go (what is
// kept of a request), omit.go and record.go, traffic.go, side.go, deep.go,
// variation.go, probe.go and replay.go, verdicts.go and metrics.go.
package proxy
