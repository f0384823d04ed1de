package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// BenchmarkRecord compares one Record each with batches, in one run on one disk: the difference is
// how often the disk is waited for. The second half shows what a disagreement and its bodies add.
func BenchmarkRecord(b *testing.B) {
	disputed := func(id string) Exchange { return judged(id, id[max(0, len(id)-3):], 0, "undecided") }
	for _, size := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("agree/batch=%d", size), func(b *testing.B) { benchmarkRecord(b, size, agreeing) })
		b.Run(fmt.Sprintf("differ/batch=%d", size), func(b *testing.B) { benchmarkRecord(b, size, disputed) })
	}
}

func benchmarkRecord(b *testing.B, size int, exchange func(id string) Exchange) {
	s := benchmarkOpen(b, filepath.Join(b.TempDir(), "store.db"))
	n := 0
	for b.Loop() {
		batch := make([]Exchange, size)
		for i := range batch {
			batch[i] = exchange(fmt.Sprint(n))
			n++
		}
		if err := s.RecordBatch(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}

func benchmarkOpen(b *testing.B, path string) *Store {
	b.Helper()
	s, err := Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// large is how many exchanges the benchmarks below look at: two weeks of a scan every five minutes,
// and more.
const large = 100_000

// filled makes, once, a file of large exchanges, a minute apart in a hundred days: every tenth
// disagrees, about one of 2,000 cases.
var filled = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "store-benchmark")
	if err != nil {
		return "", err
	}
	s, err := Open(context.Background(), filepath.Join(dir, "store.db"))
	if err != nil {
		return "", err
	}
	defer s.Close()
	batch := make([]Exchange, 0, 1000)
	for i := range large {
		e := judged(fmt.Sprintf("%06d", i), fmt.Sprintf("%04d", i%7919), time.Duration(i)*time.Minute)
		if i%10 == 0 {
			e = judged(e.ID, fmt.Sprintf("case-%d", i/10%2000), time.Duration(i)*time.Minute, []string{"undecided", "primary_wrong"}[i/10%2])
		}
		e.Scan = fmt.Sprint(i / 17)
		e.Metrics = append(e.Metrics, Metric{Name: "min_quorum", Outcome: "agree", Verdict: "agree", Primary: "10", Candidate: "10"})
		if batch = append(batch, e); len(batch) == cap(batch) {
			if err := s.RecordBatch(context.Background(), batch); err != nil {
				return "", err
			}
			batch = batch[:0]
		}
	}
	return dir, nil
})

func openFilled(b *testing.B) *Store {
	b.Helper()
	dir, err := filled()
	if err != nil {
		b.Fatal(err)
	}
	return benchmarkOpen(b, filepath.Join(dir, "store.db"))
}

func BenchmarkReadLarge(b *testing.B) {
	s := openFilled(b)
	ctx := b.Context()
	end := noon.Add(large * time.Minute)
	for _, c := range []struct {
		name string
		read func() error
	}{
		{"tallies/metric", func() error { _, err := s.Tallies(ctx, TallyFilter{By: []string{"metric"}}); return err }},
		{"tallies/metric,last_week", func() error {
			_, err := s.Tallies(ctx, TallyFilter{By: []string{"metric"}, Since: end.Add(-7 * day)})
			return err
		}},
		{"tallies/all", func() error {
			_, err := s.Tallies(ctx, TallyFilter{By: []string{"metric", "analysis", "level", "size", "source"}})
			return err
		}},
		{"tallies/analysis", func() error { _, err := s.Tallies(ctx, TallyFilter{By: []string{"analysis"}}); return err }},
		{"coverage", func() error { _, err := s.Coverage(ctx, time.Time{}); return err }},
		{"scans", func() error {
			_, err := s.ScanEvidence(ctx, time.Time{}, []string{"top_tier", "min_quorum"})
			return err
		}},
		{"evidence/minute", func() error {
			_, err := s.Evidence(ctx, EvidenceQuery{After: end.Add(-26 * time.Minute), Until: end.Add(-25 * time.Minute), Core: core})
			return err
		}},
		{"evidence/week", func() error {
			_, err := s.Evidence(ctx, EvidenceQuery{After: end.Add(-7 * day), Until: end, Core: core})
			return err
		}},
		{"usage", func() error { _, err := s.Usage(ctx); return err }},
		{"exchanges", func() error { _, err := s.Exchanges(ctx, Filter{}); return err }},
		{"exchanges/open", func() error { _, err := s.Exchanges(ctx, Filter{Open: true}); return err }},
		{"exchanges/verdict", func() error { _, err := s.Exchanges(ctx, Filter{Verdict: "undecided"}); return err }},
		{"exchanges/metric_verdict", func() error {
			_, err := s.Exchanges(ctx, Filter{Metric: "top_tier", Verdict: "candidate_wrong"})
			return err
		}},
		{"disagreements", func() error { _, err := s.Disagreements(ctx, DisagreementFilter{State: StateOpen}); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPruneLarge prunes a bit more each time, a day or some bodies: what retention costs beside
// many exchanges that stay, and how long it holds up writers.
func BenchmarkPruneLarge(b *testing.B) {
	for _, c := range []struct {
		name string
		keep func(round int, u Usage) Retention
	}{
		{"age", func(round int, _ Usage) Retention { return Retention{MaxAge: 100*day - time.Duration(round)*day} }},
		{"size", func(round int, u Usage) Retention {
			return Retention{MaxBodyBytes: max(1, u.BodyBytes-int64(10_000*round))}
		}},
		{"nothing", func(int, Usage) Retention {
			return Retention{MaxAge: 1000 * day, MaxBodyBytes: 1 << 40, MaxOpen: 10_000}
		}},
		{"open", func(round int, _ Usage) Retention { return Retention{MaxOpen: max(1, 2000-50*round)} }},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkPrune(b, c.keep) })
	}
}

func benchmarkPrune(b *testing.B, keep func(round int, u Usage) Retention) {
	path := filepath.Join(b.TempDir(), "store.db")
	copyFilled(b, path)
	s := benchmarkOpen(b, path)
	u, err := s.Usage(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	longest, before := time.Duration(0), time.Now()
	p := pruner{store: s, now: noon.Add(large * time.Minute).UnixNano(), committed: func() {
		longest, before = max(longest, time.Since(before)), time.Now()
	}}
	round := 0
	for b.Loop() {
		round++
		p.keep, before = keep(round, u), time.Now()
		if err := p.run(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(p.done.Exchanges)/float64(round), "exchanges/op")
	b.ReportMetric(float64(p.done.Bodies)/float64(round), "bodies/op")
	b.ReportMetric(float64(longest.Milliseconds()), "ms-longest-transaction")
}

func copyFilled(b *testing.B, path string) {
	b.Helper()
	s := openFilled(b)
	if _, err := s.writer.ExecContext(b.Context(), `VACUUM INTO ?`, path); err != nil {
		b.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil { // or the first checkpoint would wait for all of it
		b.Fatal(err)
	}
}
