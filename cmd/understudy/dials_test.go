package main

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/flags"
)

func TestCeilings_NameTheirSourceBeforeAnythingHasChanged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flags.json")
	replace(t, file, `{"flags":{"understudy.serve_ceiling_percent":{"state":"ENABLED","variants":{"a":10},"defaultVariant":"a"}}}`)
	for want, environ := range map[string][]string{
		"file":             {"OTHER=1"},
		"environment+file": {"UNDERSTUDY_FLAG_ENABLED=false"},
	} {
		f, err := flags.New(t.Context(), flags.Config{
			File: file, Environ: environ, Registerer: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, source, _ := (&ceilings{flags: f}).now(); source != want {
			t.Errorf("with %q the source is %s, want %s", environ, source, want)
		}
	}
}
