// Package store remembers what was compared: one row per exchange, one per metric of it, and the
// bodies of the exchanges in which the two sides did not agree, so that a difference can be looked
// at and asked again later.
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
//	list, err := s.Exchanges(ctx, store.Filter{Outcome: "differ", Limit: 20}) // newest first, without bodies
//	one, err := s.Exchange(ctx, list[0].ID)                                // with bodies
//
// Vocabulary: an exchange is one request with both answers to it; a side is the primary or the
// candidate; a body is kept or not, and a kept one may be empty. Outcomes are compare's words and
// the store gives a meaning to one of them only: agree.
//
// Read exchange.go (what is kept), open.go and migrate.go (the file and its schema), record.go,
// bodies.go, query.go, errors.go.
package store
