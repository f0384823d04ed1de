package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

const (
	disagreementColumns = `id, case_digest, metric, verdict, analysis, level, merge_by, nodes, source,
		class, finding, proof_kind, sentence, proof, first_seen, last_seen, seen, first_exchange, last_exchange,
		opens_at, opened_at, closed_at, closed_by, closed_reason, approved_at, approved_by, expires_at`

	insertDisagreement = `INSERT INTO disagreements (` + disagreementColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	updateDisagreement = `UPDATE disagreements SET source = ?, class = ?, finding = ?, proof_kind = ?, sentence = ?, proof = ?,
		first_seen = ?, last_seen = ?, seen = ?, first_exchange = ?, last_exchange = ?, opens_at = ?, opened_at = ? WHERE id = ?`

	insertSighting = `INSERT INTO sightings (exchange_id, disagreement_id) VALUES (?, ?)`

	// never is when a disagreement opens that only being seen again opens.
	never = math.MaxInt64
)

// opensAt is the one number by which queries tell open from closed.
func (d Disagreement) opensAt() int64 {
	switch {
	case d.State == StateOpen:
		return 0
	case d.ExpiresAt.IsZero():
		return never
	}
	return nanoseconds(d.ExpiresAt)
}

// scanDisagreement reads a row as it stands at that moment.
func scanDisagreement(row interface{ Scan(...any) error }, now time.Time) (Disagreement, error) {
	var d Disagreement
	var first, last, opens, opened, closed, approved, expires int64
	err := row.Scan(&d.ID, &d.Case, &d.Metric, &d.Verdict, &d.Analysis, &d.Level, &d.MergeBy, &d.Nodes, &d.Source,
		&d.Class, &d.Finding, &d.ProofKind, &d.Sentence, &d.Proof, &first, &last, &d.Count, &d.FirstExchange, &d.LastExchange,
		&opens, &opened, &closed, &d.ClosedBy, &d.ClosedReason, &approved, &d.ApprovedBy, &expires)
	d.FirstSeen, d.LastSeen = instant(first), instant(last)
	d.ClosedAt, d.ApprovedAt, d.ExpiresAt = instant(closed), instant(approved), instant(expires)
	d.State, d.OpenedAt = StateClosed, instant(opened)
	if opens <= now.UnixNano() {
		d.State, d.OpenedAt = StateOpen, instant(max(opens, opened))
	}
	return d, err
}

// sight enters what an exchange shows. It is called once for each exchange, when that is inserted.
func sight(ctx context.Context, tx *sql.Tx, e Exchange) error {
	for _, shown := range e.disagreements() {
		if err := enter(ctx, tx, shown); err != nil {
			return fmt.Errorf("disagreement %s: %w", shown.ID, err)
		}
		if _, err := tx.ExecContext(ctx, insertSighting, e.ID, shown.ID); err != nil {
			return fmt.Errorf("sighting of disagreement %s: %w", shown.ID, err)
		}
	}
	return nil
}

func enter(ctx context.Context, tx *sql.Tx, shown Disagreement) error {
	known, err := scanDisagreement(tx.QueryRowContext(ctx, `SELECT `+disagreementColumns+` FROM disagreements WHERE id = ?`, shown.ID), shown.LastSeen)
	if errors.Is(err, sql.ErrNoRows) {
		return insertWhole(ctx, tx, shown)
	}
	if err != nil {
		return err
	}
	known.see(shown)
	_, err = tx.ExecContext(ctx, updateDisagreement, known.Source, known.Class, known.Finding, known.ProofKind, known.Sentence, text(known.Proof),
		nanoseconds(known.FirstSeen), nanoseconds(known.LastSeen), known.Count, known.FirstExchange, known.LastExchange,
		known.opensAt(), nanoseconds(known.OpenedAt), known.ID)
	return err
}

