package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
)

// maxSizeHint bounds the memory taken on the word of a size in the file.
const maxSizeHint = 64 << 20

// body is one body on its way into the store.
type body struct {
	size int
	data []byte // compressed; nil when the store has it already
}

// bodySet holds the bodies of one call by digest, each once.
type bodySet map[string]body

// gather compresses, outside the write lock, the bodies that the store does not have yet. Nothing
// takes bodies out of the store, so what is there now is there when the rows follow.
func (s *Store) gather(ctx context.Context, exchanges []Exchange) (bodySet, error) {
	set := bodySet{}
	for _, e := range exchanges {
		if !e.keepsBodies() {
			continue
		}
		for _, content := range [][]byte{e.RequestBody, e.PrimaryBody, e.CandidateBody} {
			if err := s.add(ctx, set, content); err != nil {
				return nil, err
			}
		}
	}
	return set, nil
}

func (s *Store) add(ctx context.Context, set bodySet, content []byte) error {
	if content == nil {
		return nil
	}
	digest := digestOf(content)
	if _, there := set[digest]; there {
		return nil
	}
	var stored int
	err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM bodies WHERE digest = ?`, digest).Scan(&stored)
	if err != nil {
		return fmt.Errorf("look for body: %w", err)
	}
	b := body{size: len(content)}
	if stored == 0 {
		b.data = s.compress.EncodeAll(content, []byte{})
	}
	set[digest] = b
	return nil
}

// reference is what an exchange's row holds for a body: its digest, or null when it is not kept.
func reference(kept bool, content []byte) sql.NullString {
	if !kept || content == nil {
		return sql.NullString{}
	}
	return sql.NullString{String: digestOf(content), Valid: true}
}

// body reads a body back and holds it against its digest.
func (s *Store) body(ctx context.Context, digest sql.NullString) ([]byte, error) {
	if !digest.Valid {
		return nil, nil
	}
	var size int
	var data []byte
	err := s.reader.QueryRowContext(ctx, `SELECT size, data FROM bodies WHERE digest = ?`, digest.String).Scan(&size, &data)
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
