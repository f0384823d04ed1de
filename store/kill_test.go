package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// childVariable names the file that a copy of the test binary writes to until it is killed.
const childVariable = "UNDERSTUDY_STORE_TEST_CHILD"

// writeUntilKilled records exchanges, singly and in batches, and prints each ID once it is
// acknowledged.
func writeUntilKilled(path string) {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for i := 0; ; i++ {
		batch := make([]Exchange, 1+i%4)
		for j := range batch {
			batch[j] = differing(fmt.Sprintf("%d-%d-%d", os.Getpid(), i, j))
			batch[j].RequestBody = fmt.Appendf(nil, "request %s", batch[j].ID)
		}
		if err := s.RecordBatch(ctx, batch); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for _, e := range batch {
			fmt.Println(e.ID)
		}
	}
}

func TestKill_NoAcknowledgedRowIsLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var acknowledged []string
	for round := range 5 {
		acknowledged = append(acknowledged, killAfter(t, path, 7+13*round)...)
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range acknowledged {
			e, err := s.Exchange(t.Context(), id)
			if err != nil || string(e.RequestBody) != "request "+id || len(e.Metrics) != 2 {
				t.Fatalf("round %d: exchange %s: error %v, body %q, metrics %v", round, id, err, e.RequestBody, e.Metrics)
			}
		}
		var verdict string
		if err := s.reader.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
			t.Fatalf("round %d: integrity %q, error %v", round, verdict, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter runs a writer, kills it in the middle of its work once it has acknowledged so many, and
// returns all it acknowledged.
func killAfter(t *testing.T, path string, lines int) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), childVariable+"="+path)
	child.Stderr = os.Stderr
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for scanner := bufio.NewScanner(output); scanner.Scan(); {
		ids = append(ids, scanner.Text())
		if len(ids) == lines {
			if err := child.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if len(ids) < lines {
		t.Fatalf("the writer ended by itself after %d", len(ids))
	}
	return ids
}
