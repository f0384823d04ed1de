package flags

import (
	"testing"
	"time"
)

func BenchmarkFlags(b *testing.B) {
	f, err := New(b.Context(), Config{File: "../examples/flags/understudy.flagd.json", Environ: []string{}, Poll: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	b.Run("Current", func(b *testing.B) {
		for b.Loop() {
			f.Current()
		}
	})
	b.Run("Evaluate again", func(b *testing.B) {
		for b.Loop() {
			f.Evaluate(b.Context(), Context{ScanKey: "scan", Analysis: "top-tier"})
		}
	})
	b.Run("Evaluate anew", func(b *testing.B) {
		for b.Loop() {
			f.memo.Store(nil)
			f.Evaluate(b.Context(), Context{ScanKey: "scan", Analysis: "top-tier"})
		}
	})
	b.Run("a scan of 17", func(b *testing.B) {
		for b.Loop() {
			f.memo.Store(nil)
			for i := range 17 {
				analysis := []string{"top-tier", "symmetric-top-tier", "quorums", "blocking-sets", "splitting-sets"}[i%5]
				f.Evaluate(b.Context(), Context{ScanKey: "scan", Analysis: analysis, NodeCount: 20 + i})
			}
		}
	})
}