func insertWhole(ctx context.Context, tx *sql.Tx, d Disagreement) error {
	_, err := tx.ExecContext(ctx, insertDisagreement, d.ID, d.Case, d.Metric, d.Verdict, d.Analysis, d.Level, d.MergeBy, d.Nodes, d.Source,
		d.Class, d.Finding, d.ProofKind, d.Sentence, text(d.Proof), nanoseconds(d.FirstSeen), nanoseconds(d.LastSeen), d.Count, d.FirstExchange, d.LastExchange,
		d.opensAt(), nanoseconds(d.OpenedAt), nanoseconds(d.ClosedAt), d.ClosedBy, d.ClosedReason,
		nanoseconds(d.ApprovedAt), d.ApprovedBy, nanoseconds(d.ExpiresAt))
	return err
}

// Disagreement reads one disagreement. ErrNotFound when there is none.
func (s *Store) Disagreement(ctx context.Context, id string) (Disagreement, error) {
	row := s.reader.QueryRowContext(ctx, `SELECT `+disagreementColumns+` FROM disagreements WHERE id = ?`, id)
	d, err := scanDisagreement(row, s.now())
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Disagreement{}, explain("read disagreement "+id, err)
	}
	return d, nil
}

// DisagreementFilter selects disagreements; a zero field selects all.
type DisagreementFilter struct {
	State    string // StateOpen or StateClosed
	Verdict  string
	Metric   string
	Analysis string
	Exchange string // ID of an exchange that showed them
	Limit    int    // as in Filter
}

// Disagreements lists disagreements, the last seen first. Those with the verdict primary_wrong are
// the ledger of the primary's defects.
func (s *Store) Disagreements(ctx context.Context, f DisagreementFilter) ([]Disagreement, error) {
	now := s.now()
	where, arguments, err := f.where(now)
	if err != nil {
		return nil, fmt.Errorf("list disagreements: %w", err)
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT `+disagreementColumns+` FROM disagreements`+where+
		` ORDER BY last_seen DESC, id DESC LIMIT ?`, append(arguments, limit(f.Limit))...)
	if err != nil {
		return nil, explain("list disagreements", err)
	}
	defer rows.Close()
	var list []Disagreement
	for rows.Next() {
		d, err := scanDisagreement(rows, now)
		if err != nil {
			return nil, explain("list disagreements", err)
		}
		list = append(list, d)
	}
	return list, explain("list disagreements", rows.Err())
}

func (f DisagreementFilter) where(now time.Time) (string, []any, error) {
	var c conditions
	switch f.State {
	case "":
	case StateOpen:
		c.add("opens_at <= ?", now.UnixNano())
	case StateClosed:
		c.add("opens_at > ?", now.UnixNano())
	default:
		return "", nil, fmt.Errorf("state is %q: it must be %s, %s or empty", f.State, StateOpen, StateClosed)
	}
	c.equal("verdict", f.Verdict)
	c.equal("metric", f.Metric)
	c.equal("analysis", f.Analysis)
	if f.Exchange != "" {
		c.add("id IN (SELECT disagreement_id FROM sightings WHERE exchange_id = ?)", f.Exchange)
	}
	where, arguments := c.where()
	return where, arguments, nil
}

// conditions are those of a WHERE, all of which must hold.
type conditions struct {
	terms     []string
	arguments []any
}

func (c *conditions) add(term string, arguments ...any) {
	c.terms, c.arguments = append(c.terms, term), append(c.arguments, arguments...)
}

// equal adds a condition unless the value is empty, which selects all.
func (c *conditions) equal(column, value string) {
	if value != "" {
		c.add(column+" = ?", value)
	}
}

func (c *conditions) where() (string, []any) {
	if len(c.terms) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(c.terms, " AND "), c.arguments
}

// nanoseconds is a time as it is stored; the zero time is 0.
func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func instant(nanoseconds int64) time.Time {
	if nanoseconds == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanoseconds).UTC()
}

// text is JSON as it is stored; nil is null.
func text(json []byte) sql.NullString {
	return sql.NullString{String: string(json), Valid: json != nil}
}
