// Package console is the operations API: what was compared, who is wrong, the
// ledger of the primary's defects, how far the two sides agree, how the rollout
// stands, and what people may do about it.
//
//	GET    /api/v1/exchanges               ?verdict= metric= analysis= level= scan= source= since= until= open= limit=
//	GET    /api/v1/exchanges/ID            ?bodies=true
//	GET    /api/v1/disagreements           ?state= verdict= metric= analysis= exchange= limit=
//	GET    /api/v1/defects                 ?state= metric= analysis= exchange= limit=
//	GET    /api/v1/defects/ID
//	GET    /api/v1/agreement               ?since= by= source= threshold=
//	GET    /api/v1/rollout
//	GET    /api/v1/rollout/explain         ?scan=
//	GET    /api/v1/rollout/history         ?limit= before= after= kind=
//	GET    /api/v1/rollout/history/verify
//	GET    /api/v1/rollout/report          Markdown, or JSON by Accept
//	POST   /api/v1/rollout/report          {reason}: enters its digest in the history
//	POST   /api/v1/rollout/promote         {reason, report}
//	POST   /api/v1/rollout/ACTION          {reason}: hold, resume, abort, reset
//	POST   /api/v1/rollout/override        {reason, percent, for}
//	DELETE /api/v1/rollout/override        ?reason=
//	POST   /api/v1/rollout/carry-over      {reason, compared, differ}
//	GET    /api/v1/openapi.json            the same in every detail
//
//	mux.Handle("/api/v1/", console.API(store, console.Config{Rollout: controller, Tokens: tokens}))
//
// Lists are objects with one member of that name, the newest first; only the
// history has its newest record last. An error is a problem of RFC 9457, which
// names the parameter or field that is wrong and what is allowed. What the machine
// refuses is a 409 with its sentence. Commands print the same JSON: NewExchange,
// NewDisagreement and MeasureAgreement are theirs too.
//
// Without tokens everybody may read, since the operations plane listens on this
// machine only, and nobody may act: each action is in the audit with a name.
//
// Vocabulary: a defect is a disagreement in which the primary is proven wrong; it
// is open until a person approves it, for a time. Evidence counts scans,
// agreement counts exchanges. The history is the audit chain; a report is the page
// a person signs, and its digest stands in the history.
//
// Reading order: api.go, access.go, keys.go and failures.go (who may), headers.go
// and hosts.go (what browsers may), parameters.go, body.go and strict.go (what is asked), problem.go; exchange.go and disagreement.go (how they
// are written), agreement.go, span.go; rollout.go, actions.go, explain.go, next.go,
// history.go; report.go, latency.go, markdown.go; openapi.go.
package console
