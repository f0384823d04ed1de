package chaos

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

// hangingScrapes is how many clients read the metrics and never come to an end.
const hangingScrapes = 64

func scrapeFaults() []Fault {
	return []Fault{{
		Name: "metrics scrapes hanging", Why: "a scrape holds a lock that a request needs", Stage: shadow,
		Start: func(ctx context.Context, t *Target) (func(), error) {
			var conns []net.Conn
			stop := func() {
				for _, conn := range conns {
					conn.Close()
				}
			}
			for range hangingScrapes {
				conn, err := scrape(ctx, strings.TrimPrefix(t.Ops, "http://"))
				if err != nil {
					stop()
					return nil, err
				}
				conns = append(conns, conn)
				t.Struck()
			}
			return stop, nil
		},
	}}
}

// scrape asks for the metrics and reads one byte of them. The next one would be read a
// minute later, which is after the end of any row.
func scrape(ctx context.Context, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("scrape: %w", err)
	}
	_ = conn.(*net.TCPConn).SetReadBuffer(1024) // so that the server can't leave the rest to the system
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, err = fmt.Fprintf(conn, "GET /metrics HTTP/1.1\r\nHost: %s\r\n\r\n", address)
	if err == nil {
		_, err = conn.Read(make([]byte, 1))
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("scrape: %w", err)
	}
	return conn, nil
}
