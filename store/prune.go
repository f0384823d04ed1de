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

// Retention is what Prune keeps. A field that is zero sets no limit.
type Retention struct {
	// MaxAge is how old an exchange or a closed disagreement may become. Exchanges to which an open
	// disagreement points stay, and so do approved defects.
	MaxAge time.Duration
	// MaxBodyBytes bounds the bodies, compressed: those of the oldest exchanges go first, those to
	// which an open disagreement points never.
	MaxBodyBytes int64
	// MaxOpen is how many open disagreements keep bodies, the last seen ones; of the others the
	// record stays.
	MaxOpen int
}

// Pruned is what Prune took out.
type Pruned struct {
	Exchanges     int
	Disagreements int   // closed ones
	Bodies        int   // by MaxAge, MaxBodyBytes or MaxOpen
	Bytes         int64 // of the bodies, compressed
}

// defaultChunk is how many exchanges go in one transaction, so that a writer waits for a few tens of
// milliseconds at most (BenchmarkPruneLarge).
const defaultChunk = 50

// The queries of Prune. They find what they look for by index, however much stays.
const (
	// pointedTo says that an open disagreement points to exchange e.
	pointedTo = `EXISTS (SELECT 1 FROM disagreements d WHERE d.opens_at <= ? AND (d.first_exchange = e.id OR d.last_exchange = e.id))`

	// withBodies is written as in the index exchanges_with_bodies.
	withBodies = `(request_body IS NOT NULL OR primary_body IS NOT NULL OR candidate_body IS NOT NULL)`

	selectHolders = `SELECT e.at, e.id, e.request_body, e.primary_body, e.candidate_body FROM exchanges e WHERE `

	selectOld = selectHolders + `e.at < ? AND (e.at, e.id) > (?, ?) AND NOT ` + pointedTo + ` ORDER BY e.at, e.id LIMIT ?`

	selectOldest = selectHolders + withBodies + ` AND (e.at, e.id) > (?, ?) AND NOT ` + pointedTo + ` ORDER BY e.at, e.id LIMIT ?`

	// selectBeyond walks down from an edge, the last of the open disagreements that keep bodies.
	selectBeyond = `SELECT last_seen, id FROM disagreements
		WHERE opens_at <= ? AND (last_seen, id) < (?, ?) ORDER BY last_seen DESC, id DESC LIMIT ?`

	// selectUnpinned are the exchanges of a disagreement beyond the edge, but not those to which one on
	// the near side points too.
	selectUnpinned = selectHolders + withBodies + ` AND e.id IN
			(SELECT first_exchange FROM disagreements WHERE id = ? UNION SELECT last_exchange FROM disagreements WHERE id = ?)
		AND NOT EXISTS (SELECT 1 FROM disagreements d WHERE d.opens_at <= ? AND (d.last_seen, d.id) >= (?, ?)
			AND (d.first_exchange = e.id OR d.last_exchange = e.id))`

	selectClosed = `(SELECT id FROM disagreements WHERE opens_at = ? AND last_seen < ? AND closed_at < ? ORDER BY last_seen, id LIMIT ?)`

	deleteUnheld = `DELETE FROM bodies WHERE digest = ?
		AND NOT EXISTS (SELECT 1 FROM exchanges WHERE request_body = ?)
		AND NOT EXISTS (SELECT 1 FROM exchanges WHERE primary_body = ?)
		AND NOT EXISTS (SELECT 1 FROM exchanges WHERE candidate_body = ?)
		RETURNING LENGTH(data)`
)

// Prune takes out what retention does not keep, and gives free pages back to the disk where the file
// allows (see the package's comment). It works in many short transactions: one that is cut short has
// done a part, which it returns beside the error, and the next one does the rest.
func (s *Store) Prune(ctx context.Context, keep Retention, now time.Time) (Pruned, error) {
	if keep.MaxAge < 0 || keep.MaxBodyBytes < 0 || keep.MaxOpen < 0 {
		return Pruned{}, fmt.Errorf("prune store: retention is %+v: no limit may be negative, and zero is none", keep)
	}
	p := pruner{store: s, keep: keep, now: now.UnixNano(), committed: func() {}}
	err := explain("prune store", p.run(ctx))
	if errors.Is(err, ErrFull) {
		err = explain("prune store", errors.Join(s.useReserve(ctx), p.run(ctx), s.emptyLog(ctx)))
	}
	s.holdReserve()
	return p.done, err
}

// pruner is one Prune.
type pruner struct {
	store     *Store
	keep      Retention
	now       int64
	done      Pruned
	committed func() // told of each transaction
}

func (p *pruner) run(ctx context.Context) error {
	for _, part := range []func(context.Context) error{p.byAge, p.closedByAge, p.byOpen, p.bySize, p.store.giveBack} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// cursor is where a walk has come to: a time and an ID.
type cursor struct {
	at int64
	id string
}

// start is before all times.
var start = cursor{at: math.MinInt64}

// chunks runs one transaction after another until one has nothing left to do, and counts what each
// took out once it is committed.
func (p *pruner) chunks(ctx context.Context, do func(tx *sql.Tx, done *Pruned) (more bool, err error)) error {
	for more := true; more; {
		done := p.done
		err := p.store.change(ctx, func(tx *sql.Tx) (err error) {
			more, err = do(tx, &done)
			return err
		})
		if err != nil {
			return err
		}
		p.done = done
		p.committed()
	}
	return nil
}

// byAge deletes old exchanges.
func (p *pruner) byAge(ctx context.Context) error {
	if p.keep.MaxAge == 0 {
		return nil
	}
	last := start
	return p.chunks(ctx, func(tx *sql.Tx, done *Pruned) (bool, error) {
		old, err := holders(ctx, tx, selectOld, p.now-int64(p.keep.MaxAge), last.at, last.id, p.now, p.store.chunk)
		if err != nil || len(old) == 0 {
			return false, err
		}
		last = old[len(old)-1].cursor
		if err := deleteExchanges(ctx, tx, old); err != nil {
			return false, err
		}
		done.Exchanges += len(old)
		for _, h := range old {
			if err := release(ctx, tx, h.refs, done); err != nil {
				return false, err
			}
		}
		return len(old) == p.store.chunk, nil
	})
}

func deleteExchanges(ctx context.Context, tx *sql.Tx, list []holder) error {
	ids := make([]any, len(list))
	for i, h := range list {
		ids[i] = h.id
	}
	for _, from := range []string{"sightings WHERE exchange_id", "rulings WHERE exchange_id", "metrics WHERE exchange_id", "exchanges WHERE id"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+from+` IN (`+marks(len(ids))+`)`, ids...); err != nil {
			return fmt.Errorf("delete from %s: %w", strings.Fields(from)[0], err)
		}
	}
	return nil
}

// closedByAge deletes disagreements that a person closed and nobody has seen since. An approved one
// opens again one day, so it stays.
func (p *pruner) closedByAge(ctx context.Context) error {
	if p.keep.MaxAge == 0 {
		return nil
	}
	before := p.now - int64(p.keep.MaxAge)
	arguments := []any{int64(never), before, before, p.store.chunk}
	return p.chunks(ctx, func(tx *sql.Tx, done *Pruned) (bool, error) {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sightings WHERE disagreement_id IN `+selectClosed, arguments...); err != nil {
			return false, err
		}
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM disagreements WHERE id IN `+selectClosed, arguments...))
		done.Disagreements += n
		return n == p.store.chunk, err
	})
}
