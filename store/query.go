package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

func scanExchange(row interface{ Scan(...any) error }) (Exchange, references, error) {
	var e Exchange
	var r references
	var at, primary, candidate int64
	err := row.Scan(&e.ID, &at, &e.Source, &e.Scan, &e.Client, &e.Repeat, &e.Mixed, &e.Overlong,
		&e.Analysis, &e.Level, &e.MergeBy, &e.Case, &e.ServedBy, &e.Reason, &e.Outcome, &e.Verdict, &e.Skip, &e.Note, &e.Nodes, &e.SizeClass,
		&e.Primary.Status, &e.Primary.Failure, &primary, &e.Candidate.Status, &e.Candidate.Failure, &candidate,
		&e.Path, &e.ContentType, &r.request, &r.primary, &r.candidate)
	e.At = time.Unix(0, at).UTC()
	e.Primary.Latency, e.Candidate.Latency = time.Duration(primary), time.Duration(candidate)
	return e, r, err
}

// Exchange reads one exchange with its metrics and the bodies that were kept. ErrNotFound when
// there is none.
func (s *Store) Exchange(ctx context.Context, id string) (Exchange, error) {
	var e Exchange
	err := s.view(ctx, func(tx *sql.Tx) (err error) {
		e, err = s.exchange(ctx, tx, id)
		return err
	})
	if err != nil {
		return Exchange{}, explain("read exchange "+id, err)
	}
	return e, nil
}

func (s *Store) exchange(ctx context.Context, tx *sql.Tx, id string) (Exchange, error) {
	e, refs, err := scanExchange(tx.QueryRowContext(ctx, `SELECT `+exchangeColumns+` FROM exchanges WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Exchange{}, err
	}
	for _, b := range []struct {
		into *[]byte
		from sql.NullString
	}{{&e.RequestBody, refs.request}, {&e.PrimaryBody, refs.primary}, {&e.CandidateBody, refs.candidate}} {
		if *b.into, err = s.body(ctx, tx, b.from); err != nil {
			return Exchange{}, err
		}
	}
	one := []Exchange{e}
	err = addMetrics(ctx, tx, one)
	return one[0], err
}

// Exchanges lists exchanges, the newest first, with their metrics and without bodies.
func (s *Store) Exchanges(ctx context.Context, f Filter) ([]Exchange, error) {
	where, arguments := f.where(s.now())
	var list []Exchange
	err := s.view(ctx, func(tx *sql.Tx) (err error) {
		list, err = listExchanges(ctx, tx, `SELECT `+exchangeColumns+` FROM exchanges e`+where+` ORDER BY e.at DESC, e.id DESC LIMIT ?`,
			append(arguments, limit(f.Limit)))
		if err != nil {
			return err
		}
		const chunk = 500 // SQLite bounds the arguments of a query
		for i := 0; i < len(list); i += chunk {
			if err := addMetrics(ctx, tx, list[i:min(i+chunk, len(list))]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, explain("list exchanges", err)
	}
	return list, nil
}

func listExchanges(ctx context.Context, tx *sql.Tx, query string, arguments []any) ([]Exchange, error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Exchange
	for rows.Next() {
		e, _, err := scanExchange(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// addMetrics reads the metrics of a few hundred exchanges at once, with their rulings.
func addMetrics(ctx context.Context, tx *sql.Tx, list []Exchange) error {
	if len(list) == 0 {
		return nil
	}
	index := make(map[string]*Exchange, len(list))
	ids := make([]any, len(list))
	for i, e := range list {
		index[e.ID], ids[i] = &list[i], e.ID
	}
	rows, err := tx.QueryContext(ctx, `SELECT exchange_id, name, outcome, verdict, primary_value, candidate_value
		FROM metrics WHERE exchange_id IN (`+marks(len(ids))+`) ORDER BY exchange_id, position`, ids...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var m Metric
		if err := rows.Scan(&id, &m.Name, &m.Outcome, &m.Verdict, &m.Primary, &m.Candidate); err != nil {
			return err
		}
		index[id].Metrics = append(index[id].Metrics, m)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return addRulings(ctx, tx, index, ids)
}

// addRulings relies on the positions of an exchange's metrics to count from 0, as RecordBatch
// writes them.
func addRulings(ctx context.Context, tx *sql.Tx, index map[string]*Exchange, ids []any) error {
	rows, err := tx.QueryContext(ctx, `SELECT exchange_id, metric_position, verdict, class, finding, proof_kind, sentence, proof
		FROM rulings WHERE exchange_id IN (`+marks(len(ids))+`) ORDER BY exchange_id, metric_position, position`, ids...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var position int
		var r Ruling
		if err := rows.Scan(&id, &position, &r.Verdict, &r.Class, &r.Finding, &r.ProofKind, &r.Sentence, &r.Proof); err != nil {
			return err
		}
		metrics := index[id].Metrics
		if position < 0 || position >= len(metrics) {
			return ErrDamaged
		}
		metrics[position].Rulings = append(metrics[position].Rulings, r)
	}
	return rows.Err()
}

// marks are n parameters of a list.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
