package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

const flagFile = "flags.json"

// The flags, with the variants that faults switch between.
var flagVariants = map[string]map[string]any{
	"mode":                     {"auto": "auto", "hold": "hold", "dry_run": "dry_run", "off": "off"},
	"enabled":                  {"on": true, "off": false},
	"mirror_percent":           {"none": 0, "all": 100},
	"serve_ceiling_percent":    {"none": 0, "half": 50, "all": 100},
	"rescue_enabled":           {"on": true, "off": false},
	"history_critical_enabled": {"on": true, "off": false},
}

// flagText is a flag file in which some flags have the variants that are named.
func flagText(set map[string]string) string {
	flags := make(map[string]any)
	for name, variant := range set {
		flags["understudy."+name] = map[string]any{"state": "ENABLED", "variants": flagVariants[name], "defaultVariant": variant}
	}
	text, err := json.Marshal(map[string]any{"flags": flags})
	if err != nil {
		panic(fmt.Sprintf("write flags: %v", err)) // plain maps always have a JSON form
	}
	return string(text)
}

// everythingOn is what the flags say before they are broken.
var everythingOn = map[string]string{"mode": "auto", "enabled": "on", "mirror_percent": "all", "serve_ceiling_percent": "all"}

func flagFaults() []Fault {
	edits := flapping()
	return []Fault{
		flagFileFault("flag file deleted", "no flags are taken for all flags off, or on", func(t *Target, _ int) error {
			if err := os.Remove(t.File(flagFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		}),
		flagFileFault("flag file broken", "half a file is taken for a whole one", func(t *Target, n int) error {
			whole := flagText(everythingOn)
			broken := []string{whole[:len(whole)/2], "", "{}{}", `{"flags":{"understudy.enabled":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"of"}}}`, "\x00\xff"}
			return os.WriteFile(t.File(flagFile), []byte(broken[n%len(broken)]), 0o600) // in place, as a bad editor does
		}),
		flagFileFault("flag file flapping", "a request sees two editions", func(t *Target, n int) error {
			if n%7 == 6 {
				return os.Remove(t.File(flagFile))
			}
			return t.Write(flagFile, edits[n%len(edits)])
		}),
		{
			Name: "flag server gone", Why: "a request waits for it", Stage: full,
			Prepare: func(ctx context.Context, t *Target) error {
				server, err := serveFlags(ctx, flagText(everythingOn))
				if err != nil {
					return err
				}
				t.closes(server.stop)
				t.gone = server.stop
				t.Use("--flags", "grpc://"+server.address)
				return nil
			},
			Start: func(_ context.Context, t *Target) (func(), error) {
				t.gone()
				t.Struck()
				return func() {}, nil
			},
		},
	}
}

// flapping are editions that differ in what they let happen.
func flapping() []string {
	return []string{
		flagText(map[string]string{"mode": "off"}),
		flagText(everythingOn),
		flagText(map[string]string{"enabled": "off"}),
		flagText(map[string]string{"mode": "dry_run", "mirror_percent": "none"}),
		flagText(map[string]string{"serve_ceiling_percent": "half", "rescue_enabled": "on"}),
		flagText(map[string]string{"history_critical_enabled": "on", "serve_ceiling_percent": "none"}),
	}
}

// flagFileFault edits the flag file again and again.
func flagFileFault(name, why string, edit func(t *Target, n int) error) Fault {
	return Fault{
		Name: name, Why: why, Stage: full,
		Prepare: func(_ context.Context, t *Target) error {
			t.Use("--flags", t.File(flagFile))
			return t.Write(flagFile, flagText(everythingOn))
		},
		Start: func(ctx context.Context, t *Target) (func(), error) {
			n := 0
			return every(ctx, 20*time.Millisecond, func() {
				if err := edit(t, n); err == nil {
					t.Struck()
				}
				n++
			}), nil
		},
	}
}
