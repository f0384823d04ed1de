package api

import (
	"fmt"
	"log/slog"
	"time"

	"understudy/engine/fbas"
)

// Config says what a handler accepts. The zero value of every field stands
// for the value in DefaultConfig.
type Config struct {
	// Deadline is the most an analysis may take, and what it may take when a
	// request does not say (timeout_ms). Default: 45 s.
	Deadline time.Duration
	// Limits bound the requests. Default: fbas.DefaultLimits().
	Limits fbas.Limits
	// Version is reported by answers and by /health. Default: "dev".
	Version string
	// Logger takes internal errors. Default: slog.Default().
	Logger *slog.Logger
}

// DefaultConfig returns the limits of the scanner API.
func DefaultConfig() Config {
	return Config{
		Deadline: 45 * time.Second,
		Limits:   fbas.DefaultLimits(),
		Version:  "dev",
		Logger:   slog.Default(),
	}
}

// Validate names the first field that can't be, and what is allowed.
func (c Config) Validate() error {
	for _, f := range []struct {
		name            string
		value, from, to int64
	}{
		{"Deadline", int64(c.Deadline), 0, int64(24 * time.Hour)},
		{"Limits.Bytes", int64(c.Limits.Bytes), 0, 1 << 40},
		{"Limits.Nodes", int64(c.Limits.Nodes), 0, 1 << 30},
		{"Limits.Depth", int64(c.Limits.Depth), 0, 1 << 10},
	} {
		if f.value < f.from || f.value > f.to {
			return fmt.Errorf("api config: %s is %d, want %d to %d", f.name, f.value, f.from, f.to)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	d := DefaultConfig()
	if c.Deadline == 0 {
		c.Deadline = d.Deadline
	}
	if c.Limits.Bytes == 0 {
		c.Limits.Bytes = d.Limits.Bytes
	}
	if c.Limits.Nodes == 0 {
		c.Limits.Nodes = d.Limits.Nodes
	}
	if c.Limits.Depth == 0 {
		c.Limits.Depth = d.Limits.Depth
	}
	if c.Version == "" {
		c.Version = d.Version
	}
	if c.Logger == nil {
		c.Logger = d.Logger
	}
	return c
}
