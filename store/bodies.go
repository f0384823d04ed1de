package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
)

// maxSizeHint bounds the memory taken on the word of a size in the file.
const maxSizeHint = 64 << 20

// references are the digests of an exchange's bodies; null: not kept.
type references struct{ request, primary, candidate sql.NullString }

// all are the digests there are, each once.
func (r references) all() []string {
	var list []string
	seen := map[sql.NullString]bool{}
	for _, digest := range []sql.NullString{r.request, r.primary, r.candidate} {
		if digest.Valid && !seen[digest] {
			seen[digest] = true
			list = append(list, digest.String)
		}
	}
	return list
}

// body is one body on its way into the store.
type body struct {
	content []byte
	data    []byte // compressed; nil when the store had it already
}

// bodySet holds the bodies of one call by digest, each once.
type bodySet map[string]*body

// gather makes exchanges whole and compresses, outside the write lock, the bodies that the store
// does not have yet.
func (s *Store) gather(ctx context.Context, exchanges []Exchange) ([]entry, bodySet, error) {
	entries, bodies := make([]entry, len(exchanges)), bodySet{}
	for i, e := range exchanges {
		r := entry{Exchange: e.whole()}
		if r.keepsBodies() {
			for _, b := range []struct {
				into    *sql.NullString
				content []byte
			}{{&r.refs.request, e.RequestBody}, {&r.refs.primary, e.PrimaryBody}, {&r.refs.candidate, e.CandidateBody}} {
				var err error
				if *b.into, err = s.add(ctx, bodies, b.content); err != nil {
					return nil, nil, err
				}
			}
		}
		entries[i] = r
	}
	return entries, bodies, nil
}

func (s *Store) add(ctx context.Context, bodies bodySet, content []byte) (sql.NullString, error) {
	if content == nil {
		return sql.NullString{}, nil
	}
	digest := digestOf(content)
	if bodies[digest] == nil {
		var stored int
		err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM bodies WHERE digest = ?`, digest).Scan(&stored)
		if err != nil {
			return sql.NullString{}, fmt.Errorf("look for body: %w", err)
		}
		b := &body{content: content}
		if stored == 0 {
			b.data = s.pack(content)
		}
		bodies[digest] = b
	}
	return sql.NullString{String: digest, Valid: true}, nil
}

// insertBody inserts a body unless it is there. What gather found in the store may have been pruned
// since; only inside the transaction is it sure to stay.
func (s *Store) insertBody(ctx context.Context, tx *sql.Tx, digest string, b *body) error {
	there, err := exists(ctx, tx, `SELECT 1 FROM bodies WHERE digest = ?`, digest)
	if err != nil || there {
		return err
	}
	if b.data == nil {
		b.data = s.pack(b.content)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO bodies (digest, size, data) VALUES (?, ?, ?)`, digest, len(b.content), b.data)
	return err
}

// pack compresses; the result is never nil.
func (s *Store) pack(content []byte) []byte { return s.compress.EncodeAll(content, []byte{}) }

// body reads a body back and holds it against its digest.
func (s *Store) body(ctx context.Context, tx *sql.Tx, digest sql.NullString) ([]byte, error) {
	if !digest.Valid {
		return nil, nil
	}
	var size int
	var data []byte
	err := tx.QueryRowContext(ctx, `SELECT size, data FROM bodies WHERE digest = ?`, digest.String).Scan(&size, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: body %s is missing", ErrDamaged, digest.String)
	}
	if err != nil {
		return nil, fmt.Errorf("read body %s: %w", digest.String, err)
	}
	content, err := s.decompress.DecodeAll(data, make([]byte, 0, min(max(size, 0), maxSizeHint)))
	if err != nil {
		return nil, fmt.Errorf("%w: decompress body %s: %w", ErrDamaged, digest.String, err)
	}
	if digestOf(content) != digest.String {
		return nil, fmt.Errorf("%w: body %s has another digest", ErrDamaged, digest.String)
	}
	return content, nil
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
