package proxy

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

// A process that has no file descriptor left can't reach the primary, which is no
// failure of the primary's: the client would be told of one that a direct connection
// does not have. So a connection waits for a descriptor, and where none comes free the
// client's is closed without a word, as one is that could not be accepted. That gives
// a descriptor back, too.
const (
	descriptorPatience = 250 * time.Millisecond // of a client that waits, and holds a descriptor itself
	descriptorPause    = 10 * time.Millisecond  // between two tries
)

// dialing opens a connection, as net.Dialer does.
type dialing func(ctx context.Context, network, address string) (net.Conn, error)

// patient tries again while no descriptor is left. Meanwhile http.Transport also takes
// a connection that another request is done with.
func patient(dial dialing) dialing {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if !noDescriptor(err) {
			return conn, err
		}
		patience := time.NewTimer(descriptorPatience)
		defer patience.Stop()
		pause := time.NewTicker(descriptorPause)
		defer pause.Stop()
		for noDescriptor(err) {
			select {
			case <-pause.C:
			case <-patience.C:
				return nil, err
			case <-ctx.Done():
				return nil, err
			}
			conn, err = dial(ctx, network, address)
		}
		return conn, err
	}
}

// noDescriptor reports whether this process, or its machine, may open nothing more.
func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
