package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// embedded is the schema of this version: files 0001_..., 0002_..., each run once and in order,
// never changed after a release.
func embedded() fs.FS {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic("the folder is embedded: " + err.Error())
	}
	return files
}

// migrate brings the schema forward, one transaction for each step, so that a step which fails
// leaves the file as the one before left it. There is no way back.
func migrate(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	names, err := fs.Glob(migrations, "*.sql") // sorted
	if err != nil {
		return fmt.Errorf("list migrations: %w", err)
	}
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > len(names) {
		return fmt.Errorf("%w: its schema is version %d, known are versions to %d", ErrNewer, version, len(names))
	}
	if version == 0 {
		if err := prepareVacuum(ctx, db); err != nil {
			return err
		}
	}
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return fmt.Errorf("migration %s is not number %d", name, i+1)
		}
		script, err := fs.ReadFile(migrations, name)
		if err != nil {
			return fmt.Errorf("read migration: %w", err)
		}
		if err := step(ctx, db, i+1, string(script)); err != nil {
			return fmt.Errorf("migrate to version %d: %w", i+1, err)
		}
	}
	return nil
}

// schemaVersion reads the version; 0 for a file that is empty yet.
func schemaVersion(ctx context.Context, db *sql.DB) (int, error) {
	var tables, ours int
	err := db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN name = 'schema_version' THEN 1 ELSE 0 END), 0)
		FROM sqlite_master WHERE type = 'table'`).Scan(&tables, &ours)
	switch {
	case err != nil:
		return 0, fmt.Errorf("read schema: %w", err)
	case tables == 0:
		return 0, nil
	case ours == 0:
		return 0, fmt.Errorf("%w: it is a database with other tables", ErrNotStore)
	}
	var version int
	if err := db.QueryRowContext(ctx, `SELECT version FROM schema_version`).Scan(&version); err != nil {
		return 0, fmt.Errorf("%w: read schema version: %w", ErrNotStore, err)
	}
	return version, nil
}

// step runs one migration unless another process was faster: the version is read under the write
// lock.
func step(ctx context.Context, db *sql.DB, number int, script string) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer rollback(tx, &err)
	if number == 1 {
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)`); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO schema_version (version)
			SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM schema_version)`); err != nil {
			return err
		}
	}
	var version int
	if err := tx.QueryRowContext(ctx, `SELECT version FROM schema_version`).Scan(&version); err != nil {
		return err
	}
	if version >= number {
		return tx.Commit()
	}
	if _, err := tx.ExecContext(ctx, script); err != nil {
		return err
	}
	if number == 2 {
		if err := backfill(ctx, tx); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE schema_version SET version = ?`, number); err != nil {
		return err
	}
	return tx.Commit()
}

// rollback undoes a transaction that ends with an error. SQLite may have done so itself (a full
// disk), which is no second error.
func rollback(tx *sql.Tx, err *error) {
	if *err == nil {
		return
	}
	if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) &&
		!strings.Contains(undo.Error(), "no transaction is active") {
		*err = errors.Join(*err, fmt.Errorf("roll back: %w", undo))
	}
}
