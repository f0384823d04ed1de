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
	b.Run("Evaluate", func(b *testing.B) {
		for b.Loop() {
			f.Evaluate(b.Context(), Context{ScanKey: "scan", Analysis: "top-tier"})
		}
	})
}
