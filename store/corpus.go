package store

import (
	"context"
	"database/sql"
)

// selectKept walks over the exchanges with bodies alone, which of those that agree are a sample.
const selectKept = `SELECT id, case_digest FROM exchanges WHERE ` + withBodies + `
	AND request_body IS NOT NULL AND primary_body IS NOT NULL
	AND source = '` + SourceLive + `' AND outcome = '` + outcomeAgree + `' AND verdict = '` + verdictAgree + `' ORDER BY at DESC, id DESC`

// Corpus reads questions whose answer is known: the newest live exchanges in which both sides agreed
// and of which the request and the primary's answer were kept, one for each case, with bodies. At most
// most, whose default and bound are those of Filter.Limit; fewer, or none, where not as many were kept.
func (s *Store) Corpus(ctx context.Context, most int) ([]Exchange, error) {
	var list []Exchange
	err := s.view(ctx, func(tx *sql.Tx) error {
		ids, err := newestOfCases(ctx, tx, limit(most))
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := s.exchange(ctx, tx, id)
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	if err != nil {
		return nil, explain("read corpus", err)
	}
	return list, nil
}

func newestOfCases(ctx context.Context, tx *sql.Tx, most int) ([]string, error) {
	rows, err := tx.QueryContext(ctx, selectKept)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for known := map[string]bool{}; len(ids) < most && rows.Next(); {
		var id, caseDigest string
		if err := rows.Scan(&id, &caseDigest); err != nil {
			return nil, err
		}
		if !known[caseDigest] {
			known[caseDigest] = true
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}
