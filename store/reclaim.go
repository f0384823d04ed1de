package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// holder is an exchange and the bodies it holds.
type holder struct {
	cursor
	refs references
}

func holders(ctx context.Context, tx *sql.Tx, query string, arguments ...any) ([]holder, error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []holder
	for rows.Next() {
		var h holder
		if err := rows.Scan(&h.at, &h.id, &h.refs.request, &h.refs.primary, &h.refs.candidate); err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, rows.Err()
}

// release deletes those of the bodies that no exchange holds any more.
func release(ctx context.Context, tx *sql.Tx, refs references, done *Pruned) error {
	for _, digest := range refs.all() {
		var size int64
		err := tx.QueryRowContext(ctx, deleteUnheld, digest, digest, digest, digest).Scan(&size)
		switch {
		case errors.Is(err, sql.ErrNoRows): // held
		case err != nil:
			return fmt.Errorf("delete body %s: %w", digest, err)
		default:
			done.Bodies++
			done.Bytes += size
		}
	}
	return nil
}

// strip takes an exchange's bodies from it; the row stays.
func strip(ctx context.Context, tx *sql.Tx, h holder, done *Pruned) error {
	if _, err := tx.ExecContext(ctx, `UPDATE exchanges SET request_body = NULL, primary_body = NULL, candidate_body = NULL WHERE id = ?`, h.id); err != nil {
		return fmt.Errorf("strip exchange %s: %w", h.id, err)
	}
	return release(ctx, tx, h.refs, done)
}

// bySize strips the oldest exchanges until the bodies fit.
func (p *pruner) bySize(ctx context.Context) error {
	if p.keep.MaxBodyBytes == 0 {
		return nil
	}
	var total int64
	if err := p.store.reader.QueryRowContext(ctx, `SELECT COALESCE(SUM(LENGTH(data)), 0) FROM bodies`).Scan(&total); err != nil {
		return err
	}
	excess := total - p.keep.MaxBodyBytes
	target := p.done.Bytes + excess // for Pruned.Bytes
	last := start
	return p.chunks(ctx, func(tx *sql.Tx, done *Pruned) (bool, error) {
		if done.Bytes >= target {
			return false, nil
		}
		oldest, err := holders(ctx, tx, selectOldest, last.at, last.id, p.now, p.store.chunk)
		if err != nil {
			return false, err
		}
		for _, h := range oldest {
			if done.Bytes >= target {
				return false, nil
			}
			if err := strip(ctx, tx, h, done); err != nil {
				return false, err
			}
			last = h.cursor
		}
		return len(oldest) == p.store.chunk, nil
	})
}

// byOpen strips the exchanges to which only those open disagreements point that were seen less
// lately than MaxOpen others.
func (p *pruner) byOpen(ctx context.Context) error {
	if p.keep.MaxOpen == 0 {
		return nil
	}
	var edge cursor // the last one that keeps its bodies
	err := p.store.reader.QueryRowContext(ctx, `SELECT last_seen, id FROM disagreements WHERE opens_at <= ?
		ORDER BY last_seen DESC, id DESC LIMIT 1 OFFSET ?`, p.now, p.keep.MaxOpen-1).Scan(&edge.at, &edge.id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	last := edge
	return p.chunks(ctx, func(tx *sql.Tx, done *Pruned) (bool, error) {
		beyond, err := p.beyond(ctx, tx, last)
		if err != nil || len(beyond) == 0 {
			return false, err
		}
		last = beyond[len(beyond)-1]
		for _, d := range beyond {
			if err := p.unpin(ctx, tx, d.id, edge, done); err != nil {
				return false, err
			}
		}
		return len(beyond) == p.store.chunk, nil
	})
}

// beyond lists the next open disagreements that were seen less lately than the last one.
func (p *pruner) beyond(ctx context.Context, tx *sql.Tx, last cursor) ([]cursor, error) {
	rows, err := tx.QueryContext(ctx, selectBeyond, p.now, last.at, last.id, p.store.chunk)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []cursor
	for rows.Next() {
		var c cursor
		if err := rows.Scan(&c.at, &c.id); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// unpin strips the exchanges of a disagreement beyond the edge.
func (p *pruner) unpin(ctx context.Context, tx *sql.Tx, id string, edge cursor, done *Pruned) error {
	list, err := holders(ctx, tx, selectUnpinned, id, id, p.now, edge.at, edge.id)
	if err != nil {
		return err
	}
	for _, h := range list {
		if err := strip(ctx, tx, h, done); err != nil {
			return err
		}
	}
	return nil
}
