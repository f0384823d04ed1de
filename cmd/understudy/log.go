package main

import (
	"io"
	"log/slog"
)

// logSettings are the flags of a service's log, which goes to standard error.
type logSettings struct {
	LogFormat string     `default:"text" enum:"text,json" help:"Log lines as ${enum}."`
	LogLevel  slog.Level `default:"info" help:"debug, info, warn or error."`
}

func (l logSettings) logger(out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: l.LogLevel}
	if l.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}
