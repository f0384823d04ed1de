package store

import (
	"context"
	"database/sql"
	"fmt"
)

const (
	exchangeColumns = `id, at, source, scan, client, scan_repeat, scan_mixed, scan_overlong,
		analysis, level, merge_by, case_digest, served_by, reason, outcome, verdict, skip, note, nodes, size_class,
		primary_status, primary_failure, primary_latency, candidate_status, candidate_failure, candidate_latency,
		path, content_type, request_body, primary_body, candidate_body`

	insertExchange = `INSERT INTO exchanges (` + exchangeColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	insertMetric = `INSERT INTO metrics (exchange_id, position, name, outcome, verdict, primary_value, candidate_value)
		VALUES (?, ?, ?, ?, ?, ?, ?)`

	insertRuling = `INSERT INTO rulings (exchange_id, metric_position, position, verdict, class, finding, proof_kind, sentence, proof)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// Record stores one exchange. It returns once the exchange is on the disk.
func (s *Store) Record(ctx context.Context, e Exchange) error {
	return s.RecordBatch(ctx, []Exchange{e})
}

// RecordBatch stores exchanges and what they show about disagreements, all or nothing, and waits
// for the disk once: it is many times faster than a Record each. An ID that is stored already is
// left as it is and counts nowhere a second time, so a call whose end is uncertain may be repeated.
func (s *Store) RecordBatch(ctx context.Context, exchanges []Exchange) error {
	if len(exchanges) == 0 {
		return nil
	}
	for _, e := range exchanges {
		if err := e.check(); err != nil {
			return err
		}
	}
	entries, bodies, err := s.gather(ctx, exchanges)
	if err != nil {
		return explain("record exchanges", err)
	}
	return explain("record exchanges", s.write(ctx, entries, bodies))
}

// entry is a whole exchange with the digests of the bodies that are kept.
type entry struct {
	Exchange
	refs references
}

func (s *Store) write(ctx context.Context, entries []entry, bodies bodySet) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, r := range entries {
			known, err := exists(ctx, tx, `SELECT 1 FROM exchanges WHERE id = ?`, r.ID)
			if err == nil && !known {
				err = s.insert(ctx, tx, r, bodies)
			}
			if err != nil {
				return fmt.Errorf("exchange %s: %w", r.ID, err)
			}
		}
		return nil
	})
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, r entry, bodies bodySet) error {
	for _, digest := range r.refs.all() {
		if err := s.insertBody(ctx, tx, digest, bodies[digest]); err != nil {
			return fmt.Errorf("body %s: %w", digest, err)
		}
	}
	e := r.Exchange
	if _, err := tx.ExecContext(ctx, insertExchange, e.ID, e.At.UnixNano(), e.Source, e.Scan, e.Client, e.Repeat, e.Mixed, e.Overlong,
		e.Analysis, e.Level, e.MergeBy, e.Case, e.ServedBy, e.Reason, e.Outcome, e.Verdict, e.Skip, e.Note, e.Nodes, e.SizeClass,
		e.Primary.Status, e.Primary.Failure, int64(e.Primary.Latency),
		e.Candidate.Status, e.Candidate.Failure, int64(e.Candidate.Latency), e.Path, e.ContentType,
		r.refs.request, r.refs.primary, r.refs.candidate); err != nil {
		return err
	}
	for i, m := range e.Metrics {
		if err := insertWithRulings(ctx, tx, e.ID, i, m); err != nil {
			return fmt.Errorf("metric %s: %w", m.Name, err)
		}
	}
	return sight(ctx, tx, e)
}

func insertWithRulings(ctx context.Context, tx *sql.Tx, exchange string, position int, m Metric) error {
	if _, err := tx.ExecContext(ctx, insertMetric, exchange, position, m.Name, m.Outcome, m.Verdict, m.Primary, m.Candidate); err != nil {
		return err
	}
	for i, r := range m.Rulings {
		if _, err := tx.ExecContext(ctx, insertRuling, exchange, position, i,
			r.Verdict, r.Class, r.Finding, r.ProofKind, r.Sentence, text(r.Proof)); err != nil {
			return fmt.Errorf("ruling %s: %w", r.Verdict, err)
		}
	}
	return nil
}
