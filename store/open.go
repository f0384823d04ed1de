package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// readers is how many queries run at once. WAL lets them go on beside the one writer.
const readers = 4

// Store is an open file. It is safe for concurrent use; writes go one after another.
type Store struct {
	path   string
	now    func() time.Time
	chunk  int     // of Prune
	writer *sql.DB // one connection, so that SQLite never has two writers of ours wait for each other
	reader *sql.DB

	compress   *zstd.Encoder
	decompress *zstd.Decoder

	closeOnce sync.Once
	closeErr  error
}

// Open opens the store at path, makes it (mode 0600) and its directory when there is none, and
// brings an older schema forward. ErrNotStore, ErrNewer and ErrDamaged tell what it may find.
func Open(ctx context.Context, path string, options ...Option) (*Store, error) {
	return open(ctx, path, embedded(), options...)
}

// Option changes what Open does.
type Option func(*Store)

// WithClock gives the time at which approvals are looked at, instead of time.Now.
func WithClock(now func() time.Time) Option {
	return func(s *Store) { s.now = now }
}

func open(ctx context.Context, path string, migrations fs.FS, options ...Option) (*Store, error) {
	if err := makeFile(path); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	s, err := connect(path)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	for _, option := range options {
		option(s)
	}
	if err := migrate(ctx, s.writer, migrations); err != nil {
		return nil, errors.Join(explain("open store "+path, err), s.Close())
	}
	return s, nil
}

// makeFile makes the directory and the file, whose mode SQLite gives to its companions too. It
// also turns SQLite's "unable to open database file" into the reason.
func makeFile(path string) error {
	if path == "" {
		return errors.New("no path is given")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(restrict(file), file.Close())
}

// restrict takes the file from everyone else. Not from a device, should one be named.
func restrict(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	if info.Mode().Perm() == 0o600 {
		return nil
	}
	return file.Chmod(0o600)
}

func connect(path string) (*Store, error) {
	writer, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return nil, err
	}
	reader, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	writer.SetMaxOpenConns(1)
	reader.SetMaxOpenConns(readers)
	compress, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)) // some MB each
	if err != nil {
		return nil, errors.Join(err, writer.Close(), reader.Close())
	}
	decompress, err := zstd.NewReader(nil)
	if err != nil {
		return nil, errors.Join(err, writer.Close(), reader.Close())
	}
	return &Store{
		path: path, now: time.Now, chunk: defaultChunk,
		writer: writer, reader: reader, compress: compress, decompress: decompress,
	}, nil
}

// dsn names the file as a URI, in which a path with ? or # or % stays one.
func dsn(path string, writes bool) string {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"journal_size_limit(67108864)",
	}}
	if writes {
		// A transaction that reads and then writes would else fail when another process wrote in
		// between; taking the lock at once makes it wait instead.
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	return "file:" + (&url.URL{Path: filepath.Clean(path)}).EscapedPath() + "?" + q.Encode()
}

// Ping says whether the store can be read.
func (s *Store) Ping(ctx context.Context) error {
	var version int
	err := s.reader.QueryRowContext(ctx, `SELECT version FROM schema_version`).Scan(&version)
	return explain("ping store", err)
}

// Close ends the store; a call in progress ends first. Closing twice is fine.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		s.closeErr = errors.Join(s.reader.Close(), s.writer.Close())
		s.decompress.Close()
	})
	return s.closeErr
}
