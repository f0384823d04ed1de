package store

import (
	"fmt"
	"path/filepath"
	"testing"
)

// BenchmarkRecord compares one Record each with batches, in one run on one disk: the difference is
// how often the disk is waited for.
func BenchmarkRecord(b *testing.B) {
	for _, size := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			s, err := Open(b.Context(), filepath.Join(b.TempDir(), "store.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			n := 0
			for b.Loop() {
				batch := make([]Exchange, size)
				for i := range batch {
					batch[i] = agreeing(fmt.Sprint(n))
					n++
				}
				if err := s.RecordBatch(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
