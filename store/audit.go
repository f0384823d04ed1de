package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// AuditRecord is one line of the audit. Each names the digest of the one before, so that a line which
// is missing or was changed shows; package rollout/audit makes and checks them.
type AuditRecord struct {
	Seq    int64 // 1 is the first
	At     time.Time
	Kind   string // what changed
	Actor  string // who did it
	Prev   string // digest of the record before; "" in the first
	Digest string
	Body   []byte // JSON, kept byte for byte
}

func (r AuditRecord) check() error {
	switch {
	case r.Digest == "" || r.At.IsZero():
		return fmt.Errorf("audit record %d has no digest or no time", r.Seq)
	case !json.Valid(r.Body):
		return fmt.Errorf("the body of audit record %d is no JSON", r.Seq)
	}
	return nil
}

// appendAudit adds records to the chain that ends as r says, and returns its new end.
func appendAudit(ctx context.Context, tx *sql.Tx, r Rollout, records []AuditRecord) (head string, seq int64, err error) {
	head, seq = r.Head, r.Seq
	for _, a := range records {
		if a.Seq != seq+1 || a.Prev != head {
			return "", 0, fmt.Errorf("%w: the audit ends with record %d, digest %q; record %d, which names %q, does not continue it",
				ErrConflict, seq, head, a.Seq, a.Prev)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO audit (seq, at, kind, actor, prev, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			a.Seq, a.At.UnixNano(), a.Kind, a.Actor, a.Prev, a.Digest, string(a.Body)); err != nil {
			return "", 0, fmt.Errorf("audit record %d: %w", a.Seq, err)
		}
		head, seq = a.Digest, a.Seq
	}
	return head, seq, nil
}

// AuditFilter selects records of the audit; a zero field selects all.
type AuditFilter struct {
	After  int64 // only greater numbers
	Before int64 // only smaller ones
	Kind   string
	Limit  int  // as in Filter
	Newest bool // the newest first; else the oldest
}

// Audit lists records in the order of their numbers. For the next page, After (with Newest: Before)
// is the number of the last one.
func (s *Store) Audit(ctx context.Context, f AuditFilter) ([]AuditRecord, error) {
	query, arguments := f.query()
	rows, err := s.reader.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, explain("read audit", err)
	}
	defer rows.Close()
	var list []AuditRecord
	for rows.Next() {
		var r AuditRecord
		var at int64
		if err := rows.Scan(&r.Seq, &at, &r.Kind, &r.Actor, &r.Prev, &r.Digest, &r.Body); err != nil {
			return nil, explain("read audit", err)
		}
		r.At = time.Unix(0, at).UTC()
		list = append(list, r)
	}
	return list, explain("read audit", rows.Err())
}

func (f AuditFilter) query() (string, []any) {
	var c conditions
	c.add("seq > ?", f.After)
	if f.Before != 0 {
		c.add("seq < ?", f.Before)
	}
	c.equal("kind", f.Kind)
	where, arguments := c.where()
	order := " ORDER BY seq"
	if f.Newest {
		order += " DESC"
	}
	return `SELECT seq, at, kind, actor, prev, digest, body FROM audit` + where + order + ` LIMIT ?`, append(arguments, limit(f.Limit))
}
