package worker

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// socketPair returns two connected unix sockets: ours, and theirs as a file
// that can be sent or inherited.
func socketPair() (ours *net.UnixConn, theirs *os.File, err error) {
	fds, err := newSocketPair()
	if err != nil {
		return nil, nil, fmt.Errorf("make socket pair: %w", err)
	}
	theirs = os.NewFile(uintptr(fds[1]), "worker")
	ours, err = unixConn(os.NewFile(uintptr(fds[0]), "parent"))
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// unixConn turns f into a connection; f is closed.
func unixConn(f *os.File) (*net.UnixConn, error) {
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("use file as connection: %w", err)
	}
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		conn.Close()
		return nil, fmt.Errorf("use file as connection: %s is no unix socket", conn.LocalAddr().Network())
	}
	return unix, nil
}

// dial makes a connection and sends the child its end. An error means that
// the child is gone. The child's first byte is a greeting, not HTTP.
func (c *child) dial() (*net.UnixConn, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	// SCM_RIGHTS needs a byte to travel with.
	if _, _, err := c.control.WriteMsgUnix([]byte{0}, syscall.UnixRights(int(theirs.Fd())), nil); err != nil {
		ours.Close()
		return nil, fmt.Errorf("hand connection to engine worker: %w", err)
	}
	return ours, nil
}

var _ net.Listener = handedListener{}

// handedListener accepts the connections that come through the control
// socket. The parent's end reads as io.EOF.
type handedListener struct{ control *net.UnixConn }

// Accept implements net.Listener.
func (l handedListener) Accept() (net.Conn, error) {
	// One byte at a time: bytes of two messages would merge, rights do not.
	data, oob := make([]byte, 1), make([]byte, syscall.CmsgSpace(4))
	n, oobn, _, _, err := l.control.ReadMsgUnix(data, oob)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, io.EOF
	}
	messages, err := syscall.ParseSocketControlMessage(oob[:oobn])
	if err != nil {
		return nil, fmt.Errorf("accept connection: %w", err)
	}
	if len(messages) != 1 {
		return nil, errors.New("accept connection: no file came with the message")
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil {
		return nil, fmt.Errorf("accept connection: %w", err)
	}
	conn, err := unixConn(os.NewFile(uintptr(fds[0]), "request"))
	if err != nil {
		return nil, err
	}
	// The greeting tells the parent that somebody is there to take the
	// request: what the control socket takes, a dying child may never read.
	if _, err := conn.Write([]byte{1}); err != nil {
		conn.Close()
		return nil, fmt.Errorf("accept connection: %w", err)
	}
	return conn, nil
}

// Close implements net.Listener.
func (l handedListener) Close() error { return l.control.Close() }

// Addr implements net.Listener.
func (l handedListener) Addr() net.Addr { return l.control.LocalAddr() }
