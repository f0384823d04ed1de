// Package store remembers what was compared and who was wrong: one row per exchange, one per metric of
// it and per ruling on that, one record per disagreement, and the bodies of the exchanges in which the
// two sides did not agree, so that a difference can be looked at and asked again later. It also keeps
// how far the rollout has come, and the audit of what brought it there.
//
// It is one SQLite file in WAL mode. A Record that returned nil has reached the disk
// (synchronous=FULL) and outlives a kill -9. Bodies are kept once each, by their SHA-256 digest,
// compressed with zstd: the questions of a scan carry the same network again and again. The SQL
// keeps to what SQLite and Postgres share, so that a second backend stays possible.
//
// A tiny example:
//
//	s, err := store.Open(ctx, "data/understudy.db")
//	...
//	defer s.Close()
//	err = s.RecordBatch(ctx, exchanges)                                    // all or nothing
//	if errors.Is(err, store.ErrFull) { ... }                               // goes on working once there is room
//	list, err := s.Exchanges(ctx, store.Filter{Open: true, Limit: 20})     // newest first, without bodies
//	one, err := s.Exchange(ctx, list[0].ID)                                // with bodies
//	ledger, err := s.Disagreements(ctx, store.DisagreementFilter{Verdict: "primary_wrong"})
//	err = s.Approve(ctx, ledger[0].ID, "ana", time.Now(), time.Time{})     // for DefaultApproval
//	done, err := s.Prune(ctx, store.Retention{MaxAge: 30 * 24 * time.Hour, MaxBodyBytes: 1 << 30, MaxOpen: 1000}, time.Now())
//	now, err := s.Rollout(ctx)
//	err = s.SaveRollout(ctx, now.Version, state, records)                  // errors.Is(err, store.ErrConflict): read again
//	lines, err := s.Audit(ctx, store.AuditFilter{Newest: true})
//	added, err := s.Evidence(ctx, store.EvidenceQuery{After: counted, Until: settled, Core: core})
//
// Vocabulary: an exchange is one request with both answers to it; a side is the primary or the
// candidate; a body is kept or not, and a kept one may be empty. Outcomes, verdicts and proofs are
// compare's words. A disagreement is one verdict on one metric of one case, and a sighting is an
// exchange that showed it. It is open until a person closes it, and again when it is seen after that; a
// defect of the primary can be approved instead, which closes it until a date, seen or not. The defects,
// open and approved, are the ledger. An open disagreement points to the first and the last exchange that
// showed it, and those keep their bodies. The rollout is one state with a version, which is saved together
// with the records of the audit that it is about, or not at all; the audit only ever grows.
//
// # Room
//
// Prune takes out what is too old or too much, in short transactions. A file that this version makes
// becomes shorter then. One that the first version made does not, because SQLite would have to write it
// anew; its free pages are used again. Beside the file Prune holds 8 MiB back, in a file that ends in
// -reserve: SQLite needs room to free room, and this is what it gets when the disk is full.
//
// Read exchange.go and disagreement.go (what is kept), open.go, migrate.go and backfill.go (the file and
// its schema), transaction.go, record.go and bodies.go, ledger.go and close.go (disagreements), filter.go
// and query.go, rollout.go and audit.go, tally.go, evidence.go, scanbook.go, spans.go and share.go (what
// the numbers say), corpus.go, prune.go, reclaim.go, vacuum.go, reserve.go and usage.go (room), errors.go.
package store
