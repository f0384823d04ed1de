package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// backfill is the part of migration 2 that SQL cannot do, because the ID of a disagreement is a
// digest: what differed before there were verdicts is an open disagreement that nobody has decided.
// Like the migration's script it speaks of the columns of version 2 and never changes.
func backfill(ctx context.Context, tx *sql.Tx) error {
	old, sightings, err := undecided(ctx, tx)
	if err != nil {
		return fmt.Errorf("read what differed: %w", err)
	}
	for _, d := range old {
		if _, err := tx.ExecContext(ctx, `INSERT INTO disagreements (id, case_digest, metric, verdict, analysis, level, merge_by, nodes,
				source, class, finding, proof_kind, sentence, first_seen, last_seen, seen, first_exchange, last_exchange,
				opens_at, opened_at, closed_at, closed_by, closed_reason, approved_at, approved_by, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'live', '', '', '', '', ?, ?, ?, ?, ?, 0, ?, 0, '', '', 0, '', 0)`,
			d.ID, d.Case, d.Metric, d.Verdict, d.Analysis, d.Level, d.MergeBy, d.Nodes,
			d.FirstSeen.UnixNano(), d.LastSeen.UnixNano(), d.Count, d.FirstExchange, d.LastExchange, d.FirstSeen.UnixNano()); err != nil {
			return fmt.Errorf("disagreement %s: %w", d.ID, err)
		}
	}
	for _, s := range sightings {
		if _, err := tx.ExecContext(ctx, `INSERT INTO sightings (exchange_id, disagreement_id) VALUES (?, ?)`, s[0], s[1]); err != nil {
			return fmt.Errorf("sighting: %w", err)
		}
	}
	return nil
}

// undecided reads the metrics that differed, from old to new, and gathers them by disagreement; the
// sightings are pairs of exchange and disagreement.
func undecided(ctx context.Context, tx *sql.Tx) (map[string]*Disagreement, [][2]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT e.id, e.at, e.case_digest, e.analysis, e.level, e.merge_by, e.nodes, m.name
		FROM metrics m JOIN exchanges e ON e.id = m.exchange_id WHERE m.verdict = 'undecided' ORDER BY e.at, e.id, m.name`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	known, sightings := map[string]*Disagreement{}, [][2]string(nil)
	for rows.Next() {
		var e Exchange
		var at int64
		var metric string
		if err := rows.Scan(&e.ID, &at, &e.Case, &e.Analysis, &e.Level, &e.MergeBy, &e.Nodes, &metric); err != nil {
			return nil, nil, err
		}
		e.At = time.Unix(0, at)
		d := e.disagreement(metric, Ruling{Verdict: verdictUndecided})
		if first := known[d.ID]; first != nil {
			first.see(d)
		} else {
			known[d.ID] = &d
		}
		sightings = append(sightings, [2]string{e.ID, d.ID})
	}
	return known, sightings, rows.Err()
}
