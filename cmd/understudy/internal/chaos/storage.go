package chaos

import (
	"context"
	"database/sql"
	"fmt"

	_ "modernc.org/sqlite" // locks the store from another process
)

func storageFaults() []Fault {
	return append(diskFaults(), Fault{
		Name: "store locked", Why: "a request waits for a record", Stage: shadow,
		Prepare: keepsBodies,
		Start:   lockStore,
	})
}

// keepsBodies makes each exchange cost the store as much as it can.
func keepsBodies(_ context.Context, t *Target) error {
	t.Use("--sample-bodies", "1")
	return nil
}

// lockStore holds BEGIN EXCLUSIVE on the store of the target.
func lockStore(ctx context.Context, t *Target) (stop func(), err error) {
	db, err := sql.Open("sqlite", "file:"+t.Store+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, fmt.Errorf("lock store: %w", err)
	}
	end := func() { _ = db.Close() } // gives the lock back, too
	conn, err := db.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if err != nil {
		end()
		return nil, fmt.Errorf("lock store: %w", err)
	}
	t.Struck()
	return func() {
		_ = conn.Close()
		end()
	}, nil
}
