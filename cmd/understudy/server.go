package main

import (
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// mostHeaders bounds the head of a request to a scanner, in bytes; for more it is
// 431. No scanner service takes longer ones: 16 KiB in Node, 64 KiB in uvicorn.
const mostHeaders = 64 << 10

// newServer is one for scanners' clients. Bodies and answers may take as long as
// they do with the primary.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    mostHeaders,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// opsLimits bound what those who reach the operations plane can use up.
type opsLimits struct {
	headers     int           // bytes of the head of a request
	read        time.Duration // until a request is there as a whole
	write       time.Duration // from then until its answer is taken
	idle        time.Duration // of a connection between requests
	connections int           // at a time; more wait in the kernel, and cost no descriptor
	scrapes     int           // at a time; more are 503
	scrape      time.Duration // until one is 503
}

var defaultOpsLimits = opsLimits{
	headers: 16 << 10, read: 15 * time.Second, write: time.Minute, idle: 30 * time.Second, connections: 64, scrapes: 4, scrape: 20 * time.Second,
}

// server is one for those who run Understudy: whoever hangs is let go.
func (l opsLimits) server(handler http.Handler, log *slog.Logger) *http.Server {
	server := newServer(handler, log)
	server.MaxHeaderBytes = l.headers
	server.ReadTimeout, server.WriteTimeout, server.IdleTimeout = l.read, l.write, l.idle
	server.ReadHeaderTimeout = min(server.ReadHeaderTimeout, l.read)
	return server
}

func (l opsLimits) bound(listener net.Listener) net.Listener {
	return netutil.LimitListener(listener, l.connections)
}
