package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// references are the digests of an exchange's bodies.
type references struct{ request, primary, candidate sql.NullString }

func scanExchange(row interface{ Scan(...any) error }) (Exchange, references, error) {
	var e Exchange
	var r references
	var at, primary, candidate int64
	err := row.Scan(&e.ID, &at, &e.Scan, &e.Client, &e.Repeat, &e.Mixed, &e.Overlong,
		&e.Analysis, &e.Level, &e.MergeBy, &e.Case, &e.ServedBy, &e.Reason, &e.Outcome, &e.Note, &e.Nodes, &e.Primary.Status, &e.Primary.Failure, &primary, &e.Candidate.Status, &e.Candidate.Failure, &candidate,
		&e.Path, &e.ContentType, &r.request, &r.primary, &r.candidate)
	e.At = time.Unix(0, at).UTC()
	e.Primary.Latency, e.Candidate.Latency = time.Duration(primary), time.Duration(candidate)
	return e, r, err
}

// Exchange reads one exchange with its metrics and the bodies that were kept. ErrNotFound when
// there is none.
func (s *Store) Exchange(ctx context.Context, id string) (Exchange, error) {
	e, refs, err := scanExchange(s.reader.QueryRowContext(ctx, `SELECT `+exchangeColumns+` FROM exchanges WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Exchange{}, fmt.Errorf("read exchange %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Exchange{}, explain("read exchange "+id, err)
	}
	for _, b := range []struct {
		into *[]byte
		from sql.NullString
	}{{&e.RequestBody, refs.request}, {&e.PrimaryBody, refs.primary}, {&e.CandidateBody, refs.candidate}} {
		if *b.into, err = s.body(ctx, b.from); err != nil {
			return Exchange{}, explain("read exchange "+id, err)
		}
	}
	one := []Exchange{e}
	if err := s.addMetrics(ctx, one); err != nil {
		return Exchange{}, explain("read exchange "+id, err)
	}
	return one[0], nil
}

// Exchanges lists exchanges, the newest first, with their metrics and without bodies.
func (s *Store) Exchanges(ctx context.Context, f Filter) ([]Exchange, error) {
	where, arguments := f.where()
	list, err := s.list(ctx, `SELECT `+exchangeColumns+` FROM exchanges`+where+` ORDER BY at DESC, id LIMIT ?`,
		append(arguments, f.limit()))
	if err != nil {
		return nil, explain("list exchanges", err)
	}
	const chunk = 500 // SQLite bounds the arguments of a query
	for i := 0; i < len(list); i += chunk {
		if err := s.addMetrics(ctx, list[i:min(i+chunk, len(list))]); err != nil {
			return nil, explain("list exchanges", err)
		}
	}
	return list, nil
}

func (f Filter) where() (string, []any) {
	var conditions []string
	var arguments []any
	for _, c := range []struct{ column, value string }{
		{"outcome", f.Outcome}, {"analysis", f.Analysis}, {"scan", f.Scan},
	} {
		if c.value != "" {
			conditions = append(conditions, c.column+" = ?")
			arguments = append(arguments, c.value)
		}
	}
	if !f.Since.IsZero() {
		conditions = append(conditions, "at >= ?")
		arguments = append(arguments, f.Since.UnixNano())
	}
	if len(conditions) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), arguments
}

func (s *Store) list(ctx context.Context, query string, arguments []any) ([]Exchange, error) {
	rows, err := s.reader.QueryContext(ctx, query, arguments...)
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

// addMetrics reads the metrics of a few hundred exchanges at once.
func (s *Store) addMetrics(ctx context.Context, list []Exchange) error {
	if len(list) == 0 {
		return nil
	}
	index := make(map[string]int, len(list))
	ids := make([]any, len(list))
	for i, e := range list {
		index[e.ID], ids[i] = i, e.ID
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")
	rows, err := s.reader.QueryContext(ctx, `SELECT exchange_id, name, outcome, primary_value, candidate_value
		FROM metrics WHERE exchange_id IN (`+marks+`) ORDER BY exchange_id, position`, ids...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var m Metric
		if err := rows.Scan(&id, &m.Name, &m.Outcome, &m.Primary, &m.Candidate); err != nil {
			return err
		}
		list[index[id]].Metrics = append(list[index[id]].Metrics, m)
	}
	return rows.Err()
}

// Agreement counts, for each metric of the exchanges since then (the zero time: all), how often it
// agreed and differed, in the order of the metrics' names.
func (s *Store) Agreement(ctx context.Context, since time.Time) ([]Agreement, error) {
	where, arguments := Filter{Since: since}.where()
	rows, err := s.reader.QueryContext(ctx, `SELECT m.name,
			SUM(CASE WHEN m.outcome = 'agree' THEN 1 ELSE 0 END),
			SUM(CASE WHEN m.outcome = 'differ' THEN 1 ELSE 0 END)
		FROM metrics m JOIN exchanges e ON e.id = m.exchange_id`+where+` GROUP BY m.name ORDER BY m.name`, arguments...)
	if err != nil {
		return nil, explain("count agreement", err)
	}
	defer rows.Close()
	var list []Agreement
	for rows.Next() {
		var a Agreement
		if err := rows.Scan(&a.Metric, &a.Agree, &a.Differ); err != nil {
			return nil, explain("count agreement", err)
		}
		list = append(list, a)
	}
	return list, explain("count agreement", rows.Err())
}
