package peers_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
)

// fakeMode makes this test program play a peer's program; its value says how that behaves.
const fakeMode = "UNDERSTUDY_BENCH_FAKE"

func TestMain(m *testing.M) {
	if mode := os.Getenv(fakeMode); mode != "" {
		os.Exit(fake(mode))
	}
	os.Exit(m.Run())
}

// play makes programs that this test program starts behave as mode says.
func play(t *testing.T, mode string) {
	t.Helper()
	t.Setenv(fakeMode, mode)
	t.Setenv("GORACE", "atexit_sleep_ms=0") // else the race detector keeps each of them for a second
}

// fake behaves as a program of the given mode and returns its exit code. Anything else is printed as it is.
func fake(mode string) int {
	switch mode {
	case "refuse":
		fmt.Fprintln(os.Stderr, "first line\nunknown flag --minimum")
		return 2
	case "incomplete":
		fmt.Fprintln(os.Stderr, "incomplete: the time ended")
		return 3
	case "hang":
		// The child holds a connection to the test; both hold the pipes.
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), fakeMode+"=connect")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Run(); err != nil {
			return 1
		}
	case "connect":
		connection, err := net.Dial("tcp", os.Getenv(fakeAddress))
		if err != nil {
			return 1
		}
		fmt.Fprint(connection, "here")
		_, _ = io.Copy(io.Discard, connection) // until it is killed
	case "arguments":
		fmt.Fprintf(os.Stderr, "%q", os.Args[1:])
		return 1
	default:
		fmt.Print(mode)
	}
	return 0
}

// fakeAddress is where "connect" connects to.
const fakeAddress = "UNDERSTUDY_BENCH_FAKE_ADDRESS"
