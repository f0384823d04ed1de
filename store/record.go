package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// statements are the inserts, prepared once on the writer's connection.
type statements struct {
	body, exchange, metric *sql.Stmt
}

const (
	insertBody = `INSERT INTO bodies (digest, size, data) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING`

	insertExchange = `INSERT INTO exchanges (` + exchangeColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`

	insertMetric = `INSERT INTO metrics (exchange_id, position, name, outcome, primary_value, candidate_value)
		VALUES (?, ?, ?, ?, ?, ?)`

	exchangeColumns = `id, at, scan, analysis, level, merge_by, case_digest, served_by, reason, outcome, nodes,
		primary_status, primary_failure, primary_latency, candidate_status, candidate_failure, candidate_latency,
		path, content_type, request_body, primary_body, candidate_body`
)

func (p *statements) prepare(ctx context.Context, db *sql.DB) error {
	for _, s := range []struct {
		into **sql.Stmt
		text string
	}{{&p.body, insertBody}, {&p.exchange, insertExchange}, {&p.metric, insertMetric}} {
		statement, err := db.PrepareContext(ctx, s.text)
		if err != nil {
			return fmt.Errorf("prepare insert: %w", err)
		}
		*s.into = statement
	}
	return nil
}

func (p *statements) close() error {
	var problems []error
	for _, s := range []*sql.Stmt{p.body, p.exchange, p.metric} {
		if s != nil {
			problems = append(problems, s.Close())
		}
	}
	return errors.Join(problems...)
}

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
	insert := statements{
		body: tx.StmtContext(ctx, s.insert.body), exchange: tx.StmtContext(ctx, s.insert.exchange),
		metric: tx.StmtContext(ctx, s.insert.metric),
	}
	for digest, b := range bodies {
		if b.data == nil {
			continue
		}
		if _, err := insert.body.ExecContext(ctx, digest, b.size, b.data); err != nil {
			return err
		}
	}
	for _, e := range exchanges {
		if err := insert.write(ctx, e); err != nil {
			return fmt.Errorf("exchange %s: %w", e.ID, err)
		}
	}
	return tx.Commit()
}

// write inserts the rows of one exchange.
func (p *statements) write(ctx context.Context, e Exchange) error {
	kept := e.keepsBodies()
	result, err := p.exchange.ExecContext(ctx, e.ID, e.At.UnixNano(), e.Scan, e.Analysis, e.Level, e.MergeBy, e.Case,
		e.ServedBy, e.Reason, e.Outcome, e.Nodes,
		e.Primary.Status, e.Primary.Failure, int64(e.Primary.Latency),
		e.Candidate.Status, e.Candidate.Failure, int64(e.Candidate.Latency), e.Path, e.ContentType,
		reference(kept, e.RequestBody), reference(kept, e.PrimaryBody), reference(kept, e.CandidateBody))
	if err != nil {
		return err
	}
	if inserted, err := result.RowsAffected(); err != nil || inserted == 0 {
		return err // stored before, with its metrics
	}
	for i, m := range e.Metrics {
		if _, err := p.metric.ExecContext(ctx, e.ID, i, m.Name, m.Outcome, m.Primary, m.Candidate); err != nil {
			return fmt.Errorf("metric %s: %w", m.Name, err)
		}
	}
	return nil
}
