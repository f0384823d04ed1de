// Package console is the operations API: what was compared, who is wrong, the
// ledger of the primary's defects, and how far the two sides agree. It reads the
// store and changes nothing.
//
//	GET /api/v1/exchanges          ?verdict= metric= analysis= level= scan= source= since= until= open= limit=
//	GET /api/v1/exchanges/ID       ?bodies=true
//	GET /api/v1/disagreements      ?state= verdict= metric= analysis= exchange= limit=
//	GET /api/v1/defects            ?state= metric= analysis= exchange= limit=
//	GET /api/v1/defects/ID
//	GET /api/v1/agreement          ?since= by= source= threshold=
//
//	mux.Handle("/api/v1/", console.API(store, console.Config{}))
//
// Lists are objects with one member of that name, the newest first. An error is a
// problem of RFC 9457, which names the parameter that is wrong and what is
// allowed. Commands print the same JSON: NewExchange, NewDisagreement and
// MeasureAgreement are theirs too.
//
// Vocabulary: a defect is a disagreement in which the primary is proven wrong; it
// is open until a person approves it, for a time. Evidence counts scans,
// agreement counts exchanges.
//
// Reading order: api.go, parameters.go, problem.go; exchange.go and
// disagreement.go (how they are written), agreement.go, span.go.
package console
