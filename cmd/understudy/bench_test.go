package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"understudy/engine/api"
	"understudy/examples"
)

// BenchmarkAnswer asks the engine and the real Rust scanner the same questions
// about the sample network, in turns, both over HTTP and each with nothing
// cached, and reports their times and the ratio.
func BenchmarkAnswer(b *testing.B) {
	scanner, err := startScanner(b.Context(), filepath.Join("..", "..", "deploy", "rust-scanner"), io.Discard, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Skipf("skips the comparison with the Rust scanner: %v", err)
	}
	b.Cleanup(func() { _ = scanner.stop(b.Context()) })
	engine := httptest.NewServer(api.Handler(api.DefaultConfig()))
	b.Cleanup(engine.Close)
	for _, analysis := range []string{"top-tier", "symmetric-top-tier", "quorums", "blocking-sets", "splitting-sets", "network"} {
		for _, by := range []string{"none", "organization"} {
			body := mergedBy(b, examples.SampleNetwork, by)
			b.Run(analysis+"/"+by, func(b *testing.B) {
				var rust, ours time.Duration
				for b.Loop() {
					rust += timeTo(b, scanner.url+"/analyze/"+analysis, body)
					ours += timeTo(b, engine.URL+"/analyze/"+analysis, body)
				}
				b.ReportMetric(ours.Seconds()*1000/float64(b.N), "engine-ms")
				b.ReportMetric(rust.Seconds()*1000/float64(b.N), "rust-ms")
				b.ReportMetric(rust.Seconds()/ours.Seconds(), "rust/engine")
			})
		}
	}
}

func mergedBy(b *testing.B, network []byte, by string) []byte {
	b.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(network, &fields); err != nil {
		b.Fatal(err)
	}
	fields["merge_by"] = json.RawMessage(`"` + by + `"`)
	body, err := json.Marshal(fields)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

func timeTo(b *testing.B, url string, body []byte) time.Duration {
	b.Helper()
	start := time.Now()
	response, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d %s (%v)", url, response.StatusCode, answer, err)
	}
	return time.Since(start)
}
