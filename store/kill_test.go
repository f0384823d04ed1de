package store

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// A copy of the test binary works on the file that childVariable names, doing what childWorkVariable
// says, until it is killed.
const (
	childVariable     = "UNDERSTUDY_STORE_TEST_CHILD"
	childWorkVariable = "UNDERSTUDY_STORE_TEST_CHILD_WORK"
)

var children = map[string]func(path string){"record": recordUntilKilled, "prune": pruneUntilKilled, "rollout": saveUntilKilled}

// recordUntilKilled records exchanges, singly and in batches, and prints each ID once it is
// acknowledged.
func recordUntilKilled(path string) {
	ctx := context.Background()
	s := childOpen(path)
	for i := 0; ; i++ {
		batch := make([]Exchange, 1+i%4)
		for j := range batch {
			batch[j] = judged(fmt.Sprintf("%d-%d-%d", os.Getpid(), i, j), fmt.Sprint(j), time.Duration(i)*time.Second, "undecided")
		}
		childMust(s.RecordBatch(ctx, batch))
		for _, e := range batch {
			fmt.Println(e.ID)
		}
	}
}

// begun is printed once a Prune has deleted something.
const begun = "begun"

// pruneUntilKilled records old and new exchanges and prints the IDs of those that have to stay, then
// prunes.
func pruneUntilKilled(path string) {
	ctx := context.Background()
	s := childOpen(path)
	s.chunk = 3
	for i := 0; ; i++ {
		var batch []Exchange
		for j := range 40 {
			old := judged(fmt.Sprintf("%d-%d-old-%d", os.Getpid(), i, j), "often", time.Duration(j)*time.Second, "undecided")
			batch = append(batch, old)
		}
		pinned := judged(fmt.Sprintf("%d-%d-pinned", os.Getpid(), i), fmt.Sprintf("%d-%d", os.Getpid(), i), 0, "primary_wrong")
		young := judged(fmt.Sprintf("%d-%d-young", os.Getpid(), i), "young", 48*time.Hour, "undecided")
		childMust(s.RecordBatch(ctx, append(batch, pinned, young)))
		fmt.Println(pinned.ID)
		fmt.Println(young.ID)
		before, ended := childCount(s), make(chan error)
		go func() {
			_, err := s.Prune(ctx, Retention{MaxAge: 24 * time.Hour}, noon.Add(48*time.Hour))
			ended <- err
		}()
		for childCount(s) == before {
			continue
		}
		fmt.Println(begun)
		childMust(<-ended)
	}
}

// saveUntilKilled saves the rollout, often with audit records, and prints each version once it is
// acknowledged.
func saveUntilKilled(path string) {
	ctx := context.Background()
	s := childOpen(path)
	for {
		r, err := s.Rollout(ctx)
		childMust(err)
		childMust(s.SaveRollout(ctx, r.Version, stateOf(r.Version+1), chained(r.Head, r.Seq, int(r.Version%3))))
		fmt.Println(r.Version + 1)
	}
}

func childOpen(path string) *Store {
	s, err := Open(context.Background(), path)
	childMust(err)
	return s
}

func childCount(s *Store) (n int) {
	childMust(s.reader.QueryRowContext(context.Background(), `SELECT COUNT(*) FROM exchanges`).Scan(&n))
	return n
}

func childMust(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestKill_NoAcknowledgedRowIsLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var acknowledged []string
	for round := range 5 {
		acknowledged = append(acknowledged, killAfter(t, "record", path, 7+13*round)...)
		s := openAt(t, path)
		for _, id := range acknowledged {
			e, err := s.Exchange(t.Context(), id)
			if err != nil || string(e.RequestBody) != "request "+id || len(e.Metrics) != 1 {
				t.Fatalf("round %d: exchange %s: error %v, body %q, metrics %v", round, id, err, e.RequestBody, e.Metrics)
			}
		}
		list, err := s.Disagreements(t.Context(), DisagreementFilter{})
		total := 0
		for _, d := range list {
			total += d.Count
		}
		if n := count(t, s, "exchanges"); err != nil || n < len(acknowledged) || n != total {
			t.Fatalf("round %d: %d exchanges of %d acknowledged are in disagreements %d times, error %v", round, n, len(acknowledged), total, err)
		}
		checkWhole(t, s)
		s.Close()
	}
}

func TestKill_InTheMiddleOfPruningLosesNothingThatHasToStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var stay []string
	for round := range 4 {
		stay = append(stay, killAfter(t, "prune", path, 3*(1+round))...)
		s := openAt(t, path)
		for _, id := range stay {
			if id == begun {
				continue
			}
			if e, err := s.Exchange(t.Context(), id); err != nil || string(e.RequestBody) != "request "+id {
				t.Fatalf("round %d: exchange %s: error %v, body %q", round, id, err, e.RequestBody)
			}
		}
		checkWhole(t, s)
		t.Logf("round %d: it had %d exchanges", round, count(t, s, "exchanges"))
		if _, err := s.Prune(t.Context(), Retention{MaxAge: 24 * time.Hour}, noon.Add(48*time.Hour)); err != nil {
			t.Fatal(err)
		}
		list, err := s.Exchanges(t.Context(), Filter{Until: noon.Add(24 * time.Hour), Limit: maxLimit})
		for _, e := range list {
			if d := disagreement(t, s, e.Case, e.Verdict); d.FirstExchange != e.ID && d.LastExchange != e.ID {
				t.Fatalf("round %d: exchange %s is there yet", round, e.ID)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		checkWhole(t, s)
		s.Close()
	}
}

func TestKill_NoAcknowledgedStateIsLostAndTheChainStaysWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	for round := range 4 {
		lines := killAfter(t, "rollout", path, 5+9*round)
		acknowledged, err := strconv.ParseInt(lines[len(lines)-1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		s := openAt(t, path)
		// The last save may have reached the disk before it was acknowledged.
		r := rolloutOf(t, s)
		if r.Version < acknowledged || r.Version > acknowledged+1 || !bytes.Equal(r.State, stateOf(r.Version)) {
			t.Fatalf("round %d: version %d was acknowledged, and %d with state %s is there", round, acknowledged, r.Version, r.State)
		}
		records := int64(0) // 0, 1 and 2 at a time
		for version := range r.Version {
			records += version % 3
		}
		if r.Seq != records {
			t.Fatalf("round %d: version %d has %d records, want %d", round, r.Version, r.Seq, records)
		}
		checkChain(t, s)
		checkWhole(t, s)
		s.Close()
	}
}

// killAfter runs a child, kills it in the middle of its work once it has acknowledged so many, and
// returns all it acknowledged.
func killAfter(t *testing.T, work, path string, lines int) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), childVariable+"="+path, childWorkVariable+"="+work)
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
		t.Fatalf("the child ended by itself after %d", len(ids))
	}
	return ids
}
