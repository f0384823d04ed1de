package store

import (
	"context"
	"database/sql"
	"fmt"
)

const (
	insertBody = `INSERT INTO bodies (digest, size, data) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING`

	insertExchange = `INSERT INTO exchanges (` + exchangeColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`

	insertMetric = `INSERT INTO metrics (exchange_id, position, name, outcome, primary_value, candidate_value)
		VALUES (?, ?, ?, ?, ?, ?)`

	exchangeColumns = `id, at, scan, client, scan_repeat, scan_mixed, scan_overlong,
		analysis, level, merge_by, case_digest, served_by, reason, outcome, note, nodes,
		primary_status, primary_failure, primary_latency, candidate_status, candidate_failure, candidate_latency,
		path, content_type, request_body, primary_body, candidate_body`
)

// Record stores one exchange. It returns once the exchange is on the disk.
func (s *Store) Record(ctx context.Context, e Exchange) error {
	return s.RecordBatch(ctx, []Exchange{e})
}

// RecordBatch stores exchanges, all or none, and waits for the disk once: it is many times faster
// than a Record each. An ID that is stored already is left as it is, so a call whose end is
// uncertain may be repeated.
func (s *Store) RecordBatch(ctx context.Context, exchanges []Exchange) error {
	if len(exchanges) == 0 {
		return nil
	}
	for _, e := range exchanges {
		if e.ID == "" || e.At.IsZero() {
			return fmt.Errorf("record exchange %q: it has no ID or no time", e.ID)
		}
	}
	bodies, err := s.gather(ctx, exchanges)
	if err != nil {
		return explain("record exchanges", err)
	}
	return explain("record exchanges", s.write(ctx, bodies, exchanges))
}

func (s *Store) write(ctx context.Context, bodies bodySet, exchanges []Exchange) (err error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer rollback(tx, &err)
	if err := insertBodies(ctx, tx, bodies); err != nil {
		return err
	}
	if err := insertExchanges(ctx, tx, exchanges); err != nil {
		return err
	}
	return tx.Commit()
}

func insertBodies(ctx context.Context, tx *sql.Tx, bodies bodySet) error {
	for digest, b := range bodies {
		if b.data == nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, insertBody, digest, b.size, b.data); err != nil {
			return fmt.Errorf("body %s: %w", digest, err)
		}
	}
	return nil
}

func insertExchanges(ctx context.Context, tx *sql.Tx, exchanges []Exchange) error {
	for _, e := range exchanges {
		inserted, err := insertOne(ctx, tx, e)
		if err == nil && inserted {
			err = insertMetrics(ctx, tx, e)
		}
		if err != nil {
			return fmt.Errorf("exchange %s: %w", e.ID, err)
		}
	}
	return nil
}

// insertOne says false for an exchange that was stored before, with its metrics.
func insertOne(ctx context.Context, tx *sql.Tx, e Exchange) (bool, error) {
	kept := e.keepsBodies()
	result, err := tx.ExecContext(ctx, insertExchange, e.ID, e.At.UnixNano(), e.Scan, e.Client, e.Repeat, e.Mixed, e.Overlong,
		e.Analysis, e.Level, e.MergeBy, e.Case, e.ServedBy, e.Reason, e.Outcome, e.Note, e.Nodes,
		e.Primary.Status, e.Primary.Failure, int64(e.Primary.Latency),
		e.Candidate.Status, e.Candidate.Failure, int64(e.Candidate.Latency), e.Path, e.ContentType,
		reference(kept, e.RequestBody), reference(kept, e.PrimaryBody), reference(kept, e.CandidateBody))
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows > 0, err
}

func insertMetrics(ctx context.Context, tx *sql.Tx, e Exchange) error {
	for i, m := range e.Metrics {
		if _, err := tx.ExecContext(ctx, insertMetric, e.ID, i, m.Name, m.Outcome, m.Primary, m.Candidate); err != nil {
			return fmt.Errorf("metric %s: %w", m.Name, err)
		}
	}
	return nil
}
