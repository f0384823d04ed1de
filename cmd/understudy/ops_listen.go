package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// opsAddress is where the operations plane listens. Without tokens whoever reaches
// it may read everything, so that it must be an address that only this machine
// reaches: a name is looked up once, and what it stands for is what is listened on.
func opsAddress(ctx context.Context, address string, tokens bool) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", badInput(fmt.Errorf("--ops-listen %q: want HOST:PORT, such as 127.0.0.1:9464", address))
	}
	if tokens {
		return address, nil
	}
	var found []netip.Addr
	if host != "" { // else all addresses of the machine
		if found, err = new(net.Resolver).LookupNetIP(ctx, "ip", host); err != nil {
			return "", badInput(fmt.Errorf("--ops-listen %q: %w", address, err))
		}
	}
	only := ""
	for _, ip := range found {
		if !ip.Unmap().IsLoopback() {
			found = nil
			break
		}
		if only == "" || ip.Unmap().Is4() {
			only = ip.Unmap().String()
		}
	}
	if len(found) == 0 {
		return "", badInput(fmt.Errorf("--ops-listen %q: others than this machine reach it, and no token is configured: want an address such as 127.0.0.1:%s, or tokens (--tokens FILE, UNDERSTUDY_OPERATOR_TOKEN or UNDERSTUDY_VIEWER_TOKEN)", address, port))
	}
	return net.JoinHostPort(only, port), nil
}

// checkPorts refuses one port for both planes, which are never mixed. That of
// another process is found when it is taken.
func (c *serveCommand) checkPorts() error {
	dataHost, dataPort, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %q: want HOST:PORT, such as :8080 or 127.0.0.1:8080", c.Listen)
	}
	opsHost, opsPort, err := net.SplitHostPort(c.OpsListen)
	if err != nil {
		return fmt.Errorf("--ops-listen %q: want HOST:PORT, such as 127.0.0.1:9464", c.OpsListen)
	}
	if dataPort == opsPort && dataPort != "0" && (dataHost == opsHost || anywhere(dataHost) || anywhere(opsHost)) {
		return fmt.Errorf("--ops-listen %s: is the port of --listen %s, which clients reach: want another one, such as 127.0.0.1:9464", c.OpsListen, c.Listen)
	}
	return nil
}

// anywhere reports whether a host stands for all addresses of the machine.
func anywhere(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

// listenName is the name of a host in HOST:PORT, in lower case; none for an
// address, nor for localhost, which is known anyway.
func listenName(address string) []string {
	host, _, err := net.SplitHostPort(address)
	if _, notAName := netip.ParseAddr(host); err != nil || host == "" || host == "localhost" || notAName == nil {
		return nil
	}
	return []string{strings.ToLower(strings.TrimSuffix(host, "."))}
}
