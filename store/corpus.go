package store

import (
	"context"
	"database/sql"
)

// selectKept walks over the exchanges with bodies alone, which of those that agree are a sample.
const selectKept = `SELECT id, case_digest FROM exchanges WHERE ` + withBodies + `
	AND request_body IS NOT NULL AND primary_body IS NOT NULL
	AND source = '` + SourceLive + `' AND outcome = '` + outcomeAgree + `' AND verdict = '` + verdictAgree + `' ORDER BY at DESC, id DESC`

// Corpus names questions whose answer is known: the newest live exchanges in which both sides agreed
// and of which the request and the primary's answer were kept, one for each case. At most most, whose
// default and bound are those of Filter.Limit; fewer, or none, where not as many were kept.
func (s *Store) Corpus(ctx context.Context, most int) ([]string, error) {
	ids, err := newestOfCases(ctx, s.reader, limit(most))
	return ids, explain("read corpus", err)
}

func newestOfCases(ctx context.Context, db *sql.DB, most int) ([]string, error) {
	rows, err := db.QueryContext(ctx, selectKept)
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
