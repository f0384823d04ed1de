package flags

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The flagd provider's event loop ranges over a channel that nothing closes (doc.go).
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction(
		"github.com/open-feature/go-sdk-contrib/providers/flagd/pkg.(*Provider).handleEvents"))
}

// file renders a flag file; a value is the default variant of its flag.
func file(mode string, enabled bool, mirror, ceiling string) string {
	on := "on"
	if !enabled {
		on = "off"
	}
	return `{"flags":{
		"understudy.mode":{"state":"ENABLED","variants":{"auto":"auto","hold":"hold","dry_run":"dry_run","off":"off"},"defaultVariant":"` + mode + `"},
		"understudy.enabled":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"` + on + `"},
		"understudy.mirror_percent":{"state":"ENABLED","variants":{"v":` + mirror + `},"defaultVariant":"v"},
		"understudy.serve_ceiling_percent":{"state":"ENABLED","variants":{"v":` + ceiling + `},"defaultVariant":"v"}}}`
}

func ceilingOnly(ceiling string) string {
	return `{"flags":{"understudy.serve_ceiling_percent":{"state":"ENABLED","variants":{"v":` + ceiling + `},"defaultVariant":"v"}}}`
}

// write replaces path as a careful editor does: a new file, moved into place.
func write(t *testing.T, path, text string) {
	t.Helper()
	temporary := path + ".new"
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		t.Fatal(err)
	}
}

type fixture struct {
	*Flags
	path     string
	registry *prometheus.Registry
}

// start opens Flags over a file with the given text (none when empty) and environment.
func start(t *testing.T, text string, environ ...string) fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flags.json")
	if text != "" {
		write(t, path, text)
	}
	return startAt(t, Config{File: path, Environ: environ})
}

func startAt(t *testing.T, c Config) fixture {
	t.Helper()
	registry := prometheus.NewRegistry()
	c.Registerer = registry
	c.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	if c.Environ == nil {
		c.Environ = []string{}
	}
	if c.Poll == 0 {
		c.Poll = time.Hour // what a test sees, it sees through the watch
	}
	f, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return fixture{f, c.File, registry}
}

// eventually waits for a condition; the deadline only bounds a failing test.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never happened: " + what)
		}
	}
}
