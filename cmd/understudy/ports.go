package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"understudy/console"
)

// ports are the two planes, taken and not served yet.
type ports struct {
	data, ops net.Listener
}

// openPorts takes both, with what lets people in and keeps others out.
func (s *sidecar) openPorts(ctx context.Context, c *serveCommand) (p ports, err error) {
	tokens, err := loadTokens(c.Tokens, os.Getenv)
	if err != nil {
		return p, err
	}
	address, err := opsAddress(ctx, c.OpsListen, len(tokens) > 0)
	if err != nil {
		return p, err
	}
	if s.dataCert, err = c.openData(s.log); err != nil {
		return p, err
	}
	if s.opsCert, err = c.openOps(s.log); err != nil {
		return p, err
	}
	if p.data, err = s.listen(ctx, c.Listen, "--listen"); err != nil {
		return p, err
	}
	if p.ops, err = s.listen(ctx, address, "--ops-listen"); err != nil {
		return p, err
	}
	bound, _ := p.ops.Addr().(*net.TCPAddr)
	s.tokens = &tokenSource{
		keys: console.NewKeys(tokens, s.log, time.Now), getenv: os.Getenv, needed: bound == nil || !bound.IP.IsLoopback(),
	}
	s.dataURL, s.opsURL = localURL(s.dataCert.scheme(), p.data.Addr()), localURL(s.opsCert.scheme(), p.ops.Addr())
	p.data, p.ops = s.dataCert.over(p.data), s.opsCert.over(defaultOpsLimits.bound(p.ops))
	return p, nil
}

// listen takes an address; until a server owns the listener it is closed with us.
func (s *sidecar) listen(ctx context.Context, address, flag string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	s.started("listener of "+flag, func(context.Context) error { return listener.Close() })
	return listener, nil
}

// localURL is how a client on this machine reaches a listener.
func localURL(scheme string, address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return address.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return (&url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port)}).String()
}
